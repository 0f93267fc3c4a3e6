"""Drawing with numpy: soft ellipses, bands and grain on a square of floats from 0 (air) to 1 (bone)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


@cache
def grid(size: int) -> tuple[Plane, Plane]:
    """x and y of every pixel, from -1 to 1; y grows downwards."""
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    return np.meshgrid(axis, axis)[0], np.meshgrid(axis, axis)[1]


def ellipse(
    size: int, x: float, y: float, rx: float, ry: float, *, soft: float = 0.06, turn: float = 0.0
) -> Plane:
    """1 inside, 0 outside, with an edge of width `soft`; `turn` in radians."""
    gx, gy = grid(size)
    dx, dy = gx - x, gy - y
    if turn:
        dx, dy = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    distance = np.sqrt((dx / rx) ** 2 + (dy / ry) ** 2)
    return np.clip((1 - distance) / soft + 0.5, 0, 1).astype(np.float32)


def line(
    size: int, start: tuple[float, float], end: tuple[float, float], width: float, *, soft: float = 0.02
) -> Plane:
    """A thick straight line with soft edges."""
    gx, gy = grid(size)
    (x0, y0), (x1, y1) = start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = np.clip(((gx - x0) * (x1 - x0) + (gy - y0) * (y1 - y0)) / length, 0, 1)
    distance = np.hypot(gx - x0 - along * (x1 - x0), gy - y0 - along * (y1 - y0))
    return np.clip((width - distance) / soft + 0.5, 0, 1).astype(np.float32)


def smooth(plane: Plane, radius: int) -> Plane:
    """Box blur, twice, by running sums: near enough to a Gaussian."""
    for _ in range(2):
        for axis in (0, 1):
            padded = np.pad(
                plane, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge"
            )
            sums = np.cumsum(padded, axis=axis, dtype=np.float32)
            width = 2 * radius + 1
            first = [slice(width, None) if a == axis else slice(None) for a in (0, 1)]
            last = [slice(None, -width) if a == axis else slice(None) for a in (0, 1)]
            plane = ((sums[tuple(first)] - sums[tuple(last)]) / width).astype(np.float32)
    return plane


def grain(size: int, generator: np.random.Generator, *, radius: int, strength: float) -> Plane:
    """Smooth noise around 0; `radius` 0 is film grain, larger ones are clouds."""
    noise = generator.standard_normal((size, size), dtype=np.float32)
    if radius:
        noise = smooth(noise, radius)
        noise /= float(noise.std()) or 1.0
    return noise * strength
