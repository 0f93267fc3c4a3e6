"""The registration desk at work: a patient registered twice, a child's guardian, an exclusion to confirm, a death that was none (REC-8, REP-3, EXC-4, DTH-4)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from unidossier.actions.exclude import exclude
from unidossier.actions.find_at_desk import find_at_desk
from unidossier.actions.list_my_patients import Sought
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.register_death import ask_reversal, record_death
from unidossier.actions.register_identity import Identity, register_new_patient
from unidossier.actions.register_rights import Mandate, register_representation
from unidossier.demo.fill.ids import line_id, patient_id, person_id
from unidossier.demo.rights.sessions import at_the_desk, of_the_patient
from unidossier.demo.world import Patient, World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.kernel.scan import Scan
from unidossier.kernel.ssin import check_digits
from unidossier.signin.gate_session import close_gate_session

DESK, SECOND = "scheldedal.reception.registration-desk.1", "scheldedal.secretariat.medical-secretary.2"
FUNCTION, HOME = "registration-desk", "scheldedal"
EXCLUDES, EXCLUDED = "p-000001", "scheldedal.reception.reception.2"
GUARDIAN = "710609135" + check_digits("710609135", century=1900)
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def fill_registration(world: World) -> None:
    """Let it happen, once; a second call changes nothing. What a small world lacks is left out."""
    ordinary = [
        one for one in world.patients[33:120] if one.home == HOME and not one.deceased_at and one.ssin
    ]
    if len(ordinary) < 3:
        return
    first, second = _session(world, DESK), _session(world, SECOND)
    twice, guarded, alive = ordinary[:3]
    _register_again(first, twice)
    _guardian(first, guarded)
    _false_death(second, alive)
    for secret in (first, second):
        close_gate_session(secret)
    _excludes({one.key for one in world.patients[:2]})


def _session(world: World, person: str) -> bytes:
    post = next(one for one in world.employments if (one.person, one.function) == (person, FUNCTION))
    return at_the_desk(post)


def _register_again(secret: bytes, patient: Patient) -> None:
    """Brought in at night without a card: registered once more, with a typing error in the given name."""
    made = line_id("registered-again", patient.key)
    if any(
        one["id"] == made
        for one in find_at_desk(secret, sought=Sought(birth=patient.birth_date, name=patient.family))
    ):
        return
    identity = Identity(
        family=patient.family,
        given=patient.given + patient.given[-1],
        birth_date=patient.birth_date.isoformat(),
        sex=patient.sex if patient.sex in ("male", "female", "other") else "",
        language=patient.language,
    )
    register_new_patient(secret, patient=made, identity=identity)


def _guardian(secret: bytes, patient: Patient) -> None:
    """A court has named a guardian; the decision is kept with the file."""
    made = line_id("guardian", patient.key)
    with suppress(ActRefused):  # registered by an earlier filling
        register_representation(
            secret,
            patient=patient_id(patient.key),
            representation=made,
            mandate=Mandate(
                kind="legal",
                number=GUARDIAN,
                family="Verbist",
                given="Nadine",
                authority="Beschikking van de vrederechter van 3 maart 2026",
                categories=EVERY_CATEGORY,
            ),
            proof=Scan.read(PAPER, name="beschikking.pdf"),
        )


def _false_death(secret: bytes, patient: Patient) -> None:
    """Two people of one name: the wrong one was recorded as deceased. The second clerk asks, the first may confirm."""
    found = patient_id(patient.key)
    if open_desk_file(secret, patient=found).reversals:
        return
    with suppress(ActRefused):
        record_death(
            secret,
            patient=found,
            at=datetime.now(UTC) - timedelta(hours=20),
            source="Melding van een afdeling",
        )
    with suppress(ActRefused):
        reversal = line_id("reversal", patient.key)
        ask_reversal(
            secret,
            patient=found,
            reversal=reversal,
            reason="Verkeerde patiënt gekozen: een naamgenoot is overleden",
        )


def _excludes(known: set[str]) -> None:
    """On the portal: a receptionist, by name; the desk makes sure who is meant."""
    if EXCLUDES not in known:
        return
    secret = of_the_patient(EXCLUDES)
    with suppress(AccessRefused, ActRefused):
        exclude(
            secret,
            patient=patient_id(EXCLUDES),
            person=person_id(EXCLUDED),
            absolute=False,
            exclusion=line_id("exclusion", EXCLUDES, EXCLUDED),
        )
    close_gate_session(secret)
