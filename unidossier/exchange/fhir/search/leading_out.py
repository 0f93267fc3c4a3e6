"""Chains that lead out of the record: `performer:Practitioner.identifier=...` is looked up in the directory, before the search."""

from collections.abc import Iterator
from uuid import UUID

from unidossier.exchange.fhir.directory.looking import ids_of
from unidossier.exchange.fhir.directory.parameters import PARAMETERS
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.search.asked import Asked
from unidossier.exchange.fhir.search.criteria import CriterionRefused, CriterionUnknown
from unidossier.exchange.fhir.search.kinds import Chain
from unidossier.record.searching.definitions import parameters_of

MOST = 4  # look-ups of one search: each is an entry


async def looked_up(secret: bytes, asked: Asked) -> dict[Chain, tuple[UUID, ...]]:
    """Return whom the chains of a search mean, by (type, the rest of the chain, value). Raises RequestRefused (400)."""
    chains = [chain for name, value in asked.criteria for chain in _chains(asked.type, name, value)]
    if len(chains) > MOST:
        raise refused(
            400, "too-costly", f"At most {MOST} chains lead to professionals and institutions in one search."
        )
    found = {}
    for kind, rest, value in chains:
        try:
            found[kind, rest, value] = tuple(await ids_of(secret, kind, rest, value))
        except (
            CriterionUnknown
        ):  # of another type that the reference may lead to, or of none: said where it is read
            continue
        except CriterionRefused as error:
            raise refused(400, "value", str(error)) from None
    return found


def _chains(resource_type: str, name: str, value: str) -> Iterator[Chain]:
    head, dot, rest = name.partition(".")
    code, _, modifier = head.partition(":")
    parameter = parameters_of(resource_type).get(code)
    if not dot or parameter is None or parameter.kind != "reference":
        return
    # of a reference that may lead to the patient, whoever means somebody else says so
    open_to = () if "Patient" in parameter.targets else parameter.targets
    for kind in [modifier] if modifier else open_to:
        if kind in PARAMETERS:
            yield kind, rest, value
