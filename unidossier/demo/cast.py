"""The accounts of the demo: who can sign in (cast.tsv), and what each is good to try (hints.toml)."""

import csv
import tomllib
from functools import cache
from pathlib import Path

from unidossier.demo.world import Account, Texts

_HERE = Path(__file__).parent


@cache
def _hints() -> dict[str, Texts]:
    return tomllib.loads((_HERE / "hints.toml").read_text(encoding="utf-8"))


def _account(row: dict[str, str]) -> Account:
    is_patient, main = row["key"].startswith("p-"), row["main"] == "yes"
    return Account(
        username=row["username"],
        person=None if is_patient else row["key"],
        patient=row["key"] if is_patient else None,
        function=row["function"],
        language=row["language"],
        face=row["face"],
        main=main,
        hint=_hints()[row["username"] if main else row["function"]],
    )


def accounts() -> tuple[Account, ...]:
    """Every account, those to begin with marked `main`. Every function of ACS-3 is among them."""
    with (_HERE / "cast.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(_account(row) for row in csv.DictReader(lines, delimiter="\t"))
