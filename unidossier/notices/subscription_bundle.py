"""A notice as it is sent: a Bundle whose first entry tells how the subscription stands. hl7.org/fhir/uv/subscriptions-backport (1.1)

Rows are those of notices.subscription_told: {"id", "topic", "content", "state", "fault", "told", "events": [{"number", "at", "type", "item", "text"?}]}.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
TOPICS_AT = "https://unidossier.be/fhir/SubscriptionTopic"
TOPICS = ("new-letter", "new-result", "encounter-start", "encounter-end")
KINDS = ("handshake", "heartbeat", "event-notification", "query-status", "query-event")
CONTENTS = ("empty", "id-only", "full-resource")  # from less to more
Json = dict[str, Any]


def notice_bundle(told: Json, *, kind: str, base: str) -> Json:
    """Return the Bundle of a notice (`kind` of KINDS); `base` is the address of the API. To be written by orjson.

    An event brings its resource, as it was sent, when it has a `text`; else its id alone.
    """
    entries = [_status_entry(told, kind=kind, base=base)]
    if told["content"] != "empty":
        entries += [_event_entry(one, base=base) for one in told.get("events", ())]
    return {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "meta": {"profile": [f"{BACKPORT}/backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": _now(),
        "entry": entries,
    }


def status_parameters(told: Json, *, kind: str, base: str) -> Json:
    """Return the SubscriptionStatus, which in R4 is a Parameters resource."""
    topic = f"{TOPICS_AT}/{told['topic']}"
    parameters: list[Json] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/Subscription/{told['id']}"}},
        # the profile wants the topic left out where nothing shall be told
        *([{"name": "topic", "valueCanonical": topic}] if told["content"] != "empty" else []),
        {"name": "status", "valueCode": told["state"]},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(told["told"])},
        *(_event(one, told=told, base=base) for one in told.get("events", ())),
    ]
    if told["state"] == "error" and told["fault"]:
        parameters.append({"name": "error", "valueCodeableConcept": {"text": told["fault"]}})
    return {
        "resourceType": "Parameters",
        "id": str(uuid4()),
        "meta": {"profile": [f"{BACKPORT}/backport-subscription-status-r4"]},
        "parameter": parameters,
    }


def _status_entry(told: Json, *, kind: str, base: str) -> Json:
    status = status_parameters(told, kind=kind, base=base)
    return {
        "fullUrl": f"urn:uuid:{status['id']}",
        "resource": status,
        "request": {"method": "GET", "url": f"{base}/Subscription/{told['id']}/$status"},
        "response": {"status": "200"},
    }


def _event(one: Json, *, told: Json, base: str) -> Json:
    parts: list[Json] = [
        {"name": "event-number", "valueString": str(one["number"])},
        {"name": "timestamp", "valueInstant": one["at"]},
    ]
    if told["content"] != "empty":
        parts.append(
            {"name": "focus", "valueReference": {"reference": f"{base}/{one['type']}/{one['item']}"}}
        )
    return {"name": "notification-event", "part": parts}


def _event_entry(one: Json, *, base: str) -> Json:
    address = f"{base}/{one['type']}/{one['item']}"
    resource = {"resource": orjson.Fragment(one["text"])} if "text" in one else {}
    asked = {"method": "GET", "url": address}
    return {"fullUrl": address, **resource, "request": asked, "response": {"status": "200"}}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
