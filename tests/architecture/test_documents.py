"""Documents keep their promises: what they name is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT, shown, with_suffix

DOCUMENTS = [path for path in with_suffix(".md") if path.parent in (ROOT, ROOT / "docs", ROOT / "docs/adr")]
WANTED = {"README.md", "ARCHITECTURE.md", "SECURITY.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md"}
TOP = ("unidossier/", "tests/", "docs/", "scripts/", "bench/", ".ci/")

_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_TEST = re.compile(r"^(tests/[\w/]+\.py)::(\w+)$")


def test_the_documents_are_there() -> None:
    assert {path.name for path in DOCUMENTS} >= WANTED
    assert (ROOT / "LICENSE").read_text().splitlines()[0].strip().startswith("EUROPEAN UNION PUBLIC LICENCE")


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_path_in_a_document_exists(path: Path) -> None:
    text = path.read_text()
    named = [code for code in _CODE.findall(text) if code.startswith(TOP) and not re.search(r"[\s*<{]", code)]
    gone = [code for code in named if not (ROOT / code.split("::")[0]).exists()]
    gone += [link for link in _LINK.findall(text) if "://" not in link and not (path.parent / link).exists()]
    assert gone == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_test_in_a_document_exists(path: Path) -> None:
    named = [match for code in _CODE.findall(path.read_text()) if (match := _TEST.match(code))]
    gone = [m.group(0) for m in named if f"def {m.group(2)}(" not in (ROOT / m.group(1)).read_text()]
    assert gone == []


def test_security_names_a_module_and_a_test_for_each_property() -> None:
    rows = [
        line for line in (ROOT / "SECURITY.md").read_text().splitlines() if re.match(r"\|\s*\d+\s*\|", line)
    ]
    assert len(rows) >= 12
    poor = [row for row in rows if "`unidossier/" not in row or "`tests/" not in row]
    assert poor == []


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", readme)) <= targets
    program = Path(sys.executable).parent / "unidossier"
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r"^    ([a-z]+) ", told, re.MULTILINE))
    assert {"demo", "serve", "import"} <= commands
    assert set(re.findall(r"\bunidossier ([a-z]+)\b(?=[ `\n])", "\n".join(_commands(readme)))) <= commands


def _commands(readme: str) -> list[str]:
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", readme, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if not line.startswith("#")]


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("[0-9]*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("path", with_suffix(".md", under=ROOT / "docs/adr"), ids=shown)
def test_a_decision_says_what_why_and_what_follows(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
    assert headings[:3] == ["Why", "Decision", "What follows"]
