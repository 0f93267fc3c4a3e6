"""Two people who look where they have nothing to do, for the daily review to find: a namesake of a patient, and somebody whom the patient excluded (LOG-6)."""

from collections.abc import Iterator
from contextlib import suppress

from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.open_in_emergency import Emergency, Person, open_in_emergency
from unidossier.actions.open_record import open_record
from unidossier.demo.fill.ids import line_id, patient_id
from unidossier.demo.rights.own import DECIDES, EXCLUDED
from unidossier.demo.rights.sessions import on_the_ward
from unidossier.demo.world import Employment, Patient, World
from unidossier.gate.door import AccessRefused
from unidossier.record.queries import Filter
from unidossier.signin.gate_session import close_gate_session

NAMESAKES = (
    ("scheldedal.neurology.specialist.2", "p-000036"),
    ("scheldedal.surgery-ward.nurse.5", "p-000023"),
)
AMONG = 40  # the smallest demo has them
TOLD = "Opgebeld door de familie, wilde nakijken of alles in orde is"


def fill_snoopers(world: World) -> None:
    """Let it happen, once; a second call changes nothing. After fill_decisions, who excluded; before the review of the day."""
    for post, patient in _namesakes(world):
        if _looks(post, patient):
            break
    clerk = next((one for one in world.employments if one.person == EXCLUDED), None)
    if clerk and DECIDES in {one.key for one in world.patients}:
        _tries(clerk)


def _namesakes(world: World) -> Iterator[tuple[Employment, Patient]]:
    """A carer and a patient of one family name; a small world may lack the first of them."""
    families = {one.key: one.family for one in world.persons}
    posts = {one.person: one for one in world.employments}
    patients = {one.key: one for one in world.patients[:AMONG]}
    for carer, key in NAMESAKES:
        patient = patients.get(key)
        if carer in posts and patient and patient.family == families[carer] and not patient.deceased_at:
            yield posts[carer], patient


def _looks(post: Employment, patient: Patient) -> bool:
    """Try it, be refused, and break the glass; False when a relation opens the record anyway."""
    secret, whose = on_the_ward(post), patient_id(patient.key)
    opening = line_id("opening", post.person, patient.key)
    told = Emergency(opening=opening, person=Person(patient=whose), reason="other", justification=TOLD)
    is_stranger = False
    try:
        open_record(secret, patient=whose, chosen=Filter())
    except AccessRefused:
        is_stranger = True
        with suppress(AccessRefused):  # ended by an earlier filling: nothing is open any more
            open_in_emergency(secret, emergency=told)
            open_record(secret, patient=whose, chosen=Filter())
            end_emergency(secret, patient=whose)
    close_gate_session(secret)
    return is_stranger


def _tries(clerk: Employment) -> None:
    secret = on_the_ward(clerk)
    with suppress(AccessRefused):  # that is the story
        open_record(secret, patient=patient_id(DECIDES), chosen=Filter())
    close_gate_session(secret)
