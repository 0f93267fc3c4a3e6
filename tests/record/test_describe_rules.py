"""Tables of category and status: who may see an item hangs on them. REC-3, REC-6, REC-10"""

import pytest

from unidossier.kernel.category import Category as C
from unidossier.record.describe import describe
from unidossier.record.describe.shapes import SHAPES
from unidossier.terminology.words import rows

LOINC, SCT, ACT = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
)


def concept(code: str, system: str = LOINC) -> dict:
    return {"coding": [{"system": system, "code": code}]}


def told(kind: str, **elements):
    return describe({"resourceType": kind, **elements}, institution_language="nl")


@pytest.mark.parametrize(
    ("kind", "elements", "expected"),
    [
        # documents, by LOINC type
        ("DocumentReference", {"type": concept("11488-4")}, C.REPORT),
        ("DocumentReference", {"type": concept("57133-1")}, C.LETTER),
        ("DocumentReference", {"type": concept("18842-5")}, C.DISCHARGE),
        ("Composition", {"type": concept("11504-8")}, C.OPERATION),
        ("Composition", {"type": concept("34788-0")}, C.PSYCHIATRY),
        ("Composition", {"type": concept("34777-3")}, C.GYNAECOLOGY),
        ("DocumentReference", {"type": concept("68649-3")}, C.PSYCHIATRY),
        ("DocumentReference", {"type": concept("18842-5"), "category": [concept("59259-2")]}, C.DISCHARGE),
        ("DocumentReference", {"category": [concept("34108-1")]}, C.REPORT),
        ("DocumentReference", {"type": concept("00000-0")}, C.REPORT),
        ("DocumentReference", {"type": concept("64290-0")}, C.ADMINISTRATIVE),
        ("DiagnosticReport", {"code": concept("36643-5")}, C.IMAGING),
        ("DiagnosticReport", {"code": concept("11524-6")}, C.EXAMINATION),
        ("DiagnosticReport", {"code": concept("58410-2")}, C.LABORATORY),
        ("DiagnosticReport", {"category": [concept("RAD")], "code": {"text": "RX"}}, C.IMAGING),
        ("DiagnosticReport", {"category": [concept("MB")], "code": {"text": "kweek"}}, C.LABORATORY),
        ("DiagnosticReport", {"code": {"text": "?"}}, C.REPORT),
        # the setting and the label make sensitive, whatever the type of document
        ("DocumentReference", {"type": concept("18842-5"), "context": {"practiceSetting": concept("394587001", SCT)}}, C.PSYCHIATRY),
        ("DocumentReference", {"type": concept("11488-4"), "context": {"practiceSetting": concept("394585009", SCT)}}, C.GYNAECOLOGY),
        ("Condition", {"code": concept("35489007", SCT), "meta": {"security": [{"system": ACT, "code": "PSY"}]}}, C.PSYCHIATRY),
        ("Condition", {"code": concept("35489007", SCT)}, C.PROBLEM),
        ("Observation", {"code": concept("44261-6"), "meta": {"security": [{"system": ACT, "code": "MH"}]}}, C.PSYCHIATRY),
        ("Encounter", {"serviceType": concept("394587001", SCT), "meta": {"security": [{"code": "PSY"}]}}, C.AGENDA),
        ("Claim", {"meta": {"security": [{"system": ACT, "code": "PSY"}]}}, C.ADMINISTRATIVE),
        # what the patient himself adds
        ("DocumentReference", {"type": concept("11488-4"), "author": [{"reference": "Patient/1"}]}, C.PATIENT_DOCUMENT),
        ("DocumentReference", {"author": [{"reference": "Patient/1"}, {"reference": "Practitioner/2"}]}, C.REPORT),
        ("DocumentReference", {"subject": {"reference": "urn:uuid:1"}, "author": [{"reference": "urn:uuid:1"}]}, C.PATIENT_DOCUMENT),
        ("DocumentReference", {"author": []}, C.REPORT),
        # measurements
        ("Observation", {"code": concept("2823-3"), "category": [concept("laboratory")]}, C.LABORATORY),
        ("Observation", {"code": concept("2823-3")}, C.LABORATORY),
        ("Observation", {"code": concept("8480-6")}, C.VITAL_SIGN),
        ("Observation", {"code": concept("x"), "category": [concept("vital-signs")]}, C.VITAL_SIGN),
        ("Observation", {"code": concept("x"), "category": [concept("survey")]}, C.QUESTIONNAIRE),
        ("Observation", {"code": concept("72166-2"), "category": [concept("social-history")]}, C.PROBLEM),
        ("Observation", {"code": {"text": "?"}}, C.EXAMINATION),
        # procedures
        ("Procedure", {"code": concept("80146002", SCT)}, C.OPERATION),
        ("Procedure", {"code": concept("73761001", SCT)}, C.EXAMINATION),
        ("Procedure", {"code": concept("11466000", SCT)}, C.GYNAECOLOGY),
        ("Procedure", {"code": {"text": "?"}, "category": concept("387713003", SCT)}, C.OPERATION),
        ("Procedure", {"code": {"text": "?"}, "category": concept("24642003", SCT)}, C.PSYCHIATRY),
        ("Procedure", {"code": {"text": "?"}}, C.EXAMINATION),
        # the rest by type
        ("MedicationRequest", {}, C.PRESCRIPTION),
        ("MedicationStatement", {}, C.MEDICATION),
        ("Appointment", {}, C.AGENDA),
        ("ServiceRequest", {}, C.ORDER),
        ("QuestionnaireResponse", {}, C.QUESTIONNAIRE),
        ("Flag", {"code": {"text": "dieet"}, "category": [concept("diet")]}, C.PROBLEM),
        ("Flag", {"code": {"text": "x"}, "category": [concept("admin")]}, C.ADMINISTRATIVE),
        ("Consent", {"scope": concept("patient-privacy")}, C.ADMINISTRATIVE),
        ("Consent", {"scope": concept("treatment"), "category": [concept("dnr")]}, C.REPORT),
        ("SomethingNew", {}, C.ADMINISTRATIVE),
    ],
)  # fmt: skip
def test_category(kind, elements, expected):
    assert told(kind, **elements).category is expected


