"""Titles of kinds of documents, from the terminology."""

import csv
from functools import cache
from pathlib import Path

import unidossier.terminology


@cache
def _titles() -> dict[str, dict[str, str]]:
    path = Path(unidossier.terminology.__path__[0]) / "data" / "loinc_document.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines, delimiter="\t")}


def title_of(code: str, language: str) -> str:
    """The title of the kind of document with that LOINC code."""
    return _titles()[code][language]
