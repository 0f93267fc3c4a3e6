"""Patient/[id]/$everything: all that the caller may see of one record, in pages. hl7.org/fhir/R4/patient-operation-everything.html

Pages follow the ids: they stay as they are while data arrive, and each costs the same however long the record is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import secret_of
from unidossier.exchange.fhir.operations.parameters import Asked, asked_of
from unidossier.exchange.fhir.operations.reading import patient_id, read_record
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, refused
from unidossier.exchange.fhir.patient import merged_text, version_text
from unidossier.exchange.fhir.room import BASE, Interaction, Room, base_of
from unidossier.exchange.fhir.shape import cut, read_exactly
from unidossier.exchange.fhir.wanted import XML_TYPE, require_wanted
from unidossier.exchange.fhir.wanted import Wanted as Form
from unidossier.exchange.fhir.wanted import wanted_of as wanted_of_request
from unidossier.exchange.fhir.xml import entry_to_xml, to_xml
from unidossier.gate.door import Granted, Query, Row
from unidossier.kernel.fhir_date import InvalidFhirDate, period_of
from unidossier.record.extract import Wanted, page
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text
from unidossier.record.validation.schema import resource_types

VERB = "fhir-everything"
PAGE = 100
LARGEST_PAGE = 1000
PARAMETERS = frozenset({"start", "end", "_since", "_type", "_count", "_after"})
# the patient of the registry, and `own`: the Patient resource that an institution sent under the id of the record, with the instant of both;
# a merge changes what is told of that one too, so that the registry counts for it then (REC-8)
WHOSE = Query(
    """WITH sent AS MATERIALIZED (
        SELECT v.resource, v.entered_at FROM record.item i JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version
        WHERE i.type = 'Patient' AND i.id = i.patient_id AND NOT i.withdrawn
    ) SELECT v.version, v.at, v.facts, r.replaces, s.resource AS own, s.entered_at FROM (SELECT gate.patient() AS id) p
    CROSS JOIN LATERAL (SELECT registry.replaces() AS replaces) r
    LEFT JOIN sent s ON true
    LEFT JOIN LATERAL (SELECT n.version, n.at, n.facts FROM registry.patient_versions(p.id) n WHERE s.resource IS NULL OR r.replaces <> '{}' ORDER BY n.version DESC LIMIT 1) v ON true
    WHERE p.id = ANY ((SELECT gate.patients())::uuid[])"""
)


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One page, ready to be written: the lines, and after which item the next one begins."""

    lines: list[Row]
    following: str | None


async def everything(request: Request) -> Response:
    """GET or POST [base]/Patient/[id]/$everything: a searchset Bundle, `next` while there is more."""
    secret = secret_of(request)
    require_wanted(request)
    id_ = patient_id(request.path_params["id"])
    asked = await asked_of(request, allowed=PARAMETERS)
    wanted = wanted_of(asked)
    granted = await read_record(
        secret, verb=VERB, id=id_, detail=_detail(asked), queries=(page(wanted), WHOSE)
    )
    made = _cut(granted.rows[0], size=wanted.size)
    base = base_of(request)
    links = _links(base, id_=id_, asked=asked, following=made.following)
    texts = [*_patient(granted, wanted), *_entries(made.lines, granted)]
    head = _head(links, total=len(texts) if wanted.after is None and made.following is None else None)
    return _answer(head, texts, base=base, granted=granted, wanted=wanted_of_request(request))


def wanted_of(asked: Asked) -> Wanted:
    """Read the parameters. Raises RequestRefused (400)."""
    types = asked.words("_type")
    for one in types:
        if one not in resource_types():
            raise refused(400, "value", f"'{one[:60]}' is no type of FHIR R4", expression="_type")
    return Wanted(
        types=tuple(types),
        since=_instant(asked, "_since"),
        start=_instant(asked, "start"),
        end=_instant(asked, "end", is_end=True),
        after=_after(asked),
        # more than a page may hold is a wish (search.html#count), not a fault
        size=min(asked.number("_count", least=1, most=999_999_999) or PAGE, LARGEST_PAGE),
    )


def _instant(asked: Asked, name: str, *, is_end: bool = False) -> datetime | None:
    """A date means its beginning, as an end its last moment."""
    text = asked.text(name)
    if text is None:
        return None
    try:
        read = period_of(text.replace(" ", "+"))  # a plus of a query arrives as a space
    except InvalidFhirDate:
        raise refused(
            400, "value", f"'{name}' is a date or an instant, such as 2026-11-20", expression=name
        ) from None
    return read.end if is_end else read.start


def _after(asked: Asked) -> UUID | None:
    text = asked.text("_after")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise refused(
            400, "value", "take the address of a further page as it was given", expression="_after"
        ) from None


def _detail(asked: Asked) -> dict[str, str]:
    return {name: ",".join(map(str, values))[:200] for name, values in asked.values.items()}


