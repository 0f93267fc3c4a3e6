"""Codes of AuditEvent: DICOM, HL7, IHE, and our own. profiles.ihe.net/ITI/BALP 1.1"""

from typing import Any

Coding = dict[str, str]

DCM = "http://dicom.nema.org/resources/ontology/DCM"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
BALP = "https://profiles.ihe.net/ITI/BALP"
OURS = "https://unidossier.be/fhir"
PERSON, INSTITUTION, ENTRY, DEVICE, APP = (
    f"{OURS}/sid/{name}" for name in ("person", "institution", "log-entry", "device", "app")
)
PSEUDONYM = f"{OURS}/sid/pseudonym"  # of one person before one patient
VERB, RULE, FUNCTION = (f"{OURS}/CodeSystem/{name}" for name in ("verb", "rule", "function"))
# NCName parts of a URI, not addresses: agent.policy is a uri
RULE_URN = "urn:unidossier:rule:"


def coding(system: str, code: str, display: str = "") -> Coding:
    """Return a Coding."""
    told = {"system": system, "code": code}
    return told | {"display": display} if display else told


def concept(*codings: Coding) -> dict[str, Any]:
    """Return a CodeableConcept."""
    return {"coding": list(codings)}


def profile(name: str) -> str:
    """Return the address of a profile of BALP."""
    return f"{BALP}/StructureDefinition/IHE.BasicAudit.{name}"


REST = coding(f"{TERMINOLOGY}/audit-event-type", "rest", "RESTful Operation")
EXPORT = coding(DCM, "110106", "Export")
SECURITY_ALERT = coding(DCM, "110113", "Security Alert")
AUTHENTICATION = coding(DCM, "110114", "User Authentication")
LOG_USED = coding(DCM, "110101", "Audit Log Used")
ACTIVITY = coding(DCM, "110100", "Application Activity")
LOGIN, LOGOUT = coding(DCM, "110122", "Login"), coding(DCM, "110123", "Logout")
AUTHZ_CONSENT = coding(
    f"{BALP}/CodeSystem/AuthZsubType", "AuthZ-Consent", "Authorization Decision using Roles and Consent"
)
DISCLOSE = coding(f"{TERMINOLOGY}/iso-21089-lifecycle", "disclose", "Disclose Record Lifecycle Event")

SOURCE, DESTINATION = (
    coding(DCM, "110153", "Source Role ID"),
    coding(DCM, "110152", "Destination Role ID"),
)
APPLICATION = coding(DCM, "110150", "Application")
CUSTODIAN = coding(f"{TERMINOLOGY}/provenance-participant-type", "custodian", "Custodian")
AUTH_SERVER = coding(f"{TERMINOLOGY}/extra-security-role-type", "authserver", "authorization server")
PROVIDER = coding(f"{TERMINOLOGY}/v3-RoleClass", "PROV", "healthcare provider")
RECIPIENT, AUTHOR, INFORMANT, KEEPER = (
    coding(f"{TERMINOLOGY}/v3-ParticipationType", code, words)
    for code, words in (
        ("IRCP", "information recipient"),
        ("AUT", "author (originator)"),
        ("INF", "informant"),
        ("CST", "custodian"),
    )
)
IS_PERSON = coding(f"{TERMINOLOGY}/audit-entity-type", "1", "Person")
IS_OBJECT = coding(f"{TERMINOLOGY}/audit-entity-type", "2", "System Object")
AS_PATIENT = coding(f"{TERMINOLOGY}/object-role", "1", "Patient")
AS_RESOURCE = coding(f"{TERMINOLOGY}/object-role", "4", "Domain Resource")
AS_QUERY = coding(f"{TERMINOLOGY}/object-role", "24", "Query")
IS_CONSENT = coding("http://hl7.org/fhir/resource-types", "Consent", "Consent")
SERVER_SOURCE = coding(f"{TERMINOLOGY}/security-source-type", "4", "Application Server")


def interaction(code: str) -> Coding:
    """Return a RESTful interaction."""
    return coding("http://hl7.org/fhir/restful-interaction", code, code)


# ActReason (v3): why somebody works with a record
REASONS = {
    "care": "TREAT",
    "own": "PATRQT",
    "governance": "HCOMPL",
    "exchange": "HOPERAT",
    "evidence": "HSYSADMIN",
}
EMERGENCY = "BTG"


def reason(purpose: str) -> dict[str, Any]:
    """Return the purpose of use of a session's purpose; what we do not allow is told in its own word (ACD-6)."""
    if purpose == EMERGENCY:
        return concept(coding(f"{TERMINOLOGY}/v3-ActReason", EMERGENCY, "break the glass"))
    if purpose in REASONS:
        return concept(coding(f"{TERMINOLOGY}/v3-ActReason", REASONS[purpose]))
    return {"text": purpose or "none"}
