"""There is one door: portals call verbs, verbs pass the gate. Import contracts (pyproject.toml) hold the rest."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tracked import PRODUCT, shown, with_suffix

# What a portal may know of the door: the shape of a row, what was granted, and the errors it shows as words.
WORDS_OF_THE_DOOR = {
    "Row",
    "Granted",
    "AccessRefused",
    "ActRefused",
    "SessionEnded",
    "RightsChanged",
    "ItemChanged",
    "RecordUnreadable",
    "words_of",  # of a line of the decision (gate/rules.py): public words, no record
}
# Who passes the gate: the verbs; the interactions of FHIR, which stand on its asynchronous twin; and the
# authorization server, which asks it for whom an app is opened before there is any verb.
PASS = ("unidossier/actions/", "unidossier/exchange/fhir/", "unidossier/signin/smart/")


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.module, alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""


def test_portals_know_the_words_of_the_door_and_never_open_it() -> None:
    opened = [
        f"{shown(path)} takes {name or module}"
        for path in with_suffix(".py", under=PRODUCT / "portals")
        for module, name in _imports(path)
        if (module.startswith("unidossier.gate.") and name not in WORDS_OF_THE_DOOR)
        or (module == "unidossier.gate")
    ]
    assert opened == []


def test_only_verbs_and_fhir_pass_the_gate() -> None:
    passing = {
        shown(path)
        for path in with_suffix(".py", under=PRODUCT)
        for module, name in _imports(path)
        if (module, name) in {("unidossier.gate", "door"), ("unidossier.gate", "async_door")}
        or (module.startswith("unidossier.gate.") and name in {"read", "read_list", "write"})
    }
    assert any(name.startswith("unidossier/actions/") for name in passing), (
        "no verb passes: the search is broken"
    )
    assert [name for name in sorted(passing) if not name.startswith(PASS)] == []


def test_no_record_is_reached_by_the_framework() -> None:
    """Django's models hold accounts alone; its admin, which shows every row to one person, is not installed."""
    with_models = {
        shown(path)
        for path in with_suffix(".py", under=PRODUCT)
        for module, name in _imports(path)
        if (module == "django.db" and name == "models") or module.startswith("django.contrib.admin")
    }
    assert with_models == {"unidossier/signin/models.py"} | {
        name for name in with_models if name.startswith("unidossier/signin/migrations/")
    }
