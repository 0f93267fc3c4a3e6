"""The words of a code in fr, nl, de and en, from the tables in data/ (REC-9). Loaded once, at the first question."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from unidossier.terminology.systems import ATC, FHIR_TABLES, FILES, RXNORM, UCUM, canonical

LANGUAGES = ("fr", "nl", "de", "en")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table: the words by language, and the columns beside them as text."""

    display: dict[str, str]
    plain: dict[str, str]  # words for patients; without the languages that have none
    columns: dict[str, str] = field(repr=False)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the lines of data/`name`.tsv as dictionaries by column name."""
    text = files("unidossier.terminology").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple({key: value or "" for key, value in row.items()} for row in reader)


@cache
def table(system: str) -> dict[str, Entry]:
    """Return every code we have words for in `system` (its canonical URL); {} when we know none."""
    if system == RXNORM:
        medicines = table(ATC)
        return {row["code"]: medicines[row["atc"]] for row in rows("rxnorm")}
    return {row["code"]: _entry(row) for row in _rows_of(system)}


def _rows_of(system: str) -> Iterator[dict[str, str]]:
    for name in FILES.get(system, ()):
        yield from rows(name)
    wanted = FHIR_TABLES.get(system)
    shared = [row for row in rows("fhir") if wanted and row["system"] == wanted]
    yield from shared
    told = {row["code"] for row in shared}  # a table may serve several systems that have some codes in common
    yield from (row for row in rows("code_systems") if row["system"] == system and row["code"] not in told)


def _entry(row: dict[str, str]) -> Entry:
    plain = {language: row[f"plain_{language}"] for language in LANGUAGES if row.get(f"plain_{language}")}
    return Entry({language: row[language] for language in LANGUAGES}, plain, row)


def entry(system: str | None, code: str | None) -> Entry | None:
    """Return what we know of a code; None when we do not know it."""
    known = canonical(system)
    if known is None or code is None:
        return None
    return table(known).get(code)


def short_language(language: str | None) -> str:
    """Return one of LANGUAGES for a BCP 47 tag: nl-BE becomes nl; what we do not speak becomes en."""
    short = (language or "en")[:2].lower()
    return short if short in LANGUAGES else "en"


def display(system: str | None, code: str | None, language: str, *, plain: bool = False) -> str | None:
    """Return the words for a code in `language`; None when we have none (then show the source's own words).

    `plain` prefers the words for patients, where there are some.
    """
    found = entry(system, code)
    if found is None:
        return None
    short = short_language(language)
    return (plain and found.plain.get(short)) or found.display[short] or None


def searchable(system: str | None, code: str | None) -> str:
    """Return the words of a code in all four languages, joined, so that a Dutch reader finds a French item.

    Plain words are included, and for a medicine those of its groups. "" when we do not know the code.
    """
    # what we do not know is not kept: a sender could name others without end
    return "" if entry(system, code) is None else _searchable(canonical(system), code)


@cache
def _searchable(system: str | None, code: str | None) -> str:
    found = entry(system, code)
    assert found is not None
    words = [*found.display.values(), *found.plain.values()]
    if canonical(system) in (ATC, RXNORM):
        for group in groups_of(found.columns["code"]):
            words += [*group.display.values(), *group.plain.values()]
    return " ".join(dict.fromkeys(word for word in words if word))


def groups_of(atc: str) -> list[Entry]:
    """Return the ATC groups a medicine is in that we have words for, narrowest first. C03CA01: loop diuretics."""
    medicines = table(ATC)
    return [
        medicines[atc[:length]] for length in (5, 4, 3) if len(atc) > length and atc[:length] in medicines
    ]


def unit(code: str | None, language: str) -> str | None:
    """Return a UCUM unit as people write it: 10*3/uL is 10³/µL, {INR} is "". None when we do not know it."""
    found = table(UCUM).get(code or "")
    return found.display[short_language(language)] if found else None
