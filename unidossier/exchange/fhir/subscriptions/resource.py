"""A Subscription as it is sent and shown: profile backport-subscription. hl7.org/fhir/uv/subscriptions-backport"""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from unidossier.exchange.fhir.outcome import RequestRefused, refused
from unidossier.notices.hook_address import NotAnAddress, normal_address
from unidossier.notices.hook_headers import NotAHeader, read_headers, seal_headers
from unidossier.notices.subscription_bundle import BACKPORT, CONTENTS, TOPICS, TOPICS_AT

Json = dict[str, Any]
PROFILE = f"{BACKPORT}/backport-subscription"
FILTER = f"{BACKPORT}/backport-filter-criteria"
CONTENT = f"{BACKPORT}/backport-payload-content"
HEARTBEAT = f"{BACKPORT}/backport-heartbeat-period"
TIMEOUT = f"{BACKPORT}/backport-timeout"
MOST = f"{BACKPORT}/backport-max-count"
CHANNELS = ("rest-hook", "websocket")
_RANGES = {HEARTBEAT: (10, 86_400), TIMEOUT: (1, 30), MOST: (1, 100)}
_ABOUT = re.compile(r"(?:[A-Z][A-Za-z]+\?)?(?:patient|subject)=(?:Patient/)?([0-9a-f-]{36})")
_MEDIA = ("application/fhir+json", "application/json")


def wanted_of(resource: Json, *, expected: int | None = None) -> Json:
    """Return what notices.keep_subscription takes. Raises RequestRefused (422) for what is not done here."""
    channel = resource["channel"]
    if channel["type"] not in CHANNELS:
        raise _no("Notices go by rest-hook or by websocket.", "channel.type")
    payload = channel.get("payload", _MEDIA[0])
    if payload.partition(";")[0] not in _MEDIA:
        raise _no("Notices are FHIR JSON: give application/fhir+json, or leave it out.", "channel.payload")
    if resource["status"] not in ("requested", "active", "off"):
        raise _no("Send 'requested', or 'off' to pause; the server says the rest.", "status")
    numbers = {url: _number(channel, url) for url in _RANGES}
    return {
        "topic": _topic(resource["criteria"]),
        "channel": channel["type"],
        "endpoint": _endpoint(channel),
        "headers": _headers(channel),
        "content": _content(channel),
        "heartbeat": numbers[HEARTBEAT],
        "timeout": numbers[TIMEOUT] or 10,
        "most": numbers[MOST] or 20,
        "reason": resource["reason"][:500],
        "ends": _ends(resource),
        "off": resource["status"] == "off",
        "expected": expected,
    } | _about(resource)


def shown(told: Json) -> Json:
    """Return the resource of a row of notices.subscription_told. Headers are never shown again."""
    extensions = [
        {"url": HEARTBEAT, "valueUnsignedInt": told["heartbeat"]} if told["heartbeat"] else None,
        {"url": TIMEOUT, "valueUnsignedInt": told["timeout"]},
        {"url": MOST, "valuePositiveInt": told["most"]},
    ]
    resource: Json = {
        "resourceType": "Subscription",
        "id": told["id"],
        "meta": {"versionId": str(told["version"]), "lastUpdated": told["changed"], "profile": [PROFILE]},
        "status": told["state"],
        "end": told["ends"],
        "reason": told["reason"],
        "criteria": f"{TOPICS_AT}/{told['topic']}",
        "channel": {
            "extension": [one for one in extensions if one],
            "type": told["channel"],
            "payload": _MEDIA[0],
            "_payload": {"extension": [{"url": CONTENT, "valueCode": told["content"]}]},
        },
    }
    if told["endpoint"]:
        resource["channel"]["endpoint"] = told["endpoint"]
    if told["patient"]:
        about = {"url": FILTER, "valueString": f"{_focus(told['topic'])}?patient=Patient/{told['patient']}"}
        resource["_criteria"] = {"extension": [about]}
    if told["fault"]:
        resource["error"] = told["fault"]
    return resource


def _focus(topic: str) -> str:
    return {"new-letter": "DocumentReference", "new-result": "DiagnosticReport"}.get(topic, "Encounter")


def _topic(criteria: str) -> str:
    place, _, topic = criteria.rpartition("/")
    if place != TOPICS_AT or topic not in TOPICS:
        known = ", ".join(f"{TOPICS_AT}/{one}" for one in TOPICS)
        raise _no(f"The criteria are the address of a topic: {known}", "criteria")
    return topic


def _about(resource: Json) -> Json:
    filters = [
        one.get("valueString", "")
        for one in resource.get("_criteria", {}).get("extension", ())
        if one["url"] == FILTER
    ]
    if not filters:
        return {}
    match = _ABOUT.fullmatch(filters[0])
    if len(filters) > 1 or match is None:
        raise _no("One filter is understood: [type]?patient=Patient/[id].", "criteria.extension")
    try:
        return {"patient": str(UUID(match.group(1)))}
    except ValueError:
        raise _no("The filter names a Patient of this server: Patient/[id].", "criteria.extension") from None


def _endpoint(channel: Json) -> str | None:
    if channel["type"] == "websocket":
        return None
    try:
        return normal_address(channel.get("endpoint", ""))
    except NotAnAddress:
        told = "Give the https address that notices are sent to, without user name and fragment."
        raise _no(told, "channel.endpoint") from None


def _headers(channel: Json) -> str | None:
    try:
        sealed = seal_headers(read_headers(channel.get("header", [])))
    except NotAHeader:
        told = "At most ten headers of one line each, such as `Authorization: Bearer ...`; none that HTTP itself sets."
        raise _no(told, "channel.header") from None
    return sealed.hex() if sealed else None


def _content(channel: Json) -> str:
    codes = [
        one.get("valueCode")
        for one in channel.get("_payload", {}).get("extension", ())
        if one["url"] == CONTENT
    ]
    if any(code not in CONTENTS for code in codes):
        raise _no(f"The content of notices is one of {', '.join(CONTENTS)}.", "channel.payload.extension")
    if "full-resource" in codes and not _is_sealed(channel):
        told = "Whole resources go to an https address, or by websocket. Give one, or take 'id-only'."
        raise _no(told, "channel.endpoint")
    return str(codes[0]) if codes else "id-only"


def _is_sealed(channel: Json) -> bool:
    return channel["type"] == "websocket" or channel.get("endpoint", "").lower().startswith("https://")


def _number(channel: Json, url: str) -> int | None:
    for one in channel.get("extension", ()):
        if one["url"] == url:
            value = one.get("valueUnsignedInt", one.get("valuePositiveInt"))
            least, most = _RANGES[url]
            if not isinstance(value, int) or not least <= value <= most:
                name = url.rpartition("/")[2]
                raise _no(f"{name} is a whole number from {least} to {most}.", "channel.extension")
            return value
    return None


def _ends(resource: Json) -> str:
    """Return when it ends: within a year, the default."""
    end = resource.get("end")
    try:
        at = datetime.fromisoformat(str(end)) if end else None
    except ValueError:  # the 60th second, the 25th hour
        raise _no("There is no such instant.", "end") from None
    if at is not None and at <= datetime.now(UTC):
        raise _no("The end is past; leave it out, or name a coming instant.", "end")
    return at.isoformat() if at else "infinity"


def _no(text: str, place: str) -> RequestRefused:
    return refused(422, "business-rule", text, expression=f"Subscription.{place}")
