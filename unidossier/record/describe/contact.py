"""Contacts, appointments, plans, orders, bills. hl7.org/fhir/R4/encounter.html, appointment.html, serviceRequest.html, claim.html"""

from typing import Any

from unidossier.record.describe.concept import all_words, words
from unidossier.record.describe.description import Facts
from unidossier.record.describe.paths import each, get, text_at, without_nothing
from unidossier.record.describe.quantity import quantity_text
from unidossier.terminology.systems import ACT_CODE
from unidossier.terminology.words import display


def describe_encounter(resource: dict[str, Any], *, language: str) -> Facts:
    """The title is the kind of contact, else "hospital stay: cardiology".

    `short`: status, class (code), service, since and until (as written). Not the reason: reception reads this (ACS-2).
    """
    kind, service = (words(resource.get(name), language=language) for name in ("type", "serviceType"))
    # our words first: those of v3-ActCode are for programmers ("inpatient encounter")
    plain = display(ACT_CODE, get(resource, "class.code"), language) or words(
        resource.get("class"), language=language
    )
    return Facts(
        title=kind or ": ".join(part for part in (plain, service) if part) or None,
        short=without_nothing(
            {
                "status": resource.get("status"),
                "class": get(resource, "class.code"),
                "service": service,
                "since": text_at(resource, "period.start"),
                "until": text_at(resource, "period.end"),
            }
        ),
    )


def describe_appointment(resource: dict[str, Any], *, language: str) -> Facts:
    """`short`: status, since and until (instants as written), service, with (names of the others), instruction."""
    patient = ("Patient/", "RelatedPerson/")
    others = [
        text_at(one, "actor.display")
        for one in each(resource, "participant")
        if not (text_at(one, "actor.reference") or "").startswith(patient)
    ]
    return Facts(
        short=without_nothing(
            {
                "status": resource.get("status"),
                "since": resource.get("start"),
                "until": resource.get("end"),
                "service": words(resource.get("serviceType"), language=language),
                "with": [name for name in others if name],
                "instruction": resource.get("patientInstruction"),
            }
        )
    )


def describe_plan(resource: dict[str, Any], *, language: str) -> Facts:
    """`short` of a CarePlan, CareTeam, Goal or List: status, since and until (as written), activities (words)."""
    activities = [
        words(get(one, "detail.code"), language=language) or text_at(one, "detail.description")
        for one in each(resource, "activity")
    ]
    return Facts(
        short=without_nothing(
            {
                "status": resource.get("status") or resource.get("lifecycleStatus"),
                "since": text_at(resource, "period.start") or text_at(resource, "startDate"),
                "until": text_at(resource, "period.end") or text_at(resource, "target.dueDate"),
                "activities": [text for text in activities if text],
            }
        )
    )


def describe_order(resource: dict[str, Any], *, language: str) -> Facts:
    """`short` of an order: status, intent, priority, reason, performer (name)."""
    return Facts(
        short=without_nothing(
            {
                "status": resource.get("status"),
                "intent": resource.get("intent"),
                "priority": resource.get("priority"),
                "reason": ", ".join(all_words(resource.get("reasonCode"), language=language)),
                "performer": text_at(resource, "performer.display"),
            }
        )
    )


def describe_bill(resource: dict[str, Any], *, language: str) -> Facts:
    """`short` of a Claim or ExplanationOfBenefit: status, total ("120.50 EUR"), lines (count)."""
    total = get(resource, "total")
    amount = get(total, "amount") or total or {}
    amount = amount[0] if isinstance(amount, list) else amount
    currency = amount.get("currency")
    told = quantity_text(amount, language=language, with_unit=False)
    return Facts(
        short=without_nothing(
            {
                "status": resource.get("status"),
                "total": f"{told} {currency or ''}".strip() if told else None,
                "lines": len(resource.get("item") or ()) or None,
            }
        )
    )


def describe_person(resource: dict[str, Any], *, language: str) -> Facts:
    """The title of a Patient, Practitioner or RelatedPerson is the name; `short`: relationship (words)."""
    name = next(iter(each(resource, "name")), {})
    parts = [*(name.get("prefix") or ()), *(name.get("given") or ()), name.get("family")]
    return Facts(
        title=name.get("text") or " ".join(part for part in parts if part) or None,
        short=without_nothing({"relationship": words(resource.get("relationship"), language=language)}),
    )
