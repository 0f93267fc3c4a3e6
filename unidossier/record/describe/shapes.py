"""For every type of the patient compartment: its category, and where its title, time, author and patient stand.

hl7.org/fhir/R4/compartmentdefinition-patient.html. Paths as in paths.py; the first that gives something counts.
"""

from typing import NamedTuple

from unidossier.kernel.category import Category as C


class Shape(NamedTuple):
    """How to read one type."""

    category: C
    title: tuple[str, ...] = ("code",)
    at: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    patient: tuple[str, ...] = ("subject", "patient")
    code: tuple[str, ...] = ("code",)


_PERIOD = ("period.start",)
_PERFORMED = ("performedDateTime", "performedPeriod.start", "performedString")
_EFFECTIVE = ("effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "effectiveTiming.event")
_OCCURRENCE = ("occurrenceDateTime", "occurrencePeriod.start")
_MEDICATION = ("medicationCodeableConcept", "medicationReference.display")
_DRUG = ("medicationCodeableConcept",)
_ORDER_AT = (*_OCCURRENCE, "authoredOn")

SHAPES: dict[str, Shape] = {
    # antecedents and problems
    "Condition": Shape(C.PROBLEM, at=("onsetDateTime", "onsetPeriod.start", "recordedDate"), author=("recorder", "asserter")),
    "FamilyMemberHistory": Shape(C.PROBLEM, ("name", "relationship"), ("date",), code=("condition.code", "relationship")),
    "Flag": Shape(C.PROBLEM, ("code", "category"), _PERIOD, ("author",)),
    "AdverseEvent": Shape(C.PROBLEM, ("event", "category"), ("date", "detected", "recordedDate"), ("recorder",), code=("event",)),
    "BodyStructure": Shape(C.PROBLEM, ("description", "morphology", "location"), code=("morphology", "location")),
    "Device": Shape(C.PROBLEM, ("deviceName.name", "type", "modelNumber"), ("manufactureDate",), code=("type",)),
    "DeviceUseStatement": Shape(C.PROBLEM, ("device.display", "reasonCode"), ("timingDateTime", "timingPeriod.start", "recordedOn"), ("source",), code=()),
    "AllergyIntolerance": Shape(C.ALLERGY, at=("recordedDate", "onsetDateTime", "onsetPeriod.start", "lastOccurrence"), author=("recorder", "asserter")),
    "Immunization": Shape(C.VACCINATION, ("vaccineCode",), ("occurrenceDateTime", "recorded"), ("performer.actor",), code=("vaccineCode",)),
    "ImmunizationRecommendation": Shape(C.VACCINATION, ("recommendation.vaccineCode",), ("date",), ("authority",), code=("recommendation.vaccineCode",)),
    "ImmunizationEvaluation": Shape(C.VACCINATION, ("targetDisease",), ("date",), ("authority",), code=("targetDisease",)),
    # medication
    "MedicationStatement": Shape(C.MEDICATION, _MEDICATION, ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"), ("informationSource",), code=_DRUG),
    "MedicationAdministration": Shape(C.MEDICATION, _MEDICATION, ("effectiveDateTime", "effectivePeriod.start"), ("performer.actor",), code=_DRUG),
    "MedicationDispense": Shape(C.MEDICATION, _MEDICATION, ("whenHandedOver", "whenPrepared"), ("performer.actor",), code=_DRUG),
    "DetectedIssue": Shape(C.MEDICATION, ("code", "detail"), ("identifiedDateTime", "identifiedPeriod.start"), ("author",)),
    "MedicationRequest": Shape(C.PRESCRIPTION, _MEDICATION, ("authoredOn",), ("requester", "recorder"), code=_DRUG),
    "VisionPrescription": Shape(C.PRESCRIPTION, (), ("dateWritten", "created"), ("prescriber",), code=()),
    # results and reports; category.py looks further
    "Observation": Shape(C.EXAMINATION, at=(*_EFFECTIVE, "issued"), author=("performer",)),
    "DiagnosticReport": Shape(C.REPORT, at=("effectiveDateTime", "effectivePeriod.start", "issued"), author=("resultsInterpreter", "performer")),
    "DocumentReference": Shape(C.REPORT, ("description", "type", "content.attachment.title", "category"), ("context.period.start", "date", "content.attachment.creation"), ("author",), code=("type", "category")),
    "DocumentManifest": Shape(C.REPORT, ("description", "type"), ("created",), ("author",), code=("type",)),
    "Composition": Shape(C.REPORT, ("title", "type"), ("date",), ("author",), code=("type",)),
    "ClinicalImpression": Shape(C.REPORT, ("description", "code", "summary"), (*_EFFECTIVE, "date"), ("assessor",)),
    "RiskAssessment": Shape(C.REPORT, ("code", "prediction.outcome"), (*_OCCURRENCE,), ("performer",), code=("code", "prediction.outcome")),
    "List": Shape(C.REPORT, ("title", "code"), ("date",), ("source",)),
    "Communication": Shape(C.LETTER, ("topic", "category", "payload.contentString"), ("sent", "received"), ("sender",), code=("topic", "category")),
    "Specimen": Shape(C.LABORATORY, ("type",), ("collection.collectedDateTime", "collection.collectedPeriod.start", "receivedTime"), ("collection.collector",), code=("type",)),
    "MolecularSequence": Shape(C.LABORATORY, ("type",), (), ("performer",), code=()),
    "Procedure": Shape(C.EXAMINATION, ("code", "category"), _PERFORMED[:2], ("performer.actor", "recorder", "asserter")),
    "ImagingStudy": Shape(C.IMAGING, ("description", "procedureCode"), ("started", "series.started"), ("interpreter", "referrer"), code=("procedureCode", "modality", "series.modality")),
    "Media": Shape(C.EXAMINATION, ("content.title", "type", "modality"), ("createdDateTime", "createdPeriod.start", "issued"), ("operator",), code=("type", "modality")),
    "QuestionnaireResponse": Shape(C.QUESTIONNAIRE, (), ("authored",), ("author", "source"), code=()),
    # plans and orders
    "CarePlan": Shape(C.CARE_PLAN, ("title", "category", "description"), (*_PERIOD, "created"), ("author", "contributor"), code=("category",)),
    "CareTeam": Shape(C.CARE_PLAN, ("name", "category"), _PERIOD, ("managingOrganization",), code=("category",)),
    "Goal": Shape(C.CARE_PLAN, ("description",), ("startDate", "statusDate"), ("expressedBy",), code=("description",)),
    "ServiceRequest": Shape(C.ORDER, ("code", "category"), _ORDER_AT, ("requester",)),
    "DeviceRequest": Shape(C.ORDER, ("codeCodeableConcept", "codeReference.display"), _ORDER_AT, ("requester",), code=("codeCodeableConcept",)),
    "NutritionOrder": Shape(C.ORDER, ("oralDiet.type", "enteralFormula.baseFormulaType"), ("dateTime",), ("orderer",), code=("oralDiet.type",)),
    "SupplyRequest": Shape(C.ORDER, ("itemCodeableConcept", "itemReference.display"), _ORDER_AT, ("requester",), ("deliverTo",), ("itemCodeableConcept",)),
    "SupplyDelivery": Shape(C.ORDER, ("suppliedItem.itemCodeableConcept", "type"), _OCCURRENCE, ("supplier",), code=("suppliedItem.itemCodeableConcept",)),
    "RequestGroup": Shape(C.ORDER, ("code", "action.title"), ("authoredOn",), ("author",)),
    "CommunicationRequest": Shape(C.ORDER, ("category", "payload.contentString"), _ORDER_AT, ("requester",), code=("category",)),
    "Task": Shape(C.ORDER, ("code", "description"), ("executionPeriod.start", "authoredOn"), ("requester",), ("for",)),
    # agenda
    "Appointment": Shape(C.AGENDA, ("description", "serviceType", "appointmentType"), ("start", "requestedPeriod.start", "created"), ("participant.actor",), code=("serviceType", "appointmentType")),
    "AppointmentResponse": Shape(C.AGENDA, ("comment",), ("start",), ("actor",), ("actor",), ()),
    "Encounter": Shape(C.AGENDA, ("type", "serviceType", "class"), _PERIOD, ("participant.individual",), code=("type", "class")),
    "EpisodeOfCare": Shape(C.AGENDA, ("type",), _PERIOD, ("careManager",), code=("type",)),
    "Schedule": Shape(C.AGENDA, ("serviceType", "comment"), ("planningHorizon.start",), (), ("actor",), ("serviceType",)),
    # administrative
    "Account": Shape(C.ADMINISTRATIVE, ("name", "type"), ("servicePeriod.start",), code=("type",)),
    "AuditEvent": Shape(C.ADMINISTRATIVE, ("type",), ("recorded",), ("agent.who",), ("entity.what",), ("type",)),
    "Basic": Shape(C.ADMINISTRATIVE, ("code",), ("created",), ("author",)),
    "ChargeItem": Shape(C.ADMINISTRATIVE, ("code",), (*_OCCURRENCE, "enteredDate"), ("enterer",)),
    "Claim": Shape(C.ADMINISTRATIVE, ("type",), ("billablePeriod.start", "created"), ("provider",), code=("type",)),
    "ClaimResponse": Shape(C.ADMINISTRATIVE, ("type",), ("created",), ("insurer",), code=("type",)),
    # what these hold and are about is said by others, that come with them (record/arrival.py); where none does, the narrowest
    "Binary": Shape(C.PSYCHIATRY, ("contentType",), (), (), (), ()),
    "Medication": Shape(C.PSYCHIATRY, ("code", "identifier.value"), patient=()),
    "Substance": Shape(C.PSYCHIATRY, ("code", "description"), patient=()),
    "Consent": Shape(C.ADMINISTRATIVE, ("category", "scope"), ("dateTime", "provision.period.start"), ("performer", "organization"), code=("category", "scope")),
    "Coverage": Shape(C.ADMINISTRATIVE, ("type", "payor.display"), _PERIOD, ("payor",), ("beneficiary",), ("type",)),
    "CoverageEligibilityRequest": Shape(C.ADMINISTRATIVE, (), ("created",), ("provider", "enterer"), code=()),
    "CoverageEligibilityResponse": Shape(C.ADMINISTRATIVE, ("disposition",), ("created",), ("insurer",), code=()),
    "EnrollmentRequest": Shape(C.ADMINISTRATIVE, (), ("created",), ("provider",), ("candidate",), ()),
    "ExplanationOfBenefit": Shape(C.ADMINISTRATIVE, (), ("billablePeriod.start", "created"), ("insurer",), code=("type",)),
    "Group": Shape(C.ADMINISTRATIVE, ("name", "code"), (), ("managingEntity",), ("member.entity",)),
    "Invoice": Shape(C.ADMINISTRATIVE, ("type",), ("date",), ("issuer",), code=("type",)),
    "MeasureReport": Shape(C.ADMINISTRATIVE, (), ("date",), ("reporter",), code=()),
    "Patient": Shape(C.ADMINISTRATIVE, ("name",), (), ("managingOrganization",), (), ()),
    "Person": Shape(C.ADMINISTRATIVE, ("name",), (), (), ("link.target",), ()),
    "Provenance": Shape(C.PSYCHIATRY, ("activity",), ("occurredDateTime", "occurredPeriod.start", "recorded"), ("agent.who",), ("target",), ("activity",)),
    "RelatedPerson": Shape(C.ADMINISTRATIVE, ("name", "relationship"), _PERIOD, code=("relationship",)),
    "ResearchSubject": Shape(C.ADMINISTRATIVE, ("study.display",), _PERIOD, (), ("individual",), ()),
}  # fmt: skip

# A type we do not know is shown to those who see administrative data and nothing else of it is guessed.
UNKNOWN = Shape(
    C.ADMINISTRATIVE, ("title", "name", "description", "code", "type"), ("date", "created"), ("author",)
)
