"""What comes along with the items of a record and lies in none: the patient of the registry, professionals, institutions, teams."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import orjson

from unidossier.exchange.fhir.directory.parameters import PARAMETERS
from unidossier.exchange.fhir.directory.rest import given_along
from unidossier.exchange.fhir.search.bundle import Given
from unidossier.exchange.fhir.search.criteria import uuid_of
from unidossier.record.searching.extract import references_of
from unidossier.record.searching.page import Include

PATIENT = "Patient"


def may_bring_patients(includes: Sequence[Include]) -> bool:
    """Tell whether one of these may lead to a patient."""
    return any(not one.reverse and one.target in ("", PATIENT) for one in includes)


async def from_elsewhere(
    secret: bytes,
    includes: Sequence[Include],
    *,
    matches: Sequence[Given],
    included: Sequence[Given],
    patients: Mapping[UUID, str],
) -> list[Given]:
    """Return what `_include` names of the registry: `patients` by id, the rest looked up, with an entry of its own (ADR 26)."""
    forth = [one for one in includes if not one.reverse]
    again = [one for one in forth if one.iterate]
    told = {one for given in matches for one in _named(given, forth)}
    told |= {one for given in included for one in _named(given, again)}
    told -= {(kind, id_) for kind, id_, _ in (*matches, *included)}
    found = [(kind, id_, patients[id_]) for kind, id_ in sorted(told) if kind == PATIENT and id_ in patients]
    named: dict[str, set[UUID]] = {}
    for kind, id_ in told:
        if kind in PARAMETERS:
            named.setdefault(kind, set()).add(id_)
    return [*found, *(await given_along(secret, named) if named else ())]


def _named(given: Given, includes: Sequence[Include]) -> Iterator[tuple[str, UUID]]:
    """Give type and id of what a resource refers to by the parameters of these, as far as no record holds it."""
    kind, _, text = given
    wanted = [one for one in includes if one.source == kind]
    if not wanted or not any(f'"{held}/' in text for held in (PATIENT, *PARAMETERS)):
        return
    resource = orjson.loads(text)
    for one in wanted:
        for reference in references_of(resource, names=frozenset(one.names)):
            target, _, rest = reference.partition("/")
            id_ = uuid_of(rest)
            if id_ is not None and one.target in ("", target) and (target == PATIENT or target in PARAMETERS):
                yield target, id_
