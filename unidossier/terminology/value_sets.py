"""The value sets that can be asked about: those HL7 binds our resources to, the Belgian and the IPS ones that are lists.

hl7.org/fhir/R4/valueset.html. A set that needs a whole licensed terminology (every SNOMED CT finding ...) is not here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from unidossier.terminology.code_systems import CodeSystem, code_system, packed, system_urls
from unidossier.terminology.systems import canonical
from unidossier.terminology.words import rows

_EVERY = {
    "http://loinc.org": "http://loinc.org/vs",
    "http://snomed.info/sct": "http://snomed.info/sct?fhir_vs",
}


@dataclass(frozen=True, kw_only=True)
class ValueSet:
    """One value set. `include`: system -> its codes, in order. `is_whole`: a code that is not here is not in the set."""

    url: str
    name: str
    title: str
    version: str | None
    is_whole: bool
    include: Mapping[str, tuple[str, ...]] = field(repr=False)

    def members(self) -> Iterator[tuple[str, str]]:
        """Give (system, code) of each member, in order."""
        for system, codes in self.include.items():
            yield from ((system, code) for code in codes)

    def has(self, system: str | None, code: str) -> bool:
        """Tell whether a code is a member; without `system`, whether it is one of any system."""
        if system is None:
            return any(code in codes for codes in self.include.values())
        known = canonical(system) or system
        return code in self.include.get(known, ()) or code in self.include.get(system, ())


_made: dict[str, ValueSet] = {}  # what we hold alone is kept: a client may ask for others without end


def value_set(url: str) -> ValueSet | None:
    """Return a value set by its URL, without or with `|version`; None when we do not hold it (or not that version)."""
    plain, _, version = url.partition("|")
    found = _made.get(plain) or _held(plain) or _own(plain) or _of_system(plain)
    if found is not None:
        _made[plain] = found
    return found if found is None or not version or version == found.version else None


@cache
def value_set_urls() -> tuple[str, ...]:
    """Return the URLs of every value set we hold, in order."""
    implicit = {every_code_of(system) for system in system_urls()}
    return tuple(sorted({*packed()["valueSets"], *(row["url"] for row in rows("value_sets")), *implicit}))


def every_code_of(system: str) -> str:
    """Return the URL of the implicit value set of all codes of a system (hl7.org/fhir/R4/valueset.html#identification)."""
    return _EVERY.get(system, f"{system}?vs")


def _held(url: str) -> ValueSet | None:
    held = packed()["valueSets"].get(url)
    if held is None:
        return None
    include = {system: tuple(codes) for system, codes in held["include"].items()}
    title = held.get("title", held["name"])
    version = held.get("version")
    return ValueSet(url=url, name=held["name"], title=title, version=version, is_whole=True, include=include)


def _own(url: str) -> ValueSet | None:
    lines = [row for row in rows("value_sets") if row["url"] == url]
    if not lines:
        return None
    include = {row["system"]: _listed(row["system"], row["codes"]) for row in lines}
    first = lines[0]
    return ValueSet(
        url=url, name=first["name"], title=first["title"], version=None, is_whole=True, include=include
    )


def _listed(system: str, codes: str) -> tuple[str, ...]:
    if codes != "*":
        return tuple(codes.split())
    held = code_system(system)
    assert held is not None, system
    return tuple(held.displays)


def _of_system(url: str) -> ValueSet | None:
    by_url = {every_code_of(system): system for system in system_urls()}
    system = by_url.get(url)
    held: CodeSystem | None = code_system(system) if system else None
    if held is None or system is None:
        return None
    return ValueSet(
        url=url,
        name=f"{held.name}_all",
        title=held.title,
        version=held.version,
        is_whole=held.is_whole,
        include={system: tuple(held.displays)},
    )
