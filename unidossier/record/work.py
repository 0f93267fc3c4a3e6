"""Work that gives a relation (ACD-2): what an Appointment, Encounter, ServiceRequest or CareTeam says of it.

Read by relations.from_work in the transaction that stores the resource. Only people and teams of the registry
can hold a relation; names that it does not know give none.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from unidossier.kernel import fhir_date
from unidossier.kernel.category import EVERY_CATEGORY, Category, mask

Json = Mapping[str, Any]
Party = tuple[Literal["person", "team"], str]  # and the id of the registry
Parties = Mapping[str, Party]  # by the reference that names them, such as Location/linde.cardiology-ward

_SLOT = timedelta(minutes=30)  # of an appointment that tells neither end nor length
_OVER = {"finished", "cancelled", "entered-in-error", "unknown"}
_ORDERS = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
_AMBULATORY = {"AMB", "HH", "VR", "FLD"}  # v3-ActCode: ambulatory, home, virtual, field
_ENDED_TEAM = {"inactive": "revoked", "suspended": "revoked"}  # the words of relations.from_work

# ACD-2: the performing service sees what the order needs, not the whole record. SNOMED CT codes of category.
_NEEDED = mask(
    [
        Category.ADMINISTRATIVE,
        Category.AGENDA,
        Category.PROBLEM,
        Category.ALLERGY,
        Category.MEDICATION,
        Category.LABORATORY,
        Category.ORDER,
    ]
)
_NEEDED_BY = {
    "108252007": _NEEDED | Category.VITAL_SIGN.bit,  # laboratory procedure
    "363679005": _NEEDED | Category.IMAGING.bit | Category.OPERATION.bit,  # imaging
}
_REFERRAL = "3457005"
CARD_READ = (
    "https://unidossier.be/fhir/StructureDefinition/identity-card-read"  # extension of Encounter, boolean
)


def work_of(resource: Json, *, parties: Parties) -> dict[str, Any] | None:
    """Return the facts for relations.from_work (see relations/sql/work.sql), None when the resource is no work."""
    reader = _READERS.get(resource["resourceType"])
    return reader(resource, parties) if reader else None


def _appointment(resource: Json, parties: Parties) -> dict[str, Any] | None:
    if "start" not in resource:
        return None  # asked for, not planned yet
    starts = fhir_date.parse(resource["start"]).start
    length = timedelta(minutes=int(resource["minutesDuration"])) if resource.get("minutesDuration") else _SLOT
    ends = fhir_date.parse(resource["end"]).start if "end" in resource else starts + length
    named = _named((one.get("actor") for one in resource.get("participant", ())), parties)
    reason = resource.get("description") or _text(resource, "reasonCode") or _text(resource, "serviceType")
    return _facts("appointment", resource["status"], starts=starts, ends=ends, named=named, reason=reason)


def _encounter(resource: Json, parties: Parties) -> dict[str, Any] | None:
    period = resource.get("period", {})
    if "start" not in period:
        return None
    starts = fhir_date.parse(period["start"]).start
    ends = fhir_date.parse(period["end"]).start if "end" in period else None
    if ends is None and resource["status"] in _OVER:
        ends = starts
    places = sorted(resource.get("location", ()), key=lambda place: place.get("status") != "active")
    named = _named((place.get("location") for place in places), parties) + _named(
        (one.get("individual") for one in resource.get("participant", ())), parties
    )
    beds = [place["location"].get("display", "") for place in places if _is_bed(place)]
    # an ambulatory contact lies nobody down: only a stay has a ward and a bed
    kind = "contact" if resource["class"].get("code") in _AMBULATORY else "stay"
    facts = _facts(kind, resource["status"], starts=starts, ends=ends, named=named)
    facts["bed"] = beds[0] if beds else ""
    if resource["class"].get("code") == "EMER":
        facts["length"] = "emergency"  # ACD-4: one month, not three
    if _was_card_read(resource):
        facts["proof"] = "eid-reading"
    return facts


def _service_request(resource: Json, parties: Parties) -> dict[str, Any] | None:
    if resource["intent"] not in _ORDERS:
        return None
    when = [
        resource.get(name)
        for name in ("authoredOn", "occurrenceDateTime")
        if isinstance(resource.get(name), str)
    ]
    when += [resource.get("occurrencePeriod", {}).get(name) for name in ("start", "end")]
    instants = [fhir_date.parse(text).start for text in when if text]
    if not instants:
        return None
    codes = {coding.get("code") for one in resource.get("category", ()) for coding in one.get("coding", ())}
    needed = [_NEEDED_BY[code] for code in codes if code in _NEEDED_BY]
    facts = _facts(
        "referral" if _REFERRAL in codes else "order",
        resource["status"],
        starts=min(instants),
        ends=max(instants),
        named=_named(resource.get("performer", ()), parties),
    )
    return facts | {"categories": needed[0] if needed else EVERY_CATEGORY}


def _care_team(resource: Json, parties: Parties) -> dict[str, Any] | None:
    period = resource.get("period", {})
    if "start" not in period:
        return None
    status = str(resource.get("status", "active"))
    return _facts(
        "care-team",
        _ENDED_TEAM.get(status, status),
        starts=fhir_date.parse(period["start"]).start,
        ends=fhir_date.parse(period["end"]).start if "end" in period else None,
        named=_named((one.get("member") for one in resource.get("participant", ())), parties),
        reason=str(resource.get("name", "")),
    )


_READERS: dict[str, Callable[[Json, Parties], dict[str, Any] | None]] = {
    "Appointment": _appointment,
    "Encounter": _encounter,
    "ServiceRequest": _service_request,
    "CareTeam": _care_team,
}


def _named(references: Iterable[Json | None], parties: Parties) -> list[Party]:
    """Return the people and teams that the registry knows among `references`, each once, in order."""
    found = (parties.get(one.get("reference", "")) for one in references if one)
    return list(dict.fromkeys(party for party in found if party))


def _facts(
    kind: str,
    status: str,
    *,
    starts: datetime,
    ends: datetime | None,
    named: list[Party],
    reason: str | None = "",
) -> dict[str, Any]:
    first: dict[str, str] = {}
    others = []
    for what, id_ in named:
        if what in first:
            others.append({what: id_})
        first.setdefault(what, id_)
    return {
        "kind": kind,
        "status": status,
        "starts": starts,
        "ends": ends,
        "person": first.get("person"),
        "team": first.get("team"),
        "others": others,
        "reason": (reason or "")[:200],
    }


def _text(resource: Json, element: str) -> str | None:
    for concept in resource.get(element, ()):
        displays = [coding.get("display") for coding in concept.get("coding", ())]
        for text in [concept.get("text"), *displays]:
            if text:
                return str(text)
    return None


def _was_card_read(resource: Json) -> bool:
    """The sender says that the patient's identity card was read at the contact (ACD-4)."""
    return any(
        one.get("url") == CARD_READ and one.get("valueBoolean") is True
        for one in resource.get("extension", ())
    )


def _is_bed(place: Json) -> bool:
    codings = place.get("physicalType", {}).get("coding", ())
    return any(coding.get("code") == "bd" for coding in codings)
