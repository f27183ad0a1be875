"""Recomputes the importance-weighted bounds of the shipped model of binary pixels with PyTorch, its own draws and its own
densities, and compares. Needs torch and numpy (pip). Run in the repository's root: python test/outside/importance_bound.py
"""
import json
import math
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch.distributions import Bernoulli, Normal

NODE = "node_modules/.bin/node"
MODEL = "mnist-vae-w400x400-z40-iwae5-binary"
DRAWS = 5000


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        command = [NODE, "test/outside/importance-bound.ts", MODEL, str(count), folder]
        ours = json.loads(subprocess.check_output(command))

        def read(name):
            return torch.from_numpy(np.fromfile(f"{folder}/{name}", np.float32))

        def dense(x, layer):
            bias = read(f"{layer}.bias")
            return x @ read(f"{layer}.weights").reshape(-1, len(bias)) + bias

        x = read("images").reshape(count, -1)
        assert set(x.unique().tolist()) == {0.0, 1.0}
        torch.manual_seed(99)
        hidden = dense(dense(x, "encoder0").relu(), "encoder1").relu()
        posterior = Normal(dense(hidden, "encoder2"), (dense(hidden, "encoder3") / 2).exp())
        theirs = []
        for i in range(count):
            q = Normal(posterior.loc[i], posterior.scale[i])
            z = q.sample((DRAWS,))
            logits = dense(dense(dense(z, "decoder0").relu(), "decoder1").relu(), "decoder2")
            terms = Bernoulli(logits=logits).log_prob(x[i]), Normal(0.0, 1.0).log_prob(z), -q.log_prob(z)
            w = sum(term.double().sum(1) for term in terms)
            theirs.append([(w.reshape(-1, k).logsumexp(1) - math.log(k)).mean().item() for k in (1, 50, DRAWS)])
    theirs = np.mean(theirs, 0)
    print(f"{count} images, k = 1, 50, {DRAWS}: ours {np.round(ours, 3)}, PyTorch's {np.round(theirs, 3)}")
    if np.abs(theirs - ours).max() > 0.1:
        sys.exit("further apart than the error of their draws")


torch.set_grad_enabled(False)
main()