def _cut(rows: list[Row], *, size: int) -> _Page:
    """Split off what the query read too much; a page may also have ended because it was large enough."""
    lines = rows[:size]
    is_more = bool(rows) and rows[0]["found"] > len(lines)
    told = [line for line in lines if line["resource"] is not None]
    return _Page(lines=told, following=lines[-1]["id"] if is_more else None)


def _patient(granted: Granted, wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Give the patient himself, first of the first page: as his institution sent him, else as the registry knows him."""
    if wanted.after is not None or (wanted.types and "Patient" not in wanted.types) or not granted.rows[1]:
        return
    (row,) = granted.rows[1]
    assert granted.patient is not None
    if wanted.since is not None and not any(
        at and at >= wanted.since for at in (row["at"], row["entered_at"])
    ):
        return
    if row["own"] is None:
        text = version_text(granted.patient, row)
    else:
        text = _merged(row["own"], granted.patient, granted=granted)
    yield f"Patient/{granted.patient}", text.decode()


def _entries(lines: list[Row], granted: Granted) -> Iterator[tuple[str, str]]:
    for line in lines:
        text = line["resource"]
        if line["type"] == "Patient":
            text = _merged(text, UUID(line["id"]), granted=granted).decode()
        yield f"{line['type']}/{line['id']}", text


def _merged(text: str, id_: UUID, *, granted: Granted) -> bytes:
    """Return a stored Patient as reading it by its id would: a merge is told beside what the sender said (REC-8)."""
    replaces = granted.rows[1][0]["replaces"] if granted.rows[1] else []
    return merged_text(text, id_=id_, kept=granted.patient, replaces=replaces) if replaces else text.encode()


def _links(base: str, *, id_: UUID, asked: Asked, following: str | None) -> list[dict[str, str]]:
    address = f"{base}/Patient/{id_}/$everything"
    named = [(name, ",".join(map(str, values))) for name, values in asked.values.items()]
    links = [{"relation": "self", "url": f"{address}?{urlencode(named)}" if named else address}]
    others = [pair for pair in named if pair[0] != "_after"]
    if others != named:
        links.append({"relation": "first", "url": f"{address}?{urlencode(others)}" if others else address})
    if following is not None:
        further = urlencode([*others, ("_after", following)])
        links.append({"relation": "next", "url": f"{address}?{further}"})
    return links


def _head(links: list[dict[str, str]], *, total: int | None) -> bytes:
    bundle: dict[str, object] = {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "type": "searchset",
        "link": links,
    }
    if total is not None:
        bundle["total"] = total
    return orjson.dumps(bundle)[:-1]


def _answer(
    head: bytes, texts: list[tuple[str, str]], *, base: str, granted: Granted, wanted: Form
) -> Response:
    if not any(MARK in text for _, text in texts):
        entries = ",".join([_entry(base, address, text) for address, text in texts])
        body = b"".join((head, b',"entry":[', entries.encode(), b"]}")) if texts else head + b"}"
        return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)
    # the last step of other answers (shape.py) has them whole: here it is done entry by entry
    stream = _stream(head, texts, base=base, patient=granted.patient, wanted=wanted)
    media_type = XML_TYPE if wanted.form == "xml" else MEDIA_TYPE
    return StreamingResponse(stream, headers=NO_STORE, media_type=media_type)


async def _stream(
    head: bytes, texts: list[tuple[str, str]], *, base: str, patient: UUID | None, wanted: Form
) -> AsyncIterator[bytes]:
    """Write entry by entry: of the attached files only one resource's are in memory at a time."""
    assert patient is not None
    is_xml = wanted.form == "xml"
    end = b"</Bundle>" if is_xml else b"]}"
    before = to_xml(head + b"}").removesuffix(end) if is_xml else head + b',"entry":['
    for address, text in texts:
        entry = await asyncio.to_thread(_whole_entry, base, address, text, patient, wanted)
        yield before + entry
        before = b"" if is_xml else b","
    yield end


def _whole_entry(base: str, address: str, text: str, patient: UUID, wanted: Form) -> bytes:
    """Return an entry with its files, cut and written as it is wanted."""
    whole = restore_text(text, patient_id=patient) if MARK in text else text
    if wanted.summary != "false" or wanted.elements:
        whole = orjson.dumps(cut(read_exactly(whole), wanted=wanted)).decode()
    entry = _entry(base, address, whole).encode()
    return entry_to_xml(entry) if wanted.form == "xml" else entry


def _entry(base: str, address: str, text: str) -> str:
    """Return one entry of the Bundle; the text stands in it to the character."""
    return f'{{"fullUrl":"{base}/{address}","resource":{text},"search":{{"mode":"match"}}}}'


_PATH = f"{BASE}/Patient/{{id}}/$everything"
ROOM = Room(
    routes=(Route(_PATH, everything, methods=["GET", "POST"]),),
    interactions=(
        Interaction(
            code="$everything",
            at=(("GET", _PATH), ("POST", _PATH)),
            types=frozenset({"Patient"}),
            definition="http://hl7.org/fhir/OperationDefinition/Patient-everything",
        ),
    ),
)
