"""The code systems we have words for: FHIR URLs, and the table (or tables) in data/ that hold them."""

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
CVX = "http://hl7.org/fhir/sid/cvx"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_EHEALTH_VACCINATION = "https://www.ehealth.fgov.be/standards/fhir/vaccination/CodeSystem/"

ACT_CODE = _TERMINOLOGY + "v3-ActCode"
ALLERGY_CLINICAL = _TERMINOLOGY + "allergyintolerance-clinical"
ALLERGY_CRITICALITY = "http://hl7.org/fhir/allergy-intolerance-criticality"
CONDITION_CLINICAL = _TERMINOLOGY + "condition-clinical"
CONDITION_VERIFICATION = _TERMINOLOGY + "condition-ver-status"
DATA_ABSENT_REASON = _TERMINOLOGY + "data-absent-reason"
EVENT_TIMING = "http://hl7.org/fhir/event-timing"
INTERPRETATION = _TERMINOLOGY + "v3-ObservationInterpretation"
OBSERVATION_CATEGORY = _TERMINOLOGY + "observation-category"
REPORT_SECTION = _TERMINOLOGY + "v2-0074"
RESOURCE_TYPE = "http://hl7.org/fhir/resource-types"
YES_NO = _TERMINOLOGY + "v2-0136"

# FHIR has one small code system of status per type; their words are the same, so one table serves all.
STATUS = "http://hl7.org/fhir/event-status"

FILES: dict[str, tuple[str, ...]] = {
    LOINC: ("loinc_laboratory", "loinc_observation", "loinc_document"),
    SNOMED_CT: (
        "snomed_problem",
        "snomed_allergy",
        "snomed_procedure",
        "snomed_vaccine",
        "snomed_other",
    ),
    ATC: ("atc",),
    CVX: ("cvx",),
    UCUM: ("ucum",),
}

# FHIR URL -> value of the column `system` in fhir.tsv
FHIR_TABLES: dict[str, str] = {
    LOINC: "answer",
    ACT_CODE: "encounter-class",
    ALLERGY_CLINICAL: "allergyintolerance-clinical",
    _TERMINOLOGY + "allergyintolerance-verification": "allergyintolerance-verification",
    ALLERGY_CRITICALITY: "allergy-criticality",
    CONDITION_CLINICAL: "condition-clinical",
    CONDITION_VERIFICATION: "condition-ver-status",
    DATA_ABSENT_REASON: "absent-reason",
    DICOM: "modality",
    EVENT_TIMING: "timing",
    _TERMINOLOGY + "v3-TimingEvent": "timing",
    INTERPRETATION: "interpretation",
    "http://hl7.org/fhir/v2/0078": "interpretation",
    _TERMINOLOGY + "v2-0078": "interpretation",
    OBSERVATION_CATEGORY: "observation-category",
    REPORT_SECTION: "report-section",
    RESOURCE_TYPE: "resource-type",
    STATUS: "fhir-status",
    YES_NO: "answer",
    "http://hl7.org/fhir/reaction-event-severity": "reaction-severity",
    _TERMINOLOGY + "v3-RouteOfAdministration": "route",
    "http://standardterms.edqm.eu": "route",
    _EHEALTH_VACCINATION + "be-cs-vaccination-administration-route": "route",
    _TERMINOLOGY + "v3-ActReason": "not-given",
    _EHEALTH_VACCINATION + "be-cs-vaccination-status-reason": "not-given",
    _TERMINOLOGY + "flag-category": "flag-category",
    _TERMINOLOGY + "v3-RoleCode": "role",
    _TERMINOLOGY + "consentcategorycodes": "consent",
    _TERMINOLOGY + "consentscope": "consent",
    _TERMINOLOGY + "claim-type": "claim-type",
}

# The same system under another URL.
SAME_AS: dict[str, str] = {
    "http://whocc.no/atc": ATC,
    "https://www.whocc.no/atc": ATC,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED_CT,
}


def canonical(system: str | None) -> str | None:
    """Return the URL under which we know `system`: SNOMED CT editions and old URLs become the one URL."""
    if system is None or system in FILES or system in FHIR_TABLES:
        return system
    if system.startswith(SNOMED_CT + "/"):
        return SNOMED_CT
    return SAME_AS.get(system, system)
