"""FHIR resources of work for the patient of a clinic, as its machine sends them. Instants are days from now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.actions.clinic import days
from unidossier.kernel.uuid7 import new_id

LABORATORY = "108252007"  # SNOMED CT, category of a ServiceRequest
IMAGING = "363679005"
REFERRAL = "3457005"


def _instant(told: float | datetime) -> str:
    return (told if isinstance(told, datetime) else days(told)).isoformat()


def _actor(who: UUID, *, kind: str) -> dict[str, Any]:
    return {"reference": f"{kind}/{who}"}


def person(who: UUID) -> dict[str, Any]:
    return _actor(who, kind="Practitioner")


def team(who: UUID) -> dict[str, Any]:
    return _actor(who, kind="HealthcareService")


def ward(who: UUID) -> dict[str, Any]:
    return _actor(who, kind="Location")


def appointment(
    *actors: dict[str, Any],
    starts: float | datetime,
    ends: float | datetime | None = None,
    item: UUID | None = None,
    status: str = "booked",
) -> dict[str, Any]:
    """An appointment of half an hour unless `ends` says more."""
    made: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": str(item or new_id()),
        "status": status,
        "start": _instant(starts),
        "participant": [{"actor": actor, "status": "accepted"} for actor in actors],
    }
    return made | ({"end": _instant(ends)} if ends is not None else {})


def encounter(
    *places: dict[str, Any],
    starts: float | datetime,
    ends: float | datetime | None = None,
    item: UUID | None = None,
    status: str | None = None,
    kind: str = "IMP",
) -> dict[str, Any]:
    """A stay (kind IMP) or a consultation (AMB); the first place is where the patient lies now."""
    period = {"start": _instant(starts)} | ({"end": _instant(ends)} if ends is not None else {})
    return {
        "resourceType": "Encounter",
        "id": str(item or new_id()),
        "status": status or ("in-progress" if ends is None else "finished"),
        "class": {"code": kind},
        "period": period,
        "location": [{"location": place, "status": "active"} for place in places],
    }


def order(
    *performers: dict[str, Any],
    authored: float | datetime,
    category: str = LABORATORY,
    item: UUID | None = None,
    status: str = "active",
) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": str(item or new_id()),
        "status": status,
        "intent": "order",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": category}]}],
        "authoredOn": _instant(authored),
        "performer": list(performers),
    }


def care_team(
    *members: dict[str, Any],
    starts: float,
    ends: float | None = None,
    item: UUID | None = None,
    status: str = "active",
) -> dict[str, Any]:
    period = {"start": _instant(starts)} | ({"end": _instant(ends)} if ends is not None else {})
    return {
        "resourceType": "CareTeam",
        "id": str(item or new_id()),
        "status": status,
        "period": period,
        "participant": [{"member": member} for member in members],
    }
