"""A photograph such as a patient takes of his own arm: colours and a plaster, nobody's skin."""

from io import BytesIO

import numpy as np

from unidossier.demo.pictures.canvas import ellipse, grain, line


def snapshot(seed: int) -> bytes:
    """A small PNG in colour."""
    from PIL import Image

    generator, size = np.random.default_rng(seed), 320
    shade = (
        0.78
        + grain(size, generator, radius=20, strength=0.04)
        + grain(size, generator, radius=0, strength=0.015)
    )
    spot = ellipse(size, 0.05, 0.0, 0.22, 0.16, soft=0.9)
    plaster = line(size, (-0.55, 0.45), (0.5, 0.25), 0.12, soft=0.02)
    layers = [shade - 0.03 * spot, shade * 0.82 - 0.28 * spot, shade * 0.72 - 0.25 * spot]
    tints = (0.93, 0.86, 0.72)
    picture = np.stack(
        [layer * (1 - plaster) + tint * plaster for layer, tint in zip(layers, tints, strict=True)], axis=-1
    )
    buffer = BytesIO()
    Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()
