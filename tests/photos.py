"""A phone's view of a label: turned, tilted, small, out of focus, grainy, in bad light, scratched. The same every time.

What counts is how many dots of the photo the symbol has across, with its quiet zone: less than three for a module are
too few. The desk around it only costs time, so there is little of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 800, 600


@dataclass(frozen=True, slots=True)
class Scene:
    """How a photo is taken; ``across`` is how many dots the symbol has in it, ``scratched`` which part is gone."""

    across: int
    turned: bool = False
    tilt: float = 0.0
    blur: float = 0.0
    grain: float = 0.0
    contrast: float = 1.0
    has_glare: bool = False
    scratched: float = 0.0


def photograph(symbol: Image.Image, scene: Scene, seed: int) -> Image.Image:
    """A photo of a symbol with its quiet zone, on a grey desk."""
    luck = np.random.default_rng(seed)
    label = scratch(symbol.convert("L"), scene.scratched, luck)
    label = label.resize((4 * scene.across, 4 * scene.across), Image.Resampling.BOX)
    half = scene.across / 2
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    if scene.turned:
        angle = luck.uniform(0, 2 * np.pi)
        corners = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = corners * luck.uniform(1 - scene.tilt, 1 + scene.tilt, corners.shape)
    edge = 0.75 * scene.across
    middle = luck.uniform((edge, edge), (WIDTH - edge, HEIGHT - edge))
    photo = _laid(label, corners + middle)
    seen = np.asarray(photo.filter(ImageFilter.GaussianBlur(scene.blur)) if scene.blur else photo).astype(float)
    seen = 128 + (seen - 128) * scene.contrast
    if scene.has_glare:
        y, x = np.mgrid[:HEIGHT, :WIDTH]
        spot = middle + luck.uniform(-half, half, 2)
        seen += 160 * np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (2 * (scene.across / 3) ** 2))
    if scene.grain:
        seen += luck.normal(0, scene.grain, seen.shape)
    return Image.fromarray(seen.clip(0, 255).astype(np.uint8))


def scratch(label: Image.Image, part: float, luck: np.random.Generator) -> Image.Image:
    """The label with light scratches, a tenth of a module wide, across it, until such a part of it is gone."""
    marks = Image.new("1", label.size, 0)
    pen = ImageDraw.Draw(marks)
    while np.asarray(marks).mean() < part:
        ends = luck.uniform(0, label.width, 4)
        pen.line(tuple(ends), fill=1, width=max(1, label.width // 370))
    label = label.copy()
    label.paste(235, mask=marks)
    return label


def _laid(label: Image.Image, corners: np.ndarray) -> Image.Image:
    """The label with its corners at these places of the photo."""
    side = label.width
    rows, values = [], []
    for (u, v), (x, y) in zip([(0, 0), (side, 0), (side, side), (0, side)], corners, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        values += [u, v]
    lens = np.linalg.solve(np.array(rows, float), np.array(values, float))
    box = (*np.floor(corners.min(0)).astype(int), *np.ceil(corners.max(0)).astype(int))
    # Only the part of the photo with the label in it is computed, three times as fine, and then made smaller.
    fine = 3
    scale = np.array([[1 / fine, 0, box[0]], [0, 1 / fine, box[1]], [0, 0, 1]])
    matrix = np.append(lens, 1).reshape(3, 3) @ scale
    size = ((box[2] - box[0]) * fine, (box[3] - box[1]) * fine)
    cut = label.transform(
        size, Image.Transform.PERSPECTIVE, (matrix / matrix[2, 2]).ravel()[:8], Image.Resampling.BILINEAR, fillcolor=170
    )
    photo = Image.new("L", (WIDTH, HEIGHT), 170)
    photo.paste(cut.resize((size[0] // fine, size[1] // fine), Image.Resampling.BOX), (int(box[0]), int(box[1])))
    return photo
