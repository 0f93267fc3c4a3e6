"""Every pair of colours that occurs, computed in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "unidossier/portals/shared/static/unidossier/css"
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)")
THEMES = ("light", "dark")
GROUNDS = ("paper", "surface", "sunken")

AAA, AA, GRAPHIC = 7.0, 4.5, 3.0
TEXT = [(ink, ground, AAA) for ink in ("ink", "soft") for ground in GROUNDS]
LINKS = [(ink, ground, AAA) for ink in ("accent", "accent-strong") for ground in ("paper", "surface")]
MEANING = [
    (ink, ground, AAA) for ink in ("danger", "warning", "info", "good") for ground in ("paper", "surface")
]
ON_WASH = [(name, f"{name}-wash", AAA) for name in ("danger", "warning", "info", "good")]
INK_ON_WASH = [("ink", f"{name}-wash", AAA) for name in ("danger", "warning", "info", "good", "accent")]
CHOSEN = [(ink, "accent-wash", AA) for ink in ("soft", "accent", "danger", "warning")]
BUTTONS = [
    ("on-accent", "accent", AA),
    ("accent-strong", "accent-wash", AAA),
    ("on-accent", "accent-strong", AA),
]
CONTROLS = [("edge", ground, GRAPHIC) for ground in ("paper", "surface")]
GROUPS = [
    (f"group-{name}", ground, GRAPHIC)
    for name in ("documents", "results", "images", "medicines", "other")
    for ground in ("paper", "surface")
]
PAIRS = TEXT + LINKS + MEANING + ON_WASH + INK_ON_WASH + CHOSEN + BUTTONS + CONTROLS + GROUPS


def tokens() -> dict[str, tuple[str, str]]:
    """Return {name: (light, dark)} as the style sheet states them."""
    return {name: (light, dark) for name, light, dark in PAIR.findall((CSS / "foundation.css").read_text())}


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2, definition)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_knows_its_ends() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_is_readable(ink: str, ground: str, least: float, theme: str) -> None:
    side = THEMES.index(theme)
    found = contrast(tokens()[ink][side], tokens()[ground][side])
    assert found >= least, f"{ink} on {ground} in {theme}: {found:.2f}, needs {least}"


def test_no_style_sheet_uses_a_colour_token_that_is_not_stated() -> None:
    stated = set(re.findall(r"--([a-z0-9-]+):", "".join(path.read_text() for path in CSS.glob("*.css"))))
    used = set(re.findall(r"var\(--([a-z0-9-]+)", "".join(path.read_text() for path in CSS.glob("*.css"))))
    assert used <= stated
