"""One entry of the log as FHIR R4 AuditEvents: pure, from columns to resources. profiles.ihe.net/ITI/BALP 1.1, hl7.org/fhir/R4/auditevent.html"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.kernel.category import Category
from unidossier.log.audit import codes
from unidossier.log.audit.agents import Shown, agents, app_of, observer
from unidossier.log.audit.codes import Coding, coding
from unidossier.log.audit.verbs import ABOUT_AN_APP, ABOUT_CONSENT, Kind, kind_of

AuditEvent = dict[str, Any]
Entry = Mapping[
    str, Any
]  # columns of log.entry; also `institution` (a name), `rule_words`, `app` and `step` when known
SUCCESS, REFUSED = "0", "8"


@dataclass(frozen=True)
class _Pattern:
    """Fixed parts of a kind of event: type, action, the interaction or subtype that the profile asks for."""

    type: Coding
    action: str
    subtype: Coding | None


PATTERNS = {
    Kind.READ: _Pattern(codes.REST, "R", codes.interaction("read")),
    Kind.QUERY: _Pattern(codes.REST, "E", codes.interaction("search")),
    Kind.CREATE: _Pattern(codes.REST, "C", codes.interaction("create")),
    Kind.UPDATE: _Pattern(codes.REST, "U", codes.interaction("update")),
    Kind.DELETE: _Pattern(codes.REST, "D", codes.interaction("delete")),
    Kind.DISCLOSE: _Pattern(codes.EXPORT, "R", codes.DISCLOSE),
    Kind.DECIDE: _Pattern(codes.SECURITY_ALERT, "E", codes.AUTHZ_CONSENT),
    Kind.SIGN_IN: _Pattern(codes.AUTHENTICATION, "E", codes.LOGIN),
    Kind.SIGN_OUT: _Pattern(codes.AUTHENTICATION, "E", codes.LOGOUT),
    Kind.LOG: _Pattern(codes.LOG_USED, "R", None),
    Kind.SERVICE: _Pattern(codes.ACTIVITY, "E", None),
}
BALP_HAS_NONE = frozenset({Kind.SIGN_IN, Kind.SIGN_OUT, Kind.LOG, Kind.SERVICE})


def audit_events(entry: Entry, *, shown: Shown) -> list[AuditEvent]:
    """Return the AuditEvents of an entry: one for each patient that it names, and for each item that was read (BALP 3:5.7.3).

    `shown` says how much of the actor is told (MY-15). A refusal is an authorization decision. Raises VerbUnknown.
    """
    kind = kind_of(entry["verb"], step=_step(entry))
    if not entry["permitted"] and kind not in (Kind.SIGN_IN, Kind.SIGN_OUT):
        kind = Kind.DECIDE
    patients = [entry["patient_id"]] if entry["patient_id"] else list(entry.get("patients") or [None])
    items = (
        (entry.get("items") or [None])
        if kind in (Kind.READ, Kind.CREATE, Kind.UPDATE, Kind.DELETE)
        else [None]
    )
    made = [_event(entry, kind, patient, item, shown) for patient in patients for item in items]
    for nth, one in enumerate(made):
        one["id"] = f"{entry['id']}-{nth}" if nth else str(entry["id"])
    return made


def _step(entry: Entry) -> str | None:
    detail = entry.get("detail") or {}
    step: str | None = entry.get("step") or detail.get("interaction") or detail.get("step")
    return step


def _event(entry: Entry, kind: Kind, patient: UUID | None, item: UUID | None, shown: Shown) -> AuditEvent:
    pattern = PATTERNS[kind]
    verb = coding(codes.VERB, entry["verb"])
    subtypes = [pattern.subtype] if pattern.subtype else []
    # the profile of decisions takes no other subtype
    told = subtypes if kind is Kind.DECIDE else [*subtypes, verb]
    event: AuditEvent = {
        "resourceType": "AuditEvent",
        "id": "",
        "type": pattern.type,
        "subtype": told,
        "action": pattern.action,
        "recorded": _instant(entry["at"]),
        "outcome": SUCCESS if entry["permitted"] else REFUSED,
        "outcomeDesc": entry.get("rule_words") or entry["rule"],
        "purposeOfEvent": [codes.reason(codes.EMERGENCY if entry["glass_reason"] else entry["purpose"])],
        "agent": agents(entry, kind, shown=shown),
        "source": {
            "site": "unidossier",
            "observer": observer(),
            "type": [codes.SERVER_SOURCE],
        },
        "entity": list(_entities(entry, kind, patient, item, shown)),
    }
    claimed = _profile(entry, kind, patient, shown)
    if claimed:
        event["meta"] = {"profile": [codes.profile(claimed)]}
    return event


def _profile(entry: Entry, kind: Kind, patient: UUID | None, shown: Shown) -> str | None:
    """Name the profile that the event keeps; none is claimed that asks for somebody who is not there."""
    if kind in BALP_HAS_NONE:
        return None
    if kind is Kind.DECIDE:  # patient, organization of the user and consent are asked for
        return kind.value if patient and entry["institution_id"] else None
    if kind is Kind.DISCLOSE:
        return kind.value if patient else None
    return f"Patient{kind.value}" if patient else kind.value


def _entities(
    entry: Entry, kind: Kind, patient: UUID | None, item: UUID | None, shown: Shown
) -> Iterator[dict[str, Any]]:
    if patient:
        who = {"reference": f"Patient/{patient}", "type": "Patient"}
        yield {"what": who, "type": codes.IS_PERSON, "role": codes.AS_PATIENT}
    if kind is Kind.QUERY:
        yield _query(entry, shown)
    elif kind is Kind.DECIDE:
        yield {
            "what": _what(entry, None, "Consent"),
            "type": codes.IS_CONSENT,
            "detail": list(_decided(entry, shown)),
        }
    else:
        yield {
            "what": _what(entry, item, "Consent" if entry["verb"] in ABOUT_CONSENT else None),
            "type": codes.IS_OBJECT,
            "role": codes.AS_RESOURCE,
            "detail": list(_details(entry)),
        }


def _query(entry: Entry, shown: Shown) -> dict[str, Any]:
    # the words searched are evidence for those who check, not for the reader of his own list
    wanted = dict(entry.get("detail") or {}) if shown.whole else {}
    asked = json.dumps({"verb": entry["verb"], "wanted": wanted}, sort_keys=True, ensure_ascii=False)
    return {
        "type": codes.IS_OBJECT,
        "role": codes.AS_QUERY,
        "description": f"{entry['verb']}: {', '.join(_categories(entry)) or 'no category'}",
        "query": base64.b64encode(asked.encode()).decode(),
    }


def _what(entry: Entry, item: UUID | None, type_: str | None) -> dict[str, Any]:
    identifier = (
        {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{item}"}
        if item
        else {"system": codes.ENTRY, "value": str(entry["id"])}
    )
    return {"identifier": identifier} | ({"type": type_} if type_ else {})


def _details(entry: Entry) -> Iterator[dict[str, str]]:
    yield {"type": "log-entry", "valueString": str(entry["id"])}
    if names := _categories(entry):
        yield {"type": "categories", "valueString": " ".join(names)}
    if entry["verb"] in ABOUT_AN_APP and (app := app_of(entry)):
        yield {"type": "app", "valueString": app["name"]}


def _decided(entry: Entry, shown: Shown) -> Iterator[dict[str, str]]:
    yield {"type": "verb", "valueString": entry["verb"]}
    yield {"type": "rule", "valueString": entry["rule"]}
    if entry["glass_reason"]:
        yield {"type": "reason", "valueString": entry["glass_reason"]}
    if shown.whole and entry.get("glass_text"):
        yield {"type": "justification", "valueString": entry["glass_text"]}


def _categories(entry: Entry) -> list[str]:
    return [one.slug for one in Category if entry["categories"] >> one & 1]


def _instant(at: datetime | str) -> str:
    return at if isinstance(at, str) else at.isoformat(timespec="milliseconds")
