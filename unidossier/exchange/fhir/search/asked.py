"""A search as it was asked: criteria, order, page, what comes along; from the address, a form, or the place of a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request

from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.search.criteria import uuid_of
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS
from unidossier.record.searching.definitions import compartment, parameters_of, types
from unidossier.record.searching.page import NEWEST_FIRST, Include, Key

Pair = tuple[str, str]
SIZE, LARGEST_PAGE = 50, 1000
MOST_PAIRS = 100
MOST_KEYS, MOST_INCLUDES = 5, 20
LARGEST_FORM = 100_000  # bytes
CURSOR = "_cursor"  # the place of a page (cursor.py)
_PATIENT_FIRST = ("patient", "subject")
_IGNORED = COMMON_PARAMETERS | {CURSOR}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One search. `criteria` still as written; `ignored`: what was not understood, in words."""

    type: str
    criteria: tuple[Pair, ...] = ()
    patient: UUID | None = None
    names_patient: bool = False  # a patient was named, if only by something that names nobody
    in_compartment: bool = False
    size: int = SIZE
    total: str = ""  # accurate, estimate, none; '': when it costs nothing
    only_count: bool = False
    keys: tuple[Key, ...] = NEWEST_FIRST
    includes: tuple[Include, ...] = ()
    ignored: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    after: tuple[str, ...] = ()  # the keys of the line that this page begins after; none: the first page
    before: tuple[tuple[str, ...], ...] = ()  # the same of the pages that led here, the nearest last


async def pairs_of(request: Request) -> list[Pair]:
    """Return name and value of each parameter, of the address and of a form. Raises RequestRefused (400, 413, 415)."""
    text = request.scope["query_string"].decode("latin-1")
    pairs = parsed(text)
    if request.method == "POST":
        pairs += parsed(await _form(request))
    if len(pairs) > MOST_PAIRS:
        raise refused(400, "too-costly", f"at most {MOST_PAIRS} parameters are read in one search")
    return pairs


def asked_of(resource_type: str, pairs: Sequence[Pair], *, patient: UUID | None = None) -> Asked:
    """Sort the parameters of a search. `patient`: whose compartment the address names. Raises RequestRefused (400, 404)."""
    if resource_type not in types():
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' is not searched here; see [base]/metadata."
        )
    asked = Asked(
        type=resource_type,
        pairs=tuple(pair for pair in pairs if pair[1] != ""),  # of what counts `self` tells
        patient=patient,
        names_patient=patient is not None,
        in_compartment=patient is not None,
    )
    criteria: list[Pair] = []
    for name, value in pairs:
        asked = _with(asked, criteria, name, value)
    asked = replace(asked, criteria=tuple(criteria))
    return asked if asked.patient else _with_patient(asked)


def _with(asked: Asked, criteria: list[Pair], name: str, value: str) -> Asked:
    """Take in one parameter: a criterion as it is written, or what it says of the answer."""
    plain, _, modifier = name.partition(":")
    if value == "":
        return _ignoring(asked, f"{name[:60]} has no value")
    if plain in _RESULT:
        return _RESULT[plain](asked, modifier, value)
    if name in _IGNORED:
        return replace(asked, only_count=True) if (name, value) == ("_summary", "count") else asked
    criteria.append((name, value))
    return asked


def _ignoring(asked: Asked, told: str) -> Asked:
    return replace(asked, ignored=(*asked.ignored, told))


def _count(asked: Asked, _modifier: str, value: str) -> Asked:
    if not (value.isascii() and value.isdigit()):
        raise refused(400, "value", "_count is a whole number")
    size = int(value[-9:]) if not value[:-9].strip("0") else LARGEST_PAGE
    return replace(asked, only_count=True) if size == 0 else replace(asked, size=min(size, LARGEST_PAGE))


def _total(asked: Asked, _modifier: str, value: str) -> Asked:
    if value not in ("accurate", "estimate", "none"):
        raise refused(400, "value", "_total is accurate, estimate or none")
    return replace(asked, total=value)


def _sort(asked: Asked, _modifier: str, value: str) -> Asked:
    keys: list[Key] = []
    told = value.split(",")
    if len(told) > MOST_KEYS:
        raise refused(400, "too-costly", f"_sort takes at most {MOST_KEYS} parameters")
    for one in told:
        code = one.strip().removeprefix("-")
        key = _key(asked.type, code, descending=one.strip().startswith("-"))
        if key is None:
            asked = _ignoring(asked, f"_sort: {asked.type} is not sorted by '{code[:60]}'")
        else:
            keys.append(key)
    if keys and keys[-1].by != "id":
        keys.append(Key(by="id"))
    return replace(asked, keys=tuple(keys) or NEWEST_FIRST)


