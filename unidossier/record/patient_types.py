"""The types of resource that a record holds."""

# The Patient compartment of R4 (hl7.org/fhir/R4/compartmentdefinition-patient.html) without the types that are
# as often about nobody (Group, Schedule, AuditEvent ...): these need a patient, all others are of no record.
_COMPARTMENT = """
    Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic BodyStructure CarePlan CareTeam
    ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition Condition Consent
    Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
    FamilyMemberHistory Flag Goal ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice
    List Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement MolecularSequence
    NutritionOrder Observation Patient Procedure QuestionnaireResponse RelatedPerson RequestGroup ResearchSubject
    RiskAssessment ServiceRequest Specimen SupplyDelivery SupplyRequest VisionPrescription Binary
"""
PATIENT_TYPES = frozenset(_COMPARTMENT.split())

# What names no patient, and is kept in the record of the one whose resources lead to it (record/following.py). A Device is not of
# these: one of a patient names him. Who and what the directory serves (Practitioner, Organization, Location ...) is of no record.
FOLLOWING_TYPES = frozenset({"Medication", "Substance"})
HELD_TYPES = PATIENT_TYPES | FOLLOWING_TYPES
