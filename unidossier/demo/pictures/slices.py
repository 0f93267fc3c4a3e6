"""Axial slices in Hounsfield units: head and thorax."""

import numpy as np

from unidossier.demo.pictures.canvas import Plane, ellipse, grain

SIZE = 256
AIR, LUNG, FAT, WATER, SOFT, BLOOD, BONE = -1000.0, -830.0, -90.0, 5.0, 45.0, 55.0, 800.0


def _paint(plane: Plane, mask: Plane, value: float) -> Plane:
    return plane * (1 - mask) + value * mask


def head(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """One slice of the head, from base to top; 'stroke' has a dark area in the left middle cerebral territory."""
    height = number / max(of - 1, 1)
    width = 0.70 * (1 - 0.55 * max(height - 0.45, 0) ** 1.3 - 0.15 * (0.45 - min(height, 0.45)))
    plane = np.full((SIZE, SIZE), AIR, dtype=np.float32)
    plane = _paint(plane, ellipse(SIZE, 0, 0, width + 0.06, (width + 0.06) * 1.22, soft=0.03), SOFT)
    plane = _paint(plane, ellipse(SIZE, 0, 0, width + 0.02, (width + 0.02) * 1.22, soft=0.03), BONE)
    inner = ellipse(SIZE, 0, 0, width - 0.05, (width - 0.05) * 1.22, soft=0.04)
    plane = _paint(plane, inner, 34.0)
    plane += grain(SIZE, generator, radius=6, strength=2.2) * inner
    plane = _paint(plane, ellipse(SIZE, 0, 0, 0.012, width * 1.1, soft=0.5) * inner, WATER + 6)
    if 0.3 < height < 0.8:
        size = 1 - abs(height - 0.55) * 2.6
        for side in (-1, 1):
            plane = _paint(
                plane,
                ellipse(
                    SIZE, side * 0.10, -0.16, 0.05 * size + 0.01, 0.17 * size, soft=0.3, turn=-side * 0.35
                ),
                WATER,
            )
            plane = _paint(
                plane,
                ellipse(SIZE, side * 0.15, 0.24, 0.05 * size + 0.01, 0.16 * size, soft=0.3, turn=side * 0.4),
                WATER,
            )
    if finding == "stroke" and 0.25 < height < 0.85:
        plane = _paint(
            plane, 0.85 * ellipse(SIZE, 0.40, 0.05, 0.20, 0.34, soft=0.35, turn=0.25) * inner, 17.0
        )
    return plane + grain(SIZE, generator, radius=0, strength=3.5)


def thorax(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """One slice of the chest, from apex to base; 'nodule' has a small mass in the right upper lobe."""
    height = number / max(of - 1, 1)
    plane = np.full((SIZE, SIZE), AIR, dtype=np.float32)
    plane = _paint(plane, ellipse(SIZE, 0, 0, 0.92, 0.66, soft=0.03), FAT)
    plane = _paint(plane, ellipse(SIZE, 0, 0, 0.85, 0.59, soft=0.04), SOFT)
    grown = 0.55 + 0.45 * float(np.sin(np.pi * min(height + 0.25, 0.9)))
    for side in (-1, 1):
        lung = ellipse(SIZE, side * 0.42, -0.03, 0.33 * grown, 0.46 * grown, soft=0.05, turn=-side * 0.12)
        plane = _paint(plane, lung, LUNG)
        vessels = np.clip(grain(SIZE, generator, radius=1, strength=1.0) - 1.6, 0, 1) * lung
        plane = _paint(plane, np.clip(vessels * 2, 0, 1), SOFT)
        for angle in np.linspace(0.4, 2.8, 6):
            x, y = 0.80 * float(np.cos(angle)), 0.55 * float(np.sin(angle)) - 0.02
            plane = _paint(
                plane,
                ellipse(
                    SIZE,
                    side * abs(x) if x else side * 0.1,
                    -y + 0.1 * number % 0.05,
                    0.055,
                    0.022,
                    soft=0.2,
                    turn=side * (angle - 1.57),
                ),
                BONE * 0.7,
            )
    plane = _paint(plane, ellipse(SIZE, 0, 0.42, 0.11, 0.10, soft=0.1), BONE * 0.45)
    plane = _paint(plane, ellipse(SIZE, 0, 0.54, 0.04, 0.08, soft=0.1), BONE * 0.7)
    if height > 0.45:
        plane = _paint(
            plane, ellipse(SIZE, 0.12, -0.10, 0.30 * grown, 0.24 * grown, soft=0.08, turn=0.5), BLOOD
        )
    else:
        plane = _paint(plane, ellipse(SIZE, 0.02, -0.12, 0.14, 0.16, soft=0.12), BLOOD)
        plane = _paint(plane, ellipse(SIZE, 0, 0.06, 0.055, 0.05, soft=0.12), AIR)
    plane = _paint(plane, ellipse(SIZE, 0.09, 0.33, 0.075, 0.075, soft=0.1), BLOOD)
    if finding == "nodule" and 0.25 < height < 0.5:
        plane = _paint(plane, ellipse(SIZE, -0.45, -0.12, 0.055, 0.05, soft=0.3), SOFT)
    return plane + grain(SIZE, generator, radius=0, strength=9)