def _key(resource_type: str, code: str, *, descending: bool) -> Key | None:
    if code == "_id":
        return Key(by="id", descending=descending)
    if code == "_lastUpdated":
        return Key(by="entered_at", descending=descending)
    parameter = parameters_of(resource_type).get(code)
    if parameter is None or parameter.kind == "composite":
        return None
    if parameter.kind in ("date", "number", "quantity"):
        return Key(by="number", name=parameter.names[0], descending=descending)
    return Key(by="text", name=parameter.names[0], descending=descending)


def _including(asked: Asked, modifier: str, value: str, *, reverse: bool) -> Asked:
    name = "_revinclude" if reverse else "_include"
    if modifier not in ("", "iterate", "recurse"):
        return _ignoring(asked, f"{name}:{modifier[:40]} is not done; there is :iterate")
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    source = asked.type if source == "*" and not reverse else source
    known = {one.code: one.names for one in parameters_of(source).values() if one.kind == "reference"}
    names = (
        tuple(dict.fromkeys(name for own in known.values() for name in own))
        if code in ("*", "")
        else known.get(code, ())
    )
    if not names:
        return _ignoring(asked, f"{name}: {value[:80]} names no reference; write Type:parameter")
    if len(asked.includes) == MOST_INCLUDES:
        raise refused(
            400, "too-costly", f"at most {MOST_INCLUDES} of _include and _revinclude are read in one search"
        )
    made = Include(source=source, names=names, target=target, iterate=bool(modifier), reverse=reverse)
    return replace(asked, includes=(*asked.includes, made))


def _include(asked: Asked, modifier: str, value: str) -> Asked:
    return _including(asked, modifier, value, reverse=False)


def _revinclude(asked: Asked, modifier: str, value: str) -> Asked:
    return _including(asked, modifier, value, reverse=True)


def _contained(asked: Asked, _modifier: str, value: str) -> Asked:
    if value != "false":
        return _ignoring(asked, "_contained: contained resources are found with the resource that holds them")
    return asked


_RESULT: dict[str, Callable[[Asked, str, str], Asked]] = {
    "_count": _count,
    "_total": _total,
    "_sort": _sort,
    "_include": _include,
    "_revinclude": _revinclude,
    "_contained": _contained,
    "_containedType": _contained,
}


def _with_patient(asked: Asked) -> Asked:
    """Find out whose record is searched, by the first criterion that names one patient."""
    for name in _naming(asked.type):
        for given, value in asked.criteria:
            if given in (name, f"{name}:Patient"):
                told = value.rpartition("/")
                typed = told[0].endswith("Patient") or given.endswith(":Patient")
                if not typed and (
                    told[1] or (name not in (*_PATIENT_FIRST, "_id") and not _only_patients(asked.type, name))
                ):
                    continue  # something else than a patient
                if "," in value and asked.type != "Patient":
                    raise refused(400, "not-supported", f"{given}: one patient in one search")
                return replace(asked, patient=uuid_of(told[2]), names_patient=True)
    return asked


def _naming(resource_type: str) -> list[str]:
    if resource_type == "Patient":
        return ["_id"]
    known = parameters_of(resource_type)
    others = [code for code in compartment(resource_type) if code in known and code not in _PATIENT_FIRST]
    return [code for code in _PATIENT_FIRST if code in known] + others


def _only_patients(resource_type: str, code: str) -> bool:
    return parameters_of(resource_type)[code].targets == ("Patient",)


def parsed(text: str) -> list[Pair]:
    """Return name and value of each parameter of a query, percent-encoding undone. Raises RequestRefused (400)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PAIRS, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise refused(
            400, "value", "the parameters cannot be read: percent-encoded UTF-8, at most 100 of them"
        ) from None
    if any("\x00" in part for pair in pairs for part in pair):
        raise refused(400, "value", "a parameter holds a sign that no text has (NUL)")
    return pairs


async def _form(request: Request) -> str:
    if (
        request.headers.get("content-type", "").partition(";")[0].strip().lower()
        != "application/x-www-form-urlencoded"
    ):
        raise refused(
            415, "not-supported", "Send a search as a form: Content-Type: application/x-www-form-urlencoded."
        )
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_FORM:
            raise refused(413, "too-long", "The form of a search is at most 100 kB.")
        parts.append(part)
    return b"".join(parts).decode("latin-1")
