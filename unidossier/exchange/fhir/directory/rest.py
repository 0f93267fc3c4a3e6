"""Read and search of the directory. hl7.org/fhir/R4/http.html#read, #search

It keeps no versions: the ETag is made of what is told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.bearer import secret_of
from unidossier.exchange.fhir.directory.looking import look_up, narrowed
from unidossier.exchange.fhir.directory.looking import search as search_directory
from unidossier.exchange.fhir.directory.parameters import PARAMETERS, Wanted
from unidossier.exchange.fhir.directory.resources import references_of, resource_text
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, not_found, refused
from unidossier.exchange.fhir.read import own_address
from unidossier.exchange.fhir.room import base_of
from unidossier.exchange.fhir.search.asked import CURSOR, Pair, pairs_of
from unidossier.exchange.fhir.search.bundle import Given, searchset
from unidossier.exchange.fhir.search.criteria import CriterionRefused, CriterionUnknown
from unidossier.exchange.fhir.search.cursor import opened, sealed
from unidossier.exchange.fhir.validators import is_same
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS, preferred, require_wanted
from unidossier.gate.door import Row
from unidossier.record.validation import Issue

SIZE, LARGEST_PAGE = 50, 200
# what the order by name is called in _sort
BY_NAME = {
    "Practitioner": {"name", "family"},
    "Organization": {"name"},
    "Location": {"name"},
    "HealthcareService": {"name"},
}
_LONGEST = 1000  # characters of the search that its entry keeps


@dataclass(kw_only=True)
class _Asked:
    """One search as it was asked. `forth`, `back`: the parameters of _include and _revinclude."""

    kind: str
    pairs: list[Pair]
    criteria: list[Pair] = field(default_factory=list)
    size: int = SIZE
    only_count: bool = False
    descending: bool = False
    forth: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    after: Sequence[str] = ()


async def read(request: Request) -> Response:
    """GET [base]/Practitioner/[id] and the like. 404: unknown, not for this session, not within the scopes of an app."""
    secret = secret_of(request)
    require_wanted(request)
    kind, id_ = kind_of(request), own_address(request.path_params["id"])
    rows = await look_up(secret, {kind: [id_]})
    if not rows:
        raise not_found()
    text = resource_text(kind, id_, rows[0]["facts"])
    tag = hashlib.sha256(text.encode()).hexdigest()[:16]
    headers = NO_STORE | {"etag": f'W/"{tag}"'}
    if is_same(request, tag=tag):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type=MEDIA_TYPE)


async def search(request: Request) -> Response:
    """GET [base]/Practitioner?... and POST [base]/Practitioner/_search: a searchset, by name."""
    secret = secret_of(request)
    require_wanted(request)
    asked = await _asked(request, secret)
    wanted = await _wanted(secret, asked)
    if asked.told and preferred(request, "handling") == "strict":
        raise RequestRefused(400, [Issue("not-supported", "", one) for one in asked.told])
    words = urlencode(asked.criteria)[:_LONGEST]
    size = 0 if asked.only_count else asked.size
    rows = await search_directory(
        secret, asked.kind, wanted, words=words, size=size, after=asked.after, descending=asked.descending
    )
    chosen = rows[:size]
    body = searchset(
        base=base_of(request),
        links=_links(request, secret, asked, last=chosen[-1] if chosen and len(rows) > size else None),
        matches=[_given(asked.kind, row) for row in chosen],
        included=await _along(secret, asked, chosen),
        # of a page behind the last line nobody counted
        total=rows[0]["found"] if rows else None if asked.after else 0,
        told=asked.told,
    )
    return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)


def kind_of(request: Request) -> str:
    """Return the type that the address names."""
    return str(request.scope["path"]).split("/")[2]


async def _asked(request: Request, secret: bytes) -> _Asked:
    pairs = await pairs_of(request)
    kind = kind_of(request)
    word = next((value for name, value in pairs if name == CURSOR), None)
    after: Sequence[str] = ()
    if word is not None:
        place = opened(secret, word)
        if place["type"] != f"directory/{kind}":
            raise refused(400, "value", "This page is of another search; search again.")
        pairs, after = [(name, value) for name, value in place["pairs"]], place["after"]
    asked = _Asked(kind=kind, pairs=pairs, after=after)
    for name, value in pairs:
        _sort_out(asked, name, value)
    return asked


def _sort_out(asked: _Asked, name: str, value: str) -> None:
    match name:
        case "_count":
            if not (value.isascii() and value.isdigit() and len(value) < 7):
                raise refused(400, "value", "_count is a whole number")
            asked.size, asked.only_count = min(int(value), LARGEST_PAGE), asked.only_count or int(value) == 0
        case "_summary" if value == "count":
            asked.only_count = True
        case "_include":
            _include(asked, value)
        case "_revinclude":
            _revinclude(asked, value)
        case "_sort" if value:
            _sort(asked, value)
        case "_total":
            pass  # it is always told
        case _ if name in COMMON_PARAMETERS:
            pass
        case _ if value == "" or (name.startswith("_") and name != "_id"):
            asked.told.append(f"{name[:60]}: not done here, or without a value")
        case _:
            asked.criteria.append((name, value))


def _sort(asked: _Asked, value: str) -> None:
    first, *rest = value.split(",")
    if first.removeprefix("-") in BY_NAME.get(asked.kind, ()):
        asked.descending = first.startswith("-")
    else:
        rest = [first, *rest]
    asked.told += [f"_sort: {asked.kind} stands by name, not by '{one[:60]}'" for one in rest[:5]]


def _include(asked: _Asked, value: str) -> None:
    source, _, code = value.partition(":")
    code = code.partition(":")[0]
    targets = {one for one, parameter in PARAMETERS[asked.kind].items() if parameter.target}
    found = targets if code == "*" or value == "*" else targets & {code}
    if source not in (asked.kind, "*") or not found:
        asked.told.append(f"_include: {value[:80]} names no reference; write {asked.kind}:parameter")
    asked.forth |= found if source in (asked.kind, "*") else set()


def _revinclude(asked: _Asked, value: str) -> None:
    if asked.kind == "Practitioner" and value == "PractitionerRole:practitioner":
        asked.back.add("practitioner")
    else:
        asked.told.append(
            f"_revinclude: {value[:80]} is not done here; to Practitioner come PractitionerRole:practitioner"
        )


async def _wanted(secret: bytes, asked: _Asked) -> Wanted:
    wanted = Wanted()
    for name, value in asked.criteria:
        try:
            wanted = await narrowed(secret, wanted, asked.kind, name, value)
        except CriterionUnknown as unknown:
            asked.told.append(str(unknown))
        except CriterionRefused as error:
            raise refused(400, "value", str(error)) from None
    return wanted


async def _along(secret: bytes, asked: _Asked, rows: Sequence[Row]) -> list[Given]:
    """Return what comes along with the lines of a page."""
    named: dict[str, set[UUID]] = {}
    for row in rows if asked.forth else ():
        for code, (kind, id_) in references_of(asked.kind, row["facts"]).items():
            if code in asked.forth:
                named.setdefault(kind, set()).add(id_)
    found = await given_along(secret, named) if named else []
    if asked.back and rows:
        roles = Wanted().narrowed("persons", [row["id"] for row in rows])
        told = await search_directory(secret, "PractitionerRole", roles, words="along", size=LARGEST_PAGE)
        found += [_given("PractitionerRole", row) for row in told[:LARGEST_PAGE]]
    here = {(asked.kind, row["id"]) for row in rows}
    return [one for one in found if one[:2] not in here]


async def given_along(secret: bytes, named: Mapping[str, set[UUID]]) -> list[Given]:
    """Return what is there of {type: ids}, in a fixed order."""
    rows = await look_up(secret, {kind: sorted(ids) for kind, ids in sorted(named.items())})
    given = [(row["type"], row["id"], resource_text(row["type"], row["id"], row["facts"])) for row in rows]
    return sorted(given, key=lambda one: one[:2])


def _given(kind: str, row: Row) -> Given:
    return kind, row["id"], resource_text(kind, row["id"], row["facts"])


def _links(request: Request, secret: bytes, asked: _Asked, *, last: Row | None) -> list[Pair]:
    address = f"{base_of(request)}/{asked.kind}"
    used = [pair for pair in asked.pairs if pair[0] != CURSOR]
    links = [("self", f"{address}?{urlencode(used)}" if used else address)]
    if last is not None:
        place = {"type": f"directory/{asked.kind}", "pairs": used, "after": [last["sort"], str(last["id"])]}
        shape = [pair for pair in used if pair[0] in COMMON_PARAMETERS]
        links.append(("next", f"{address}?{urlencode([*shape, (CURSOR, sealed(secret, place=place))])}"))
    return links
