"""What the directory is searched by, as hl7.org/fhir/R4 defines it, and what each criterion asks of registry.search_directory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from unidossier.exchange.fhir.directory.resources import CD_HCPARTY, ORGANIZATION_TYPE, PARTIES
from unidossier.exchange.fhir.search.criteria import CriterionRefused, CriterionUnknown, uuid_of
from unidossier.exchange.fhir.search.splitting import plain, split
from unidossier.kernel.identifiers import NIHDI_SYSTEMS
from unidossier.kernel.sortkey import sort_key
from unidossier.log.audit.codes import FUNCTION

MOST_VALUES = 100
_URL = "http://hl7.org/fhir/SearchParameter/"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One search parameter: `kind` and `url` as the definitions say; `asks` adds it to what is wanted."""

    kind: str
    url: str
    asks: "Callable[[Wanted, str, str, str], Wanted]"
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One search of the directory (registry/sql/directory.sql). `nothing`: nobody can fit."""

    told: dict[str, Any] = field(default_factory=dict)
    nothing: bool = False

    def narrowed(self, name: str, ids: list[UUID]) -> "Wanted":
        """Return the search within these ids, and those of before."""
        known = self.told.get(name)
        kept = [str(one) for one in ids if known is None or str(one) in known]
        return replace(self, told=self.told | {name: kept}, nothing=self.nothing or not kept)

    def also(self, name: str, alternatives: list[Any]) -> "Wanted":
        """Return the search in which one of these must fit too."""
        told = self.told | {name: [*self.told.get(name, ()), alternatives]}
        return replace(self, told=told, nothing=self.nothing or not alternatives)


def with_criterion(wanted: Wanted, kind: str, name: str, value: str) -> Wanted:
    """Return the search with one criterion more. Raises CriterionUnknown, CriterionRefused."""
    code, _, modifier = name.partition(":")
    parameter = PARAMETERS[kind].get(code)
    if parameter is None:
        raise CriterionUnknown(f"{kind} has no search parameter '{code[:60]}' here; see [base]/metadata")
    if len(split(value, ",")) > MOST_VALUES:
        raise CriterionRefused(f"at most {MOST_VALUES} values are read in one criterion")
    return parameter.asks(wanted, code, modifier, value)


def _id(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier)
    return wanted.narrowed("ids", _uuids(value, target=""))


def _identifier(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    """A NIHDI number is one number under whichever of its systems it is asked."""
    _no(code, modifier)
    found: list[dict[str, str]] = []
    for one in split(value, ","):
        system, *rest = (plain(part) for part in split(one, "|"))
        if not rest:
            found.append({"value": system})
        elif system:
            systems = sorted(NIHDI_SYSTEMS) if system in NIHDI_SYSTEMS else [system]
            found += [{"system": each} | ({"value": rest[0]} if rest[0] else {}) for each in systems]
    return wanted.also("numbers", found)


def _name(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    if modifier not in ("", "exact", "contains"):
        raise CriterionRefused(f"{code}: ':{modifier[:40]}' is not done; a text takes exact, contains")
    part = code if code in ("family", "given") else "any"
    told = [(plain(one), sort_key(plain(one))) for one in split(value, ",")]
    if not all(key for _, key in told):
        raise CriterionRefused(f"{code}: the value is empty")
    how = {"in": part, "as": modifier or "start"}
    names = [how | {"text": text if modifier == "exact" else key, "key": key} for text, key in told]
    return wanted.also("names", names)


def _active(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier)
    told = {plain(one).rpartition("|")[2] for one in split(value, ",")} & {"true", "false"}
    if not told:
        raise CriterionRefused(f"{code} is true or false")
    if len(told) == 2:
        return wanted
    is_active = told == {"true"}
    if wanted.told.get("active", is_active) != is_active:
        return replace(wanted, nothing=True)
    return replace(wanted, told=wanted.told | {"active": is_active})


def _role(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier)
    found: list[str] = []
    for one in split(value, ","):
        system, bar, told = plain(one).rpartition("|")
        if not bar or system == FUNCTION:
            found.append(told)
        if not bar or system == CD_HCPARTY:
            found += [function for function, party in PARTIES.items() if party == told]
    return wanted.also("functions", found)


def _type(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier)
    parts = [plain(one).rpartition("|") for one in split(value, ",")]
    told = [code for system, bar, code in parts if not bar or system == ORGANIZATION_TYPE]
    return wanted.also("functions", told)


def _practitioner(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier, target="Practitioner")
    return wanted.narrowed("persons", _uuids(value, target="Practitioner"))


def _organization(wanted: Wanted, code: str, modifier: str, value: str) -> Wanted:
    _no(code, modifier, target="Organization")
    return wanted.narrowed("institutions", _uuids(value, target="Organization"))


def _uuids(value: str, *, target: str) -> list[UUID]:
    """Return the ids; what is of another type, or no id of ours, names nobody."""
    found = []
    for one in split(value, ","):
        kind, _, text = plain(one).rpartition("/")
        if (kind in ("", target) or kind.endswith(f"/{target}")) and (id_ := uuid_of(text)):
            found.append(id_)
    return found


def _no(code: str, modifier: str, *, target: str = "") -> None:
    if modifier and modifier != target:
        raise CriterionRefused(f"{code}: ':{modifier[:40]}' is not done here")


def _of(kind: str, url: str, asks: Callable[[Wanted, str, str, str], Wanted], target: str = "") -> Parameter:
    return Parameter(kind=kind, url=_URL + url, asks=asks, target=target)


_BY_ID = _of("token", "Resource-id", _id)
PARAMETERS: dict[str, dict[str, Parameter]] = {
    "Practitioner": {
        "_id": _BY_ID,
        "active": _of("token", "Practitioner-active", _active),
        "family": _of("string", "individual-family", _name),
        "given": _of("string", "individual-given", _name),
        "identifier": _of("token", "Practitioner-identifier", _identifier),
        "name": _of("string", "Practitioner-name", _name),
    },
    "PractitionerRole": {
        "_id": _BY_ID,
        "active": _of("token", "PractitionerRole-active", _active),
        "organization": _of("reference", "PractitionerRole-organization", _organization, "Organization"),
        "practitioner": _of("reference", "PractitionerRole-practitioner", _practitioner, "Practitioner"),
        "role": _of("token", "PractitionerRole-role", _role),
    },
    "Organization": {
        "_id": _BY_ID,
        "active": _of("token", "Organization-active", _active),
        "identifier": _of("token", "Organization-identifier", _identifier),
        "name": _of("string", "Organization-name", _name),
        "partof": _of("reference", "Organization-partof", _organization, "Organization"),
        "type": _of("token", "Organization-type", _type),
    },
    "Location": {
        "_id": _BY_ID,
        "name": _of("string", "Location-name", _name),
        "organization": _of("reference", "Location-organization", _organization, "Organization"),
    },
    "HealthcareService": {
        "_id": _BY_ID,
        "active": _of("token", "HealthcareService-active", _active),
        "name": _of("string", "HealthcareService-name", _name),
        "organization": _of("reference", "HealthcareService-organization", _organization, "Organization"),
    },
}
