"""The code systems that can be asked about: our tables in four languages, and HL7's own small systems whole.

hl7.org/fhir/R4/codesystem.html. Licensed systems (LOINC, SNOMED CT, ATC ...) are fragments: a code that is not here
may still be one of theirs.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from unidossier.terminology.systems import FHIR_TABLES, FILES, RXNORM, canonical
from unidossier.terminology.words import LANGUAGES, entry, rows, table

_TITLES = {
    "http://loinc.org": ("LOINC", "LOINC"),
    "http://snomed.info/sct": ("SNOMED_CT", "SNOMED CT"),
    "http://www.whocc.no/atc": ("ATC", "ATC"),
    "http://hl7.org/fhir/sid/cvx": ("CVX", "CVX vaccines"),
    "http://unitsofmeasure.org": ("UCUM", "UCUM units"),
    RXNORM: ("RXNORM", "RxNorm"),
    "http://dicom.nema.org/resources/ontology/DCM": ("DCM", "DICOM"),
    "http://standardterms.edqm.eu": ("EDQM", "EDQM standard terms"),
}


@dataclass(frozen=True, kw_only=True)
class CodeSystem:
    """One code system. `displays`: code -> its words in English. `is_whole`: a code that is not here is none of it."""

    url: str
    name: str
    title: str
    version: str | None
    is_whole: bool
    displays: Mapping[str, str] = field(repr=False)


@cache
def packed() -> dict[str, Any]:
    """Return what scripts/derive_value_sets.py took from HL7's package: {"codeSystems": ..., "valueSets": ...} by URL."""
    data = files("unidossier.terminology").joinpath("data/fhir-r4-value-sets.json.gz").read_bytes()
    content: dict[str, Any] = orjson.loads(gzip.decompress(data))
    return content


_made: dict[str, CodeSystem] = {}  # what we hold alone is kept: a client may ask for others without end


def code_system(url: str) -> CodeSystem | None:
    """Return a code system by its URL or another name of it (systems.canonical); None when we hold nothing of it."""
    known = canonical(url) or url
    found = _made.get(known) or _code_system(known)
    if found is not None:
        _made[known] = found
    return found


def _code_system(known: str) -> CodeSystem | None:
    held = packed()["codeSystems"].get(known)
    if held is not None:
        return CodeSystem(
            url=known,
            name=held["name"],
            title=held.get("title", held["name"]),
            version=held.get("version"),
            is_whole=True,
            displays=held["codes"],
        )
    own = [row for row in rows("code_systems") if row["system"] == known]
    if own:
        displays = {row["code"]: row["en"] for row in own}
        name = own[0]["name"]
        return CodeSystem(url=known, name=name, title=name, version=None, is_whole=True, displays=displays)
    return _fragment(known)


def _fragment(url: str) -> CodeSystem | None:
    if url not in FILES and url not in FHIR_TABLES and url != RXNORM:
        return None
    last = url.rpartition("/")[2]
    name, title = _TITLES.get(url, (last.replace("-", "_"), last))
    displays = {code: one.display["en"] or one.display["fr"] or code for code, one in table(url).items()}
    return CodeSystem(url=url, name=name, title=title, version=None, is_whole=False, displays=displays)


@cache
def system_urls() -> tuple[str, ...]:
    """Return the URLs of every code system we hold, in order."""
    own = {row["system"] for row in rows("code_systems")}
    return tuple(sorted({*packed()["codeSystems"], *own, *FILES, *FHIR_TABLES, RXNORM}))


def words_of(url: str, code: str, *, language: str) -> str | None:
    """Return the words of a code in `language` (one of LANGUAGES), in English where there are none; None when it is unknown."""
    ours = entry(url, code)
    held = code_system(url)
    english = held.displays.get(code) if held else None
    return ((ours.display.get(language) or ours.display.get("en")) if ours else None) or english


def designations(url: str, code: str) -> Iterator[tuple[str, str]]:
    """Give (language, words) of a code in every language there are words in."""
    ours = entry(url, code)
    if ours is not None:
        yield from (
            (language, ours.display[language]) for language in LANGUAGES if ours.display.get(language)
        )
        return
    held = code_system(url)
    if held is not None and code in held.displays:
        yield "en", held.displays[code]
