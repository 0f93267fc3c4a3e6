"""FHIR transaction (all or nothing, one patient) and batch (each entry for itself). hl7.org/fhir/R4/http.html#transaction"""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.content import body_of, require_json_wanted
from unidossier.exchange.fhir.create import require_type
from unidossier.exchange.fhir.outcome import (
    MEDIA_TYPE,
    NO_STORE,
    RequestRefused,
    as_refusal,
    outcome,
    refused,
)
from unidossier.exchange.fhir.read import etag
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.update import own_id, require_id, version_of
from unidossier.kernel.uuid7 import derived_id, new_id
from unidossier.record.arrival import Sent
from unidossier.record.validation import Checked, Entry, validate, validate_batch

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """One entry, understood: what to store under which id."""

    sent: Sent
    id: UUID
    resource_type: str


async def transaction(request: Request) -> Response:
    """POST [base]: a Bundle of type transaction or batch; answers a Bundle with one response per entry."""
    bearer = await bearer_of(request)
    require_json_wanted(request)
    data = await body_of(request)
    body = await asyncio.to_thread(_run, bearer, data)
    return Response(orjson.dumps(body), headers=NO_STORE, media_type=MEDIA_TYPE)


def _run(bearer: Bearer, data: bytes) -> Json:
    checked = validate_batch(data)
    if checked.resource_type != "Bundle" or checked.resource["type"] not in ("transaction", "batch"):
        raise refused(
            400, "invalid", "send a Bundle of type transaction or batch here", expression="Bundle.type"
        )
    if checked.resource["type"] == "batch":
        entries = [_alone(bearer, entry) for entry in checked.entries]
    else:
        entries = _together(bearer, validate(data))
    return {"resourceType": "Bundle", "type": f"{checked.resource['type']}-response", "entry": entries}


def _together(bearer: Bearer, bundle: Checked) -> list[Json]:
    wanted = [_wanted(bearer, entry) for entry in bundle.entries]
    stored = store(bearer, [one.sent for one in wanted])
    return [_response(one, stored.get(one.id)) for one in wanted]


def _alone(bearer: Bearer, entry: Entry) -> Json:
    try:
        if entry.issues:
            raise RequestRefused(400, entry.issues)
        one = _wanted(bearer, entry)
        return _response(one, store(bearer, [one.sent]).get(one.id))
    except Exception as error:  # noqa: BLE001  (what as_refusal does not know, it raises again)
        refusal = as_refusal(error)
        return {"response": {"status": str(refusal.status), "outcome": outcome(refusal.issues)}}


def _wanted(bearer: Bearer, entry: Entry) -> _Wanted:
    place = f"Bundle.entry[{entry.index}]"
    request = entry.request or {}
    if entry.checked is None or request.get("method") not in ("POST", "PUT"):
        raise refused(
            400,
            "not-supported",
            "each entry has a resource and the method POST or PUT",
            expression=f"{place}.request",
        )
    if "ifNoneExist" in request:
        raise refused(
            412,
            "not-supported",
            "conditional create is not done here",
            expression=f"{place}.request.ifNoneExist",
        )
    resource_type, _, id_text = request["url"].partition("/")
    require_type(entry.checked, resource_type=resource_type)
    id_ = _id(bearer, entry, method=request["method"], id_text=id_text)
    sent = Sent(
        place=f"{place}.resource",
        checked=entry.checked,
        full_url=entry.full_url,
        id=id_,
        expected=version_of(request.get("ifMatch")),
    )
    return _Wanted(sent=sent, id=id_, resource_type=resource_type)


def _id(bearer: Bearer, entry: Entry, *, method: str, id_text: str) -> UUID:
    assert entry.checked is not None
    if method == "PUT":
        id_ = own_id(id_text)
        require_id(entry.checked, id_=id_)
        return id_
    if bearer.is_machine and bearer.institution_id and (entry.full_url or "").startswith("urn:uuid:"):
        # sent again after a lost answer, the same transaction meets itself (XCH-1)
        return derived_id(
            bearer.institution_id, resource_type=entry.checked.resource_type, source_id=str(entry.full_url)
        )
    return new_id()


def _response(one: _Wanted, stored: tuple[str, Stored] | None) -> Json:
    if stored is None:  # of no record: kept as it came
        return {"response": {"status": "200"}}
    _, version = stored
    return {
        "response": {
            "status": "201" if version.outcome == "created" else "200",
            "location": f"{one.resource_type}/{one.id}/_history/{version.version}",
            "etag": etag(version.version),
        }
    }
