"""Two openings in an emergency, both ended and to be reviewed, and one lifting of an exclusion that waits for its second person (BTG-5, EXC-7)."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.exclude import exclude
from unidossier.actions.lift_exclusion import Lifting, lift_exclusion
from unidossier.actions.open_in_emergency import Emergency, Person, open_in_emergency
from unidossier.demo.fill.ids import line_id, patient_id, person_id
from unidossier.demo.rights.sessions import of_the_patient, on_the_ward
from unidossier.demo.world import Employment, World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.signin.gate_session import close_gate_session


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Who opened whose record, and what he wrote."""

    carer: str
    patient: str
    reason: str
    text: str


OPENED = (
    Opened(
        carer="scheldedal.emergency.emergency-physician.1",
        patient="p-000014",
        reason="unconscious",
        text="Patiënte bewusteloos binnengebracht, medicatie en allergieën dringend nodig",
    ),
    Opened(
        carer="aldegonde.neurology.specialist.1",
        patient="p-000002",
        reason="asked-by-gp",
        text="Le médecin traitant demande par téléphone l’ancien rapport de neurologie",
    ),
)
LIFTER = "scheldedal.imaging.specialist.1"
LIFTED = "p-000015"


def fill_emergencies(world: World) -> None:
    """Let them happen, once; a second call changes nothing. People or patients that a small world lacks are left out."""
    known = {one.key for one in world.patients}
    for one in OPENED:
        post = _post(world, one.carer)
        if post and one.patient in known:
            _open(post, one)
    post = _post(world, LIFTER)
    if post and LIFTED in known:
        _exclude()
        _lift(post)


def _post(world: World, carer: str) -> Employment | None:
    return next((one for one in world.employments if one.person == carer), None)


def _open(post: Employment, one: Opened) -> None:
    opening: UUID = line_id("opening", one.carer, one.patient)
    patient = patient_id(one.patient)
    secret = on_the_ward(post)
    told = Emergency(
        opening=opening, person=Person(patient=patient), reason=one.reason, justification=one.text
    )
    with suppress(AccessRefused):  # ended by an earlier filling: nothing is open any more
        open_in_emergency(secret, emergency=told)
        end_emergency(secret, patient=patient)
    close_gate_session(secret)


def _exclude() -> None:
    """The patient does not want this radiologist, except when nobody else is there."""
    secret = of_the_patient(LIFTED)
    with suppress(
        AccessRefused, ActRefused
    ):  # excluded, or allowed again, by somebody who tried the demonstration
        exclude(
            secret,
            patient=patient_id(LIFTED),
            person=person_id(LIFTER),
            absolute=False,
            exclusion=line_id("exclusion", LIFTED, LIFTER),
        )
    close_gate_session(secret)


def _lift(post: Employment) -> None:
    secret = on_the_ward(post)
    declared = Lifting(
        lifting=line_id("lifting", LIFTER, LIFTED),
        person=Person(patient=patient_id(LIFTED)),
        discipline="radiologie",
        reason="De andere radioloog is in de operatiezaal",
    )
    with suppress(ActRefused):  # the roster of that hour may name somebody else
        lift_exclusion(secret, lifting=declared)
    close_gate_session(secret)