@pytest.mark.parametrize(
    ("kind", "elements", "expected"),
    [
        ("Observation", {"status": "registered"}, "draft"),
        ("Observation", {"status": "preliminary"}, "draft"),
        ("Observation", {"status": "final"}, "final"),
        ("Observation", {"status": "corrected"}, "amended"),
        ("Observation", {"status": "cancelled"}, "final"),
        ("Observation", {"status": "unknown"}, "draft"),
        ("Observation", {"status": "entered-in-error"}, "entered-in-error"),
        ("DiagnosticReport", {"status": "partial"}, "draft"),
        ("DiagnosticReport", {"status": "appended"}, "amended"),
        ("DocumentReference", {"status": "current", "docStatus": "preliminary"}, "draft"),
        ("DocumentReference", {"status": "current", "docStatus": "final"}, "final"),
        ("DocumentReference", {"status": "current"}, "final"),
        ("DocumentReference", {"status": "superseded", "docStatus": "final"}, "amended"),
        ("DocumentReference", {"status": "entered-in-error", "docStatus": "final"}, "entered-in-error"),
        ("DocumentReference", {"status": "current", "docStatus": "entered-in-error"}, "entered-in-error"),
        ("Condition", {"verificationStatus": concept("entered-in-error")}, "entered-in-error"),
        (
            "Condition",
            {"verificationStatus": concept("provisional"), "clinicalStatus": concept("active")},
            "final",
        ),
        ("AllergyIntolerance", {}, "final"),
        ("MedicationRequest", {"status": "draft"}, "draft"),
        ("MedicationRequest", {"status": "stopped"}, "final"),
        ("MedicationStatement", {"status": "unknown"}, "final"),
        ("QuestionnaireResponse", {"status": "in-progress"}, "draft"),
        ("Encounter", {"status": "in-progress"}, "final"),
        ("Goal", {"lifecycleStatus": "entered-in-error"}, "entered-in-error"),
        ("Patient", {}, "final"),
    ],
)
def test_status(kind, elements, expected):
    assert told(kind, **elements).status == expected


def test_the_source_status_is_kept_as_it_came():
    assert told("Observation", status="corrected").source_status == "corrected"
    assert told("Patient").source_status is None


# hl7.org/fhir/R4/compartmentdefinition-patient.html, the types that have a parameter to the patient
COMPARTMENT = """
Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic BodyStructure
CarePlan CareTeam ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition
Condition Consent Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest
DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare
ExplanationOfBenefit FamilyMemberHistory Flag Goal Group ImagingStudy Immunization ImmunizationEvaluation
ImmunizationRecommendation Invoice List MeasureReport Media MedicationAdministration MedicationDispense
MedicationRequest MedicationStatement MolecularSequence NutritionOrder Observation Patient Person Procedure Provenance
QuestionnaireResponse RelatedPerson RequestGroup ResearchSubject RiskAssessment Schedule ServiceRequest Specimen
SupplyDelivery SupplyRequest VisionPrescription
"""


@pytest.mark.parametrize("kind", COMPARTMENT.split())
def test_every_type_of_the_patient_compartment_has_a_shape_and_a_name(kind):
    assert kind in SHAPES
    assert describe({"resourceType": kind}, institution_language="nl").title == rows_of_types()[kind]["nl"]


def rows_of_types() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("fhir") if row["system"] == "resource-type"}
