"""Images a second of a training step in PyTorch: the 784-…-2 VAE of `npm run bench:train`, the same widths, losses and Adam.

Needs torch and numpy. `python test/outside/torch_step.py` runs on one processor thread and, where PyTorch finds one, on the
graphics card, eagerly and as a CUDA graph.
"""

import statistics
import time

import torch

INPUT, LATENT, BATCH, STEPS = 784, 2, 100, 200


def widths(layers: int) -> list[int]:
    """Equation 1 of the paper, from the input to the latent."""
    return [INPUT - (INPUT - LATENT) * i // layers for i in range(layers + 1)]


class Vae(torch.nn.Module):
    def __init__(self, layers: int):
        super().__init__()
        sizes = widths(layers)
        dense = [torch.nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])]
        self.trunk = torch.nn.Sequential(*[part for each in dense for part in (each, torch.nn.ReLU())])
        self.mu, self.logvar = (torch.nn.Linear(sizes[-2], LATENT) for _ in range(2))
        back = sizes[::-1]
        parts = [part for a, b in zip(back[:-1], back[1:]) for part in (torch.nn.Linear(a, b), torch.nn.ReLU())]
        self.decoder = torch.nn.Sequential(*parts[:-1])

    def loss(self, x: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
        hidden = self.trunk(x)
        mu, logvar = self.mu(hidden), self.logvar(hidden)
        logits = self.decoder(mu + torch.exp(logvar / 2) * eps)
        bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = 0.5 * (logvar.exp() + mu**2 - 1 - logvar).sum()
        return (bce + kl) / x.shape[0]


def measure(layers: int, device: str, graph: bool) -> float:
    """Seconds a step: the median of six slices."""
    torch.manual_seed(1)
    model = Vae(layers).to(device)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, capturable=graph)
    x, eps = torch.rand(BATCH, INPUT, device=device), torch.randn(BATCH, LATENT, device=device)

    def step() -> None:
        adam.zero_grad(set_to_none=True)
        model.loss(x, eps).backward()
        adam.step()

    run = step
    if graph:
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            for _ in range(5):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            step()
        run = captured.replay
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        for _ in range(STEPS):
            run()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) / STEPS)
    return statistics.median(times[1:])


torch.set_num_threads(1)
print(f"PyTorch {torch.__version__}, batch {BATCH}")
for layers in (1, 2, 4, 8):
    kinds = [("cpu, one thread", "cpu", False)]
    if torch.cuda.is_available():
        kinds += [("cuda, eager", "cuda", False), ("cuda, CUDA graph", "cuda", True)]
    for name, device, graph in kinds:
        seconds = measure(layers, device, graph)
        print(f"{layers} layers  {name:18}{1000 * seconds:8.3f} ms a step{BATCH / seconds:12,.0f} images/s", flush=True)
