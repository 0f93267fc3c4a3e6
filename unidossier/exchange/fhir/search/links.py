"""Addresses of a searchset: itself, as it was understood, the first page, the one before and the next. hl7.org/fhir/R4/http.html#paging

A page is what follows a line, so that what arrives meanwhile moves nothing; the page before is the one that led here, and begins where it began.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request

from unidossier.exchange.fhir.room import BASE, base_of
from unidossier.exchange.fhir.search.asked import CURSOR, Asked, Pair
from unidossier.exchange.fhir.search.cursor import sealed

_SHAPE = ("_format", "_pretty", "_summary", "_elements")  # how the answer looks is read from each address
_WAY_BACK = 10  # pages that an address remembers
_LONGEST = 1000  # characters of the search that its entry keeps


def links(request: Request, secret: bytes, asked: Asked, *, after: Sequence[str] | None) -> list[Pair]:
    """Return (relation, address). `after`: the keys of the last line, None when nothing follows."""
    address = f"{base_of(request)}{request.scope['path'].removeprefix(BASE).removesuffix('/_search')}"
    used = [(name, value) for name, value in asked.pairs if name != CURSOR]
    first = f"{address}?{urlencode(used)}" if used else address

    def page(after: Sequence[str], before: Sequence[Sequence[str]]) -> str:
        if not after:
            return first
        of = str(asked.patient) if asked.in_compartment else None
        place = {"type": asked.type, "of": of, "pairs": used, "after": after, "before": before}
        shape = [(name, value) for name, value in used if name in _SHAPE]
        cursor = f"{CURSOR}={sealed(secret, place=place)}"  # signs that need no encoding
        return f"{address}?{urlencode(shape)}&{cursor}" if shape else f"{address}?{cursor}"

    told = [("self", first)]
    if asked.after:
        told.append(("first", first))
    if asked.before:
        told.append(("previous", page(asked.before[-1], asked.before[:-1])))
    if after is not None:
        told.append(("next", page(after, [*asked.before, asked.after][-_WAY_BACK:])))
    return told


def words_of(asked: Asked) -> str:
    """Return what was searched, for the entry."""
    return urlencode(asked.criteria)[:_LONGEST]
