"""What the browser gets: small, our own, and exactly the files that the manifest names."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PORTALS = ROOT / "unidossier/portals"
STATIC = PORTALS / "shared/static"
TEMPLATES = sorted(PORTALS.rglob("templates/**/*.html"))
MODULES = sorted((STATIC / "unidossier/js").glob("*.js"))
LARGEST_CSS = 60 * 1024  # bytes, all style sheets that a page of one face may load


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "scripts/vendor_assets.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_vendored_files_are_those_of_the_manifest(vendor: ModuleType) -> None:
    assert vendor.differences() == []


def test_a_changed_vendored_file_is_noticed(vendor: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "recorded", lambda: {"htmx/htmx.min.js": "0" * 64})
    assert "htmx/htmx.min.js: changed" in vendor.differences()
    assert any(line.endswith("there, but not listed") for line in vendor.differences())


def test_manifest_names_every_asset_with_its_licence(vendor: ModuleType) -> None:
    assert {asset.target for asset in vendor.ASSETS} == set(vendor.recorded())
    assert all(asset.licence in ("0BSD", "OFL-1.1") for asset in vendor.ASSETS)


@pytest.mark.parametrize("face", ["ward", "consult", "my", "desk"])
def test_style_sheets_stay_small(face: str) -> None:
    """A page loads those of the frame, where the face has them those of a record, and those of its own face."""
    frame = (PORTALS / "shared/templates/base.html").read_text()
    shared = re.findall(r"unidossier/css/([a-z]+\.css)", frame)
    left_out = {"entrance.css"} | ({"record.css", "charts.css"} if face == "desk" else set())
    assert left_out < set(shared)
    sheets = [STATIC / "unidossier/css" / name for name in shared if name not in left_out]
    assert sum(path.stat().st_size for path in [*sheets, *(PORTALS / face).rglob("*.css")]) < LARGEST_CSS


def test_style_sheets_and_modules_load_nothing_from_elsewhere() -> None:
    for path in [*(STATIC / "unidossier/css").glob("*.css"), *MODULES]:
        assert not re.search(r"https?://|@import|//[a-z]+\.", path.read_text()), path.name


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 50


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_has_nothing_inline(path: Path) -> None:
    """The policy is style-src 'self'; script-src 'self': inline would silently not work."""
    text = path.read_text()
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"hx-on|hx-vals\s*=\s*['\"]js:|javascript:", text)
    assert all("src=" in script for script in re.findall(r"<script\b[^>]*>", text))
    assert "|safe" not in text and "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_says_what_it_expects(path: Path) -> None:
    assert "{% comment %}" in path.read_text().split("\n{% block")[0]


def test_every_glyph_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([a-z-]+)"', (STATIC / "unidossier/img/glyphs.svg").read_text()))
    named = set(re.findall(r'{% glyph "([a-z-]+)"', "".join(path.read_text() for path in TEMPLATES)))
    assert named <= drawn
