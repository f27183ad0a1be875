"""Measures a model's samples with small CNNs that know nothing of this repository.

Needs torch and numpy (pip). Run in the repository's root, MNIST by default:

    python test/outside/generated_images.py [MODEL] [--against test|validation] [--nets 3]

Each net has two convolutions, pooling and a layer of 128 features, and is trained on all training images
(--against test), or on those that the model trained on (--against validation: for choices, test images take no part).
FD is the Frechet distance of its features between 2,000 samples and the test (or validation) images, the mean of five
draws of 2,000, with its standard deviation; the row "training images" is the same of 2,000 training images.
"""
import argparse
import os
import subprocess
import tempfile

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

NODE = "node_modules/.bin/node"
DRAW = 2000
DRAWS = 5


class Net(nn.Module):
    def __init__(self, size, kernel):
        super().__init__()
        padding = kernel // 2
        self.convolution_1 = nn.Conv2d(1, 16, kernel, padding=padding)
        self.convolution_2 = nn.Conv2d(16, 32, kernel, padding=padding)
        self.features = nn.Linear(32 * (size // 4) ** 2, 128)
        self.logits = nn.Linear(128, 10)

    def forward(self, x):
        h = F.max_pool2d(F.relu(self.convolution_1(x)), 2)
        h = F.max_pool2d(F.relu(self.convolution_2(h)), 2)
        f = F.relu(self.features(h.flatten(1)))
        return self.logits(f), f


def train(images, labels, seed, epochs, kernel):
    torch.manual_seed(seed)
    net = Net(images.shape[-1], kernel)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for batch in order.split(128):
            loss = F.cross_entropy(net(images[batch])[0], labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net.eval()


@torch.no_grad()
def classify(net, images):
    parts = [net(part) for part in images.split(1000)]
    probabilities = torch.cat([logits.softmax(1) for logits, _ in parts])
    features = torch.cat([features for _, features in parts]).numpy().astype(np.float64)
    return probabilities, features


def gaussian(features):
    return features.mean(0), np.cov(features, rowvar=False)


def frechet(a, b):
    (m1, s1), (m2, s2) = a, b
    values, vectors = np.linalg.eigh(s1)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    middle = np.linalg.eigvalsh(root @ s2 @ root).clip(0)
    return np.sum((m1 - m2) ** 2) + np.trace(s1) + np.trace(s2) - 2 * np.sqrt(middle).sum()


def report(name, distances, rest=""):
    print(f"  {name:28} FD {np.mean(distances):5.2f} ± {np.std(distances):.2f}{rest}", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("model", nargs="?", default="mnist-cvae-w512x320-z20-beta0.3")
    arguments.add_argument("--against", choices=["test", "validation"], default="test")
    arguments.add_argument("--nets", type=int, default=3)
    arguments.add_argument("--epochs", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1, help="of the samples")
    arguments.add_argument("--cache", help="folder that keeps the nets for the next model")
    options = arguments.parse_args()
    per_class = DRAW * DRAWS // 10
    with tempfile.TemporaryDirectory() as folder:
        subprocess.check_call(
            [NODE, "test/outside/generated-images.ts", options.model, str(per_class), str(options.seed), folder])
        read = lambda name, kind=np.uint8: np.fromfile(f"{folder}/{name}", kind)
        data = {part: (read(f"{part}.pixels"), read(f"{part}.labels")) for part in ("train", "test")}
        validation = read("validation", np.uint32).astype(np.int64)
        by_class = np.stack([read(f"class-{c}.pixels").reshape(per_class, -1) for c in range(10)])
        without = read("any.pixels").reshape(DRAW * DRAWS, -1)
    size = int(np.sqrt(by_class.shape[-1]))
    to_images = lambda pixels: torch.from_numpy(np.ascontiguousarray(pixels)).float().reshape(-1, 1, size, size) / 255
    images, labels = to_images(data["train"][0]), torch.from_numpy(data["train"][1]).long()
    if options.against == "validation":
        known = np.setdiff1d(np.arange(len(images)), validation)
        reference, truth = images[validation], labels[validation]
        images, labels = images[known], labels[known]
    else:
        reference, truth = to_images(data["test"][0]), torch.from_numpy(data["test"][1]).long()
    # Sample k of every class, then sample k + 1: each 2,000 of them have 200 of each class.
    mixed = to_images(by_class.transpose(1, 0, 2))
    wanted = torch.arange(10).repeat(per_class)
    without = to_images(without)

    for seed in range(1, options.nets + 1):
        kernel = [3, 5][seed % 2]
        path = options.cache and f"{options.cache}/{options.against}-{len(images)}-{options.epochs}-{seed}.pt"
        if path and os.path.exists(path):
            net = Net(size, kernel)
            net.load_state_dict(torch.load(path))
            net.eval()
        else:
            net = train(images, labels, seed, options.epochs, kernel)
            if path:
                torch.save(net.state_dict(), path)
        probabilities, features = classify(net, reference)
        accuracy = (probabilities.argmax(1) == truth).float().mean()
        print(f"net {seed}, kernels {kernel}x{kernel}: {100 * accuracy:.2f}% of the {options.against} images")
        target = gaussian(features)
        distances = lambda f: [frechet(gaussian(part), target) for part in np.split(f, DRAWS)]
        sure = lambda p: (p.max(1).values > 0.9).float().mean()
        choose = np.random.default_rng(seed).choice(len(images), DRAW * DRAWS, replace=False)
        p, f = classify(net, images[choose])
        report("training images", distances(f), f", over 0.9: {sure(p):.4f}")
        p, f = classify(net, mixed)
        right = (p.argmax(1) == wanted).float().reshape(-1, 10).mean(0)
        report("samples by class", distances(f), f", class {right.mean():.4f}, worst {right.min():.4f}")
        p, f = classify(net, without)
        report("samples without a class", distances(f), f", over 0.9: {sure(p):.4f}")


main()
