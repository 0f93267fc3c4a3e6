"""One resource -> one line of the record. REC-3, REC-6"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from unidossier.kernel.fhir_date import parse
from unidossier.record.describe import contact, document, medication, problem
from unidossier.record.describe.category import NOT_CLINICAL, category_of
from unidossier.record.describe.concept import Coding, chosen, words
from unidossier.record.describe.description import Description, Facts
from unidossier.record.describe.inside import inside_category
from unidossier.record.describe.observation import describe_observation
from unidossier.record.describe.paths import get, text_at
from unidossier.record.describe.people import author_of, patient_of
from unidossier.record.describe.shapes import SHAPES, UNKNOWN, Shape
from unidossier.record.describe.status import status_of
from unidossier.record.describe.text import search_text
from unidossier.terminology.systems import RESOURCE_TYPE
from unidossier.terminology.words import display, short_language

MAX_TITLE = 250

_FAMILIES: dict[str, Callable[..., Facts]] = {
    "Observation": describe_observation,
    **dict.fromkeys(
        ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"),
        medication.describe_medication,
    ),
    "Condition": problem.describe_condition,
    "AllergyIntolerance": problem.describe_allergy,
    "Immunization": problem.describe_immunization,
    "FamilyMemberHistory": problem.describe_family_history,
    "DiagnosticReport": document.describe_report,
    "DocumentReference": document.describe_document,
    "Composition": document.describe_composition,
    "ImagingStudy": document.describe_imaging,
    "QuestionnaireResponse": document.describe_questionnaire,
    "Encounter": contact.describe_encounter,
    "Appointment": contact.describe_appointment,
    **dict.fromkeys(("CarePlan", "CareTeam", "Goal", "List"), contact.describe_plan),
    **dict.fromkeys(
        ("ServiceRequest", "DeviceRequest", "NutritionOrder", "Task", "Procedure"), contact.describe_order
    ),
    **dict.fromkeys(("Claim", "ExplanationOfBenefit"), contact.describe_bill),
    **dict.fromkeys(("Patient", "Person", "RelatedPerson", "Practitioner"), contact.describe_person),
}


def describe(
    resource: dict[str, Any],
    *,
    institution_language: str,
    beside: Mapping[str, dict[str, Any]] = MappingProxyType({}),
) -> Description:
    """Return the line of a valid FHIR R4 resource, parsed.

    `institution_language` (fr, nl, de, en) counts where the resource does not name its own. `beside` has the resources
    delivered with it, by the reference that names them ("urn:uuid:...", "Medication/1"): the name of a medicine or of an
    author may stand there. Raises InvalidFhirDate when the time of the item is no date (validation refuses it before).
    """
    kind = resource["resourceType"]
    shape = SHAPES.get(kind, UNKNOWN)
    category = category_of(resource)
    language = _language(resource, otherwise=institution_language)
    family = _FAMILIES.get(kind)
    facts = family(resource, language=language) if family else Facts()
    status, source_status = status_of(resource)
    author, author_name = author_of(resource, beside=beside)
    medicine = medication.medicine_of(resource, beside=beside)
    system, code = chosen(medicine) if medicine else _coding(resource, shape=shape)
    title = words(medicine, language=language) or _title(resource, facts, shape=shape, language=language)
    return Description(
        type=kind,
        category=category,
        inside=inside_category(resource, category=category),
        status=status,
        title=title[:MAX_TITLE],
        language=language,
        code_system=system,
        code=code,
        clinical_at=_clinical_at(resource, shape=shape),
        author_name=author_name,
        value_num=facts.value_num,
        value_text=facts.value_text,
        unit=facts.unit,
        low=facts.low,
        high=facts.high,
        flag=facts.flag,
        part_of=facts.part_of,
        short=facts.short,
        search_text=search_text(resource, more=medicine, without_reasons=category in NOT_CLINICAL),
        patient_reference=patient_of(resource),
        author_reference=author,
        source_status=source_status,
    )


def _language(resource: dict[str, Any], *, otherwise: str) -> str:
    own = resource.get("language") or text_at(resource, "content.attachment.language")
    return short_language(own or otherwise)


def _title(resource: dict[str, Any], facts: Facts, *, shape: Shape, language: str) -> str:
    if facts.title:
        return facts.title
    for path in shape.title:
        found = words(get(resource, path), language=language)
        if found:
            return found
    kind = resource["resourceType"]
    return display(RESOURCE_TYPE, kind, language) or kind


def _coding(resource: dict[str, Any], *, shape: Shape) -> Coding:
    found = (chosen(get(resource, path)) for path in shape.code)
    return next((coding for coding in found if coding[1]), (None, None))


def _clinical_at(resource: dict[str, Any], *, shape: Shape) -> datetime | None:
    for path in (*shape.at, "meta.lastUpdated"):
        found = text_at(resource, path)
        if found:
            return parse(found).start
    return None
