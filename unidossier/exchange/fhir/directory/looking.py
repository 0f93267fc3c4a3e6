"""The two ways into the directory: by id and by search. Each is an entry of its own, about no patient (docs/adr/0026)."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from unidossier.exchange.fhir.directory.parameters import PARAMETERS, Wanted, with_criterion
from unidossier.exchange.fhir.outcome import not_found, refused
from unidossier.exchange.fhir.search.criteria import CriterionRefused, CriterionUnknown
from unidossier.gate import async_door
from unidossier.gate.door import ActRefused, Query, Row

MOST = 200  # lines of a page
_LOOK_UP = "SELECT type, id, facts FROM registry.look_up(%(secret)s, %(wanted)s::jsonb)"
_SEARCH = "SELECT allowed, id, facts, sort, found FROM registry.search_directory(%(secret)s, %(type)s, %(wanted)s::jsonb)"
_TOO_WIDE = (
    "Professionals are sought by who they are: name an identifier, or _id, or more of a name than a thousand share."
    " All of an organization are given to those who work there."
)


async def look_up(secret: bytes, wanted: Mapping[str, Sequence[UUID]]) -> list[Row]:
    """Return type, id and facts of those that are there, for {type: ids}. Raises SessionEnded, RecordUnreadable."""
    named = json.dumps({kind: [str(one) for one in ids] for kind, ids in wanted.items()})
    return await async_door.ask_outside(Query(_LOOK_UP, {"secret": secret, "wanted": named}))


async def search(
    secret: bytes,
    kind: str,
    wanted: Wanted,
    *,
    words: str,
    size: int = MOST,
    after: Sequence[str] = (),
    descending: bool = False,
) -> list[Row]:
    """Return id, facts, sort and found (how many in all) by name, at most one line more than `size`, those after `after` (sort, id).

    Raises RequestRefused (400 too wide, 404 not for this app), SessionEnded, RecordUnreadable.
    """
    told = (
        wanted.told
        | {"search": words, "size": size, "descending": descending}
        | ({"after": list(after)} if after else {})
    )
    if wanted.nothing:  # an entry all the same
        told |= {"ids": []}
    values = {"secret": secret, "type": kind, "wanted": json.dumps(told)}
    try:
        rows = await async_door.ask_outside(Query(_SEARCH, values))
    except ActRefused:
        raise refused(400, "too-costly", _TOO_WIDE) from None
    if rows and not rows[0]["allowed"]:
        raise not_found()
    return rows


async def narrowed(secret: bytes, wanted: Wanted, kind: str, name: str, value: str) -> Wanted:
    """Add a criterion, a chain of one link among them: `practitioner.name=...`, `organization:Organization.identifier=...`.

    Raises CriterionUnknown, CriterionRefused and the errors of `search`.
    """
    head, dot, rest = name.partition(".")
    if not dot:
        return with_criterion(wanted, kind, name, value)
    code, _, modifier = head.partition(":")
    parameter = PARAMETERS[kind].get(code)
    if parameter is None or modifier not in ("", parameter.target):
        raise CriterionUnknown(f"{kind} has no search parameter '{head[:60]}' here; see [base]/metadata")
    if not parameter.target or "." in rest:
        raise CriterionRefused(f"{name[:60]}: here a chain has one link, over a reference")
    ids = await ids_of(secret, parameter.target, rest, value)
    return parameter.asks(wanted, code, modifier, ",".join(map(str, ids)) or "-")


async def ids_of(secret: bytes, kind: str, name: str, value: str) -> list[UUID]:
    """Return whom one criterion finds, at most MOST. Raises CriterionUnknown, CriterionRefused and the errors of `search`."""
    wanted = with_criterion(Wanted(), kind, name, value)
    rows = await search(secret, kind, wanted, words=f"{name}={value}"[:200])
    if len(rows) > MOST:
        raise CriterionRefused(f"{name[:60]}: more than {MOST} of type {kind} fit; say more of them")
    return [row["id"] for row in rows]
