"""FHIR transaction and batch: a Bundle of requests, answered by a Bundle. hl7.org/fhir/R4/http.html#transaction"""

import asyncio

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.answers import information
from unidossier.exchange.fhir.batch import answered_alone, as_bundle, each_for_itself
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.beforehand import read_beforehand
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, refused
from unidossier.exchange.fhir.room import BASE, OF_THE_SYSTEM, Interaction, Json, Room, base_of
from unidossier.exchange.fhir.together import WRITES, all_or_nothing, planned
from unidossier.exchange.fhir.wanted import preferred, require_wanted
from unidossier.record.validation import Checked, InvalidResource, validate_batch

MOST_TOGETHER, MOST_EACH = 5_000, 1_000  # entries of a transaction, of a batch
_COUNTED = (b'"method"', b'"fullUrl"')  # of each entry, once


async def transaction(request: Request) -> Response:
    """POST [base]: a Bundle of type transaction or batch; answers a Bundle with one response per entry."""
    bearer = await bearer_of(request)
    require_wanted(request)
    data = await body_of(request)
    if (
        max(data.count(name) for name in _COUNTED) > 4 * MOST_TOGETHER
    ):  # refused before half a minute is spent on reading it
        raise _too_many(MOST_TOGETHER)
    bundle = await asyncio.to_thread(_read, data)
    kind = bundle.resource["type"]
    if kind == "batch":
        entries = await each_for_itself(request, bundle)
    else:
        entries = await _together(request, bearer, bundle)
    body = await asyncio.to_thread(as_bundle, kind, entries)
    return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)


def _read(data: bytes) -> Checked:
    bundle = validate_batch(data)
    if bundle.resource_type != "Bundle" or bundle.resource["type"] not in ("transaction", "batch"):
        raise refused(
            400, "invalid", "send a Bundle of type transaction or batch here", expression="Bundle.type"
        )
    most = MOST_EACH if bundle.resource["type"] == "batch" else MOST_TOGETHER
    if len(bundle.entries) > most:
        raise _too_many(most)
    if bundle.resource["type"] == "transaction":
        faults = [issue for entry in bundle.entries for issue in entry.issues]
        if faults:
            raise InvalidResource(faults)
    return bundle


async def _together(request: Request, bearer: Bearer, bundle: Checked) -> list[Json]:
    base = base_of(request)
    plan = await asyncio.to_thread(planned, bearer, bundle, base=base)
    reads = [one for one in bundle.entries if (one.request or {}).get("method") not in WRITES]
    before = await read_beforehand(request, reads, plan=plan)
    told = await asyncio.to_thread(all_or_nothing, plan)
    wanted = preferred(request, "return")
    entries: list[Json] = []
    for entry in bundle.entries:
        if (entry.request or {}).get("method") in WRITES:
            answer, text = told[entry.index]
            held = {"resource": orjson.Fragment(text)} if wanted == "representation" and text else {}
            entries.append(
                held | {"response": answer | (_outcome(answer) if wanted == "OperationOutcome" else {})}
            )
        elif entry.index in before.answers:
            entries.append(before.answers[entry.index])
        else:  # what is read is read last (R4 #trules): it sees what was stored
            entries.append(await answered_alone(request, entry, allowance=before.allowance))
    return entries


def _outcome(answer: Json) -> Json:
    what = answer.get("location", "").partition("/_history")[0] or "What the entry is about"
    done = {"201": "was created", "204": "was taken back"}.get(answer["status"], "is stored")
    if answer["status"] == "204" and "etag" not in answer:
        return {"outcome": information("Nothing fits; nothing was taken back.")}
    return {"outcome": information(f"{what} {done}.")}


def _too_many(most: int) -> RequestRefused:
    return refused(413, "too-costly", f"At most {most} entries are taken in one Bundle; send it in parts.")


_AT = (("POST", BASE), ("POST", f"{BASE}/"))
ROOM = Room(
    routes=tuple(Route(path, transaction, methods=[method]) for method, path in _AT),
    interactions=tuple(
        Interaction(code=code, at=_AT, types=OF_THE_SYSTEM) for code in ("transaction", "batch")
    ),
)
