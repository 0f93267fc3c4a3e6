"""Projection films: chest, hip, breast, and the ultrasound fan. Each returns floats 0 to 1."""

import numpy as np

from unidossier.demo.pictures.canvas import Plane, ellipse, grain, grid, line, smooth

SIZE = 512


def chest(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """A frontal chest film; 'failure' has a wide heart and hazy bases, 'copd' long dark lungs, 'pneumonia' a patch."""
    gx, gy = grid(SIZE)
    body = ellipse(SIZE, 0, 0.50, 1.0, 1.45, soft=0.08)
    film = 0.12 + 0.50 * body
    long = 0.08 if finding == "copd" else 0.0
    for side in (-1, 1):
        lung = ellipse(
            SIZE, side * 0.40, -0.06 + long / 2, 0.31 + long / 3, 0.66 + long, soft=0.16, turn=side * 0.09
        )
        dome = ellipse(SIZE, side * 0.42, 0.78 + long, 0.46, 0.34, soft=0.18)
        film -= 0.36 * lung * (1 - 0.9 * dome) * body
        film += 0.20 * line(SIZE, (side * 0.06, -0.66), (side * 0.74, -0.80), 0.030, soft=0.03)
        for rib in range(8):
            arc = np.hypot((gx - side * 0.22) / 0.56, (gy + 0.62 - rib * 0.17 + abs(gx) * 0.20) / 0.12)
            film += 0.07 * np.exp(-((arc - 1) ** 2) / 0.012) * body * (side * gx > 0.07)
    film += 0.17 * np.exp(-((gx / 0.085) ** 2)) * body
    wide = 0.13 if finding == "failure" else 0.0
    film += 0.26 * ellipse(SIZE, 0.13, 0.33, 0.27 + wide, 0.32 + wide / 2, soft=0.32, turn=-0.35)
    film += 0.12 * ellipse(SIZE, 0.03, -0.25, 0.13, 0.36, soft=0.3)
    film += np.maximum(grain(SIZE, generator, radius=5, strength=0.018), 0) * body
    if finding == "failure":
        film += 0.15 * ellipse(SIZE, 0, 0.45, 0.8, 0.35, soft=0.8) * body
    if finding == "pneumonia":
        film += 0.22 * ellipse(SIZE, -0.42, 0.22, 0.2, 0.2, soft=0.7)
    return smooth(film, 3) + grain(SIZE, generator, radius=0, strength=0.012)


def hip(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """One hip; 'fracture' breaks the neck, 'prosthesis' shows metal."""
    film = 0.14 + 0.30 * ellipse(SIZE, 0.05, 0.2, 0.95, 1.3, soft=0.2)
    film += 0.20 * ellipse(SIZE, -0.62, -0.55, 0.46, 0.52, soft=0.12, turn=0.5)
    film -= 0.16 * ellipse(SIZE, -0.50, 0.42, 0.22, 0.30, soft=0.25)
    film += 0.16 * ellipse(SIZE, -0.12, -0.14, 0.33, 0.33, soft=0.10)
    shaft = line(SIZE, (0.42, 0.24), (0.34, 1.2), 0.17, soft=0.03)
    film += 0.24 * shaft - 0.10 * line(SIZE, (0.42, 0.34), (0.34, 1.2), 0.085, soft=0.05)
    film += 0.20 * ellipse(SIZE, 0.46, 0.12, 0.15, 0.17, soft=0.3)
    if finding == "prosthesis":
        film += 0.70 * ellipse(SIZE, -0.10, -0.13, 0.22, 0.22, soft=0.04)
        film += 0.70 * line(SIZE, (-0.02, -0.08), (0.38, 0.22), 0.06) + 0.62 * line(
            SIZE, (0.40, 0.2), (0.35, 0.95), 0.075
        )
        return np.minimum(film, 0.98) + grain(SIZE, generator, radius=0, strength=0.012)
    drop = 0.10 if finding == "fracture" else 0.0
    film += 0.26 * ellipse(SIZE, -0.12, -0.14 + drop / 2, 0.24, 0.24, soft=0.10)
    film += 0.22 * line(SIZE, (-0.05, -0.08 + drop / 2), (0.40, 0.16), 0.12, soft=0.04)
    if finding == "fracture":
        film -= 0.30 * line(SIZE, (0.10, -0.20), (0.22, 0.24), 0.018, soft=0.015)
    return (
        smooth(film, 2)
        + grain(SIZE, generator, radius=3, strength=0.012)
        + grain(SIZE, generator, radius=0, strength=0.012)
    )


def breast(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """One breast, left then right; 'tumour' has a dense spiculated mass on the left."""
    shape = ellipse(SIZE, -1.0, 0.05, 1.25, 0.85, soft=0.05)
    tissue = smooth(np.abs(grain(SIZE, generator, radius=7, strength=1.0)), 2)
    film = shape * (0.22 + 0.13 * tissue * ellipse(SIZE, -0.6, 0.05, 0.75, 0.62, soft=0.6))
    if finding == "tumour" and number == 0:
        for angle in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            reach = generator.uniform(0.14, 0.24)
            tip = (-0.30 + reach * float(np.cos(angle)), -0.18 + reach * float(np.sin(angle)))
            film += 0.10 * line(SIZE, (-0.30, -0.18), tip, 0.006, soft=0.012)
        film += 0.42 * ellipse(SIZE, -0.30, -0.18, 0.10, 0.09, soft=0.35)
    film += grain(SIZE, generator, radius=0, strength=0.010) * shape
    return film[:, ::-1] if number else film


def fan(finding: str, number: int, of: int, generator: np.random.Generator) -> Plane:
    """An ultrasound fan with the head of a fetus."""
    gx, gy = grid(SIZE)
    radius, angle = np.hypot(gx, gy + 1.15), np.arctan2(gx, gy + 1.15)
    inside = (radius > 0.32) & (radius < 2.0) & (np.abs(angle) < 0.62)
    film = 0.25 + grain(SIZE, generator, radius=2, strength=0.06)
    film -= 0.20 * ellipse(SIZE, 0.02, 0.12, 0.62, 0.55, soft=0.15)
    x, turn = (0.03, 0.2) if number == 0 else (-0.08, -0.5)
    head = ellipse(SIZE, x, 0.15, 0.40, 0.31, soft=0.05, turn=turn)
    film += 0.16 * head + 0.45 * (head - ellipse(SIZE, x, 0.15, 0.37, 0.28, soft=0.06, turn=turn))
    film += 0.18 * line(SIZE, (x - 0.28, 0.10), (x + 0.28, 0.21), 0.008) * head
    speckle = 1 + grain(SIZE, generator, radius=1, strength=0.35)
    return np.where(inside, film * speckle * (1.08 - 0.22 * radius), 0.0).astype(np.float32)
