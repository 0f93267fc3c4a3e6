"""The structured facts of a resource as (label, text): what the title and the text do not say."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from unidossier.portals.shared.present.coded import coded
from unidossier.portals.shared.present.reading import concept
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.templatetags.unidossier import written

Facts = Iterator[tuple[str, str]]


def facts(resource: dict) -> tuple[tuple[str, str], ...]:
    """Return the facts of one resource in the reader's language, empty ones left out."""
    told = OF_TYPE.get(resource["resourceType"], lambda _resource: iter(()))
    return tuple((label, text) for label, text in told(resource) if text)


def day(text: str | None) -> str:
    """Return a FHIR date or instant as the reader writes a day; partial dates stay partial."""
    if not text:
        return ""
    if len(text) <= 7:
        return ".".join(reversed(text.split("-")))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) > 10 and at.tzinfo:
        at = at.astimezone(BRUSSELS)
    return written(at, "j F Y")


def period(value: dict | None) -> str:
    """Return a FHIR Period in words."""
    if not value:
        return ""
    begins, ends = day(value.get("start")), day(value.get("end"))
    return f"{begins} – {ends}" if ends and ends != begins else begins


def named(reference: dict | None) -> str:
    """Return who or what a Reference names, when it says so."""
    return (reference or {}).get("display", "")


def all_of(concepts: list[dict] | None) -> str:
    """Return several CodeableConcepts in words."""
    return ", ".join(text for text in (concept(one) for one in concepts or ()) if text)


def _condition(r: dict) -> Facts:
    yield _("State"), coded(r.get("clinicalStatus"))
    yield _("Certainty"), coded(r.get("verificationStatus"))
    yield _("Since"), day(r.get("onsetDateTime")) or r.get("onsetString", "")
    yield _("Until"), day(r.get("abatementDateTime"))
    yield _("Severity"), concept(r.get("severity"))
    yield _("Place in the body"), all_of(r.get("bodySite"))


def _allergy(r: dict) -> Facts:
    yield _("State"), coded(r.get("clinicalStatus"))
    yield (
        _("Risk"),
        {"high": _("high"), "low": _("low"), "unable-to-assess": _("not known")}.get(
            r.get("criticality", ""), ""
        ),
    )
    for reaction in r.get("reaction", ()):
        yield _("Reaction"), ", ".join(coded(one) for one in reaction.get("manifestation") or ())
    yield _("Since"), day(r.get("onsetDateTime"))


def _medicine(r: dict) -> Facts:
    dosages = r.get("dosageInstruction") or r.get("dosage") or ()
    for dosage in dosages:
        yield _("Dose"), dosage.get("text") or concept(dosage.get("route"))
    yield _("State"), r.get("status", "")
    yield _("Period"), period(r.get("effectivePeriod"))
    yield _("Reason"), all_of(r.get("reasonCode"))
    yield _("Prescribed by"), named(r.get("requester"))


def _immunization(r: dict) -> Facts:
    yield _("Given on"), day(r.get("occurrenceDateTime"))
    yield _("Lot"), r.get("lotNumber", "")
    yield (
        _("Dose number"),
        ", ".join(
            str(p.get("doseNumberPositiveInt") or p.get("doseNumberString", ""))
            for p in r.get("protocolApplied", ())
        ),
    )
    yield _("Place in the body"), concept(r.get("site"))
    yield _("Not given because"), concept(r.get("statusReason"))


def _observation(r: dict) -> Facts:
    yield _("Measured on"), day(r.get("effectiveDateTime"))
    yield _("Method"), concept(r.get("method"))
    for part in r.get("component", ()):
        quantity = part.get("valueQuantity") or {}
        yield (
            concept(part.get("code")),
            f"{quantity.get('value', '')} {quantity.get('unit', '')}".strip()
            or concept(part.get("valueCodeableConcept")),
        )


def _procedure(r: dict) -> Facts:
    yield _("Done on"), day(r.get("performedDateTime")) or period(r.get("performedPeriod"))
    yield _("Reason"), all_of(r.get("reasonCode"))
    yield _("Outcome"), concept(r.get("outcome"))
    yield (
        _("By"),
        ", ".join(named(one.get("actor")) for one in r.get("performer", ()) if named(one.get("actor"))),
    )


def _encounter(r: dict) -> Facts:
    yield _("Period"), period(r.get("period"))
    yield _("Reason"), all_of(r.get("reasonCode"))
    yield (
        _("Place"),
        ", ".join(named(one.get("location")) for one in r.get("location", ()) if named(one.get("location"))),
    )
    yield (
        _("With"),
        ", ".join(
            named(one.get("individual")) for one in r.get("participant", ()) if named(one.get("individual"))
        ),
    )


def _appointment(r: dict) -> Facts:
    at = datetime.fromisoformat(r["start"]).astimezone(BRUSSELS) if r.get("start") else None
    yield _("When"), written(at, "j F Y H:i")
    yield (
        _("With"),
        ", ".join(named(one.get("actor")) for one in r.get("participant", ()) if named(one.get("actor"))),
    )
    yield _("Reason"), all_of(r.get("reasonCode")) or r.get("description", "")
    yield _("Note for the patient"), r.get("patientInstruction", "")


def _imaging(r: dict) -> Facts:
    yield _("Made on"), day(r.get("started"))
    yield _("Kind"), ", ".join(one.get("display") or one.get("code", "") for one in r.get("modality", ()))
    yield _("Images"), str(r.get("numberOfInstances") or "")
    yield _("Reason"), all_of(r.get("reasonCode"))


def _order(r: dict) -> Facts:
    yield _("State"), r.get("status", "")
    yield _("Asked by"), named(r.get("requester"))
    yield _("Reason"), all_of(r.get("reasonCode"))


OF_TYPE = {
    "Condition": _condition,
    "AllergyIntolerance": _allergy,
    "MedicationRequest": _medicine,
    "MedicationStatement": _medicine,
    "Immunization": _immunization,
    "Observation": _observation,
    "Procedure": _procedure,
    "Encounter": _encounter,
    "Appointment": _appointment,
    "ImagingStudy": _imaging,
    "ServiceRequest": _order,
}
