"""Patients who have decided: one excluded somebody, gave access and asks about a reader; one gave a mandate; one has something held back."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from unidossier.actions.exclude import exclude
from unidossier.actions.give_mandate import Mandate, give_mandate
from unidossier.actions.grant_access import grant_access
from unidossier.actions.hold_back import hold_back
from unidossier.actions.list_accesses import list_accesses
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.open_record import open_record
from unidossier.actions.report_unknown import report_unknown
from unidossier.demo.fill.ids import institution_id, line_id, patient_id, person_id
from unidossier.demo.rights.sessions import of_the_patient, on_the_ward
from unidossier.demo.world import Employment, World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.brussels import BRUSSELS, midnight
from unidossier.kernel.category import EVERY_CATEGORY, Category, mask
from unidossier.kernel.ssin import check_digits
from unidossier.record.queries import Filter
from unidossier.signin.gate_session import close_gate_session

DECIDES, EXCLUDED, TRUSTED = "p-000014", "aldegonde.reception.billing.1", "soleil.practice.nurse.1"
GIVES, DAUGHTER, BORN = "p-000015", "Ursula Kessler", date(1988, 4, 12)
NUMBER = "880412134" + check_digits("880412134", century=1900)
HELD, HOLDER = "p-000001", "scheldedal.cardiology.specialist.1"
WOUND_CARE = mask(
    [
        Category.ADMINISTRATIVE,
        Category.AGENDA,
        Category.PROBLEM,
        Category.ALLERGY,
        Category.MEDICATION,
        Category.CARE_PLAN,
        Category.ORDER,
    ]
)
TOLD_LATER = "Wordt besproken op de raadpleging van volgende week"


def fill_decisions(world: World) -> None:
    """Let them decide, once; a second call changes nothing. People or patients that a small world lacks are left out."""
    known = {one.key for one in world.patients}
    for patient, story in ((DECIDES, _decide), (GIVES, _give)):
        if patient in known:
            secret = of_the_patient(patient)
            with suppress(AccessRefused, ActRefused):
                story(world, secret)
            close_gate_session(secret)
    post = _post(world, HOLDER)
    if post and HELD in known:
        _hold(post)


def _post(world: World, person: str) -> Employment | None:
    return next((one for one in world.employments if one.person == person), None)


def _decide(world: World, secret: bytes) -> None:
    """A reader she does not know, a nurse whom she trusts, and somebody she does not want to see her bills."""
    patient, exclusion = patient_id(DECIDES), line_id("exclusion", DECIDES, EXCLUDED)
    if any(one["id"] == exclusion for one in list_who_has_access(secret, patient=patient).exclusions):
        return  # the last of her decisions is there: so are the others
    visits = list_accesses(secret, patient=patient).visits
    if visits:
        words = "Je n’étais pas à Anvers ce jour-là. Qui est cette personne ?"
        report_unknown(secret, patient=patient, entry=visits[0][-1]["id"], words=words)
    nurse = _post(world, TRUSTED)
    if nurse:
        grant_access(
            secret,
            patient=patient,
            employment=line_id("employment", nurse.person, nurse.institution, nurse.function),
            categories=WOUND_CARE,
            until=midnight(_today() + timedelta(days=92)),
            relation=line_id("granted", DECIDES, TRUSTED),
        )
    exclude(secret, patient=patient, person=person_id(EXCLUDED), absolute=True, exclusion=exclusion)


def _give(world: World, secret: bytes) -> None:
    """A daughter who may look and decide; she has no account yet."""
    give_mandate(
        secret,
        patient=patient_id(GIVES),
        mandate=Mandate(
            kind="mandate",
            name=DAUGHTER,
            number=NUMBER,
            birth_date=BORN,
            categories=EVERY_CATEGORY,
            decides=True,
            starts=datetime.now(UTC),
            until=midnight(_today() + timedelta(days=730)),
        ),
        id=line_id("mandate", GIVES, NUMBER),
    )


def _today() -> date:
    return datetime.now(BRUSSELS).date()


def _hold(post: Employment) -> None:
    """One letter of the own hospital, until next week."""
    secret = on_the_ward(post)
    patient = patient_id(HELD)
    with suppress(AccessRefused, ActRefused):
        opened = open_record(
            secret, patient=patient, chosen=Filter(categories=(Category.LETTER, Category.REPORT))
        )
        lines = opened.listed.lines
        here = institution_id(post.institution)
        ours = [one for one in lines if one["institution_id"] == here and one["status"] == "final"]
        if ours and not any(one["held_until"] for one in ours):
            until = midnight(_today() + timedelta(days=8))
            hold_back(secret, patient=patient, item=ours[0]["id"], until=until, reason=TOLD_LATER)
    close_gate_session(secret)
