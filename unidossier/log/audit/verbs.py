"""What kind of event each verb of the log is (gate/sql/words.sql): one line decides the profile of IHE BALP."""

from enum import Enum


class Kind(Enum):
    """A pattern of BALP 1.1, or of DICOM where BALP has none (sign-in, the log about itself)."""

    READ = "Read"
    QUERY = "Query"
    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    DISCLOSE = "PrivacyDisclosure.Source"
    DECIDE = "AuthZconsent"  # a permit that somebody took by himself: break-the-glass, lifting
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    LOG = "log-used"
    SERVICE = "service"


_VERBS = {
    Kind.READ: """open-item open-attachment fhir-read explain see-as desk-explain desk-see-as show-form read-messages desk-open
        resolve-pseudonym launch-app""",
    Kind.QUERY: """open-record search-record show-trend who-looked list-patients find-patient fhir-match show-agenda list-liftings list-emergencies
        desk-tasks desk-find direct search-log read-told fhir-search fhir-history fhir-directory list-apps""",
    Kind.CREATE: """write-report deliver register-patient plan ask-access make-link declare-consent declare-trust exclude grant-access give-mandate
        ask-institution report-unknown register-for-consult ask-gp give-app-access""",
    Kind.UPDATE: """end-emergency renew-relation open-own-access hold-back answer-request refuse-outside mark-internal choose-notices desk-act
        register-identity merge-patients register-rights register-death mediate protect import-federal change-details take-back gather-entries""",
    Kind.DELETE: "end-exclusion withdraw-access withdraw-mandate end-app-access",
    Kind.DISCLOSE: "fhir-everything fhir-summary make-overview print-letters take-accesses take-proof bulk-export notify",
    Kind.DECIDE: "break-the-glass lift-exclusion confirm-lifting",
    Kind.SIGN_IN: "sign-in",
    Kind.SIGN_OUT: "sign-out",
    Kind.LOG: "breach-scope export-audit-events export-log",
    Kind.SERVICE: """log-alarm make-machine log-continued log-key hold-log keep-log erase-entry entry-erased month-dropped restore-noticed explain-restore
        log-restored subscribe allow-address register-app""",
}
KINDS = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
# what these change is the patient's consent: who may see what
_CONSENT = """declare-consent declare-trust exclude grant-access give-mandate end-exclusion withdraw-access withdraw-mandate answer-request
    refuse-outside ask-access make-link renew-relation register-rights hold-back mark-internal give-app-access
    end-app-access"""
ABOUT_CONSENT = frozenset(_CONSENT.split())
ABOUT_AN_APP = frozenset(
    {"give-app-access", "end-app-access"}
)  # its app is what they are about, not by way of which
_WRITING = frozenset({"deliver", "write-report"})
# what an entry of these says of itself: interactions of FHIR, steps of a report
_STEPS = {
    "update": Kind.UPDATE,
    "patch": Kind.UPDATE,
    "amend": Kind.UPDATE,
    "validate": Kind.UPDATE,
    "delete": Kind.DELETE,
    "withdraw": Kind.DELETE,
}


class VerbUnknown(KeyError):
    """A verb of the log has no line here."""


def kind_of(verb: str, *, step: str | None = None) -> Kind:
    """Return the kind of event of a verb; of one that stores, by the step that its entry names: taking back is a deletion. Raises VerbUnknown."""
    if verb in _WRITING and step in _STEPS:
        return _STEPS[step]
    try:
        return KINDS[verb]
    except KeyError as fault:
        raise VerbUnknown(verb) from fault
