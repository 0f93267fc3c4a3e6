"""What the registration desk registers binds at once: parents, mandates, exclusions, the general practitioner, death."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.desk.conftest import Desk
from tests.desk.test_registration_pages import PDF, number
from tests.portals.conftest import Visitor
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.open_own_access import open_own_access
from unidossier.actions.open_record import open_record
from unidossier.actions.register_death import answer_reversal, ask_reversal, record_death
from unidossier.actions.register_rights import (
    Mandate,
    confirm_exclusion,
    end_exclusion_at_desk,
    move_representation,
    register_exclusion,
    register_representation,
    set_gp,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.kernel.scan import Scan
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

WHY = "shown on paper"
SCAN = Scan.read(PDF, name="act.pdf")


def register(desk: Desk, patient: UUID, *, kind: str = "parent", **changes: object) -> UUID:
    """Register somebody new for a patient; return the id of the file."""
    made = new_id()
    told = {
        "kind": kind,
        "number": number(),
        "family": "Claes",
        "given": "Els",
        "authority": "birth certificate",
    }
    register_representation(
        desk.secret,
        patient=patient,
        representation=made,
        mandate=Mandate(**(told | changes)),
        proof=SCAN,  # type: ignore[arg-type]
    )
    return made


def holder(desk: Desk, representation: UUID) -> bytes:
    """Open the session of who acts by this file."""
    ((person,),) = desk.world.run(
        "SELECT person_id FROM relations.representation WHERE id = %s", representation
    )
    return desk.world.representative_session(person)


def child(desk: Desk, *, born: date | None = None) -> UUID:
    return desk.world.patient(birth=born or (datetime.now(UTC) - timedelta(days=8 * 365)).date())


def rule(secret: bytes, patient: UUID) -> str:
    """The rule by which a record opens, or stays shut."""
    try:
        return open_record(secret, patient=patient, chosen=Filter()).rule
    except AccessRefused as refused:
        return refused.rule


def test_a_parent_opens_the_record_until_the_fifteenth_birthday(desk: Desk) -> None:  # REP-1
    young = child(desk)
    made = register(desk, young)
    assert rule(holder(desk, made), young) == "REP-1.parent"
    ((ends, birthday),) = desk.world.run(
        """SELECT m.ends_at, gate.birthday(p.birth_date, 15) FROM relations.representation m JOIN registry.patient p ON p.id = m.patient_id WHERE m.id = %s""",
        made,
    )
    assert ends == birthday


def test_both_parents_and_no_third(desk: Desk) -> None:  # REP-1
    young = child(desk)
    first = register(desk, young)
    register(desk, young)
    with pytest.raises(ActRefused, match="two-parents"):
        register(desk, young)
    move_representation(desk.secret, patient=young, representation=first, state="withdrawn", reason=WHY)
    register(desk, young)


@pytest.mark.parametrize("years", [15, 40])
def test_no_parent_from_fifteen_on(desk: Desk, years: int) -> None:  # REP-2
    today = datetime.now(UTC).date()
    grown = child(
        desk, born=today.replace(year=today.year - years, day=min(today.day, 28)) - timedelta(days=1)
    )
    with pytest.raises(ActRefused, match="of-age"):
        register(desk, grown)
    assert register(desk, grown, kind="legal")


def test_a_dispute_suspends_and_its_end_resumes(desk: Desk) -> None:  # REP-1
    young = child(desk)
    made = register(desk, young)
    acting = holder(desk, made)
    for state, expected in (
        ("suspended", "REP-1.dispute"),
        ("in-force", "REP-1.parent"),
        ("withdrawn", "REP-4.none"),
    ):
        move_representation(desk.secret, patient=young, representation=made, state=state, reason=WHY)  # type: ignore[arg-type]
        assert rule(acting, young) == expected
    with pytest.raises(ActRefused, match="done-already"):
        move_representation(desk.secret, patient=young, representation=made, state="in-force", reason=WHY)


@pytest.mark.parametrize(
    ("kind", "rule_id", "scope"),
    [
        ("legal", "REP-3.legal", EVERY_CATEGORY),
        ("foster", "REP-3.mandate", 3),
        ("mandate", "REP-3.mandate", 3),
        ("trusted", "REP-3.trusted", 3),
    ],
)
def test_the_scope_is_what_the_document_says(
    desk: Desk, kind: str, rule_id: str, scope: int
) -> None:  # REP-3, REP-4
    made = register(desk, desk.patient, kind=kind, categories=3)
    opened = open_record(holder(desk, made), patient=desk.patient, chosen=Filter())
    assert (opened.rule, opened.opens) == (rule_id, scope)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "mandate"}, "scope-missing"),
        ({"kind": "legal", "authority": " "}, "authority-missing"),
        ({"kind": "king"}, "kind-unknown"),
        ({"kind": "legal", "starts": days(3), "ends": days(2)}, "end-before-start"),
        ({"kind": "legal", "ends": days(-1)}, "end-before-start"),
    ],
)
def test_a_file_that_says_too_little_is_refused(desk: Desk, changes: dict[str, object], code: str) -> None:
    with pytest.raises(ActRefused, match=code):
        register(desk, desk.patient, **changes)  # type: ignore[arg-type]


def test_one_number_is_one_person_and_the_same_form_one_file(desk: Desk) -> None:
    digits, made = number(), new_id()
    for _ in range(2):
        register_representation(
            desk.secret,
            patient=desk.patient,
            representation=made,
            mandate=Mandate(kind="legal", number=digits, family="Claes", given="Els", authority="court"),
            proof=SCAN,
        )
    with pytest.raises(ActRefused, match="known-already"):
        register(desk, desk.patient, kind="legal", number=digits)
    other = register(desk, desk.world.patient(), kind="legal", number=digits)
    people = desk.world.run(
        "SELECT DISTINCT person_id FROM relations.representation WHERE id IN (%s, %s)", made, other
    )
    assert len(people) == 1


def test_nobody_represents_himself(desk: Desk) -> None:
    digits = number()
    desk.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        desk.patient,
        "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin",
        digits,
    )
    with pytest.raises(ActRefused, match="yourself"):
        register(desk, desk.patient, kind="legal", number=digits)


def test_an_exclusion_by_form_binds_at_once_everywhere_and_its_end_frees(
    desk: Desk,
) -> None:  # EXC-3, EXC-4, EXC-5
    person = desk.clinic.physician.person
    ((human,),) = desk.world.run("SELECT human_id FROM registry.person WHERE id = %s", person)
    elsewhere = desk.world.worker("specialist", desk.world.institution(), human=human)
    desk.world.relation(desk.patient, elsewhere)
    other = desk.world.session(elsewhere)
    made = new_id()
    for _ in range(2):
        register_exclusion(desk.secret, patient=desk.patient, exclusion=made, person=person, absolute=False)
    assert {rule(one, desk.patient) for one in (desk.clinic.secret, other)} == {"EXC-2.excluded"}
    with pytest.raises(ActRefused, match="done-already"):  # the clerk who registered it has confirmed it
        confirm_exclusion(desk.secret, patient=desk.patient, exclusion=made)
    end_exclusion_at_desk(desk.secret, patient=desk.patient, exclusion=made, reason=WHY)
    assert {rule(one, desk.patient) for one in (desk.clinic.secret, other)} == {"ACD-2.work"}
    kinds = desk.world.run("SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at", desk.patient)
    assert [kind for (kind,) in kinds] == ["exclusion", "exclusion-ended"]


def test_a_new_general_practitioner_opens_and_the_old_one_ends(desk: Desk) -> None:  # CON-3, ACD-4
    practice = desk.world.institution(network=False)
    old, new = (desk.world.worker("gp", practice) for _ in range(2))
    assert set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=old.person) == "changed"
    former, present = (desk.world.session(one, face="consult") for one in (old, new))
    assert rule(former, desk.patient) == "CON-3.gp"
    assert set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=new.person) == "changed"
    assert (rule(former, desk.patient), rule(present, desk.patient)) == ("ACD-4.ended", "CON-3.gp")
    assert set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=new.person) == "confirmed"
    now = [one for one in open_desk_file(desk.secret, patient=desk.patient).gps if one["is_now"]]
    assert [(one["person_id"], one["proof"]) for one in now] == [(new.person, "desk")]
    assert timedelta(days=364) < now[0]["ends_at"] - datetime.now(UTC) < timedelta(days=367)


def test_who_is_excluded_or_no_practitioner_does_not_become_one(desk: Desk) -> None:
    gp = desk.world.worker("gp", desk.world.institution(network=False))
    desk.world.exclude(desk.patient, gp.person)
    for person, code in ((gp.person, "excluded"), (desk.clinic.physician.person, "no-such-gp")):
        with pytest.raises(ActRefused, match=code):
            set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=person)


def test_a_death_closes_at_once_and_two_people_open_again(desk: Desk) -> None:  # DTH-1, DTH-2, DTH-4
    made = register(desk, desk.patient, kind="legal")
    own, acting, outside = (
        desk.world.own_session(desk.patient),
        holder(desk, made),
        desk.clinic.outsider(kind="gp"),
    )
    everybody = (own, acting, outside, desk.clinic.secret)
    before = [rule(one, desk.patient) for one in everybody]
    assert before == ["MY-4.own", "REP-3.legal", "CON-3.gp", "ACD-2.work"]
    record_death(desk.secret, patient=desk.patient, at=days(-1), source="death certificate")
    closed = ["DTH-1.closed", "DTH-1.closed", "DTH-1.outside", "ACD-2.work"]  # the hospital's own keep theirs
    assert [rule(one, desk.patient) for one in everybody] == closed
    for attempt in (
        lambda: register(desk, desk.patient, kind="legal"),
        lambda: set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=_gp(desk)),
    ):
        with pytest.raises(ActRefused, match="deceased"):
            attempt()
    reversal = new_id()
    ask_reversal(desk.secret, patient=desk.patient, reversal=reversal, reason="wrong patient chosen")
    with pytest.raises(ActRefused, match="asked-already"):
        ask_reversal(desk.secret, patient=desk.patient, reversal=new_id(), reason="wrong patient chosen")
    ((human,),) = desk.world.run(
        "SELECT human_id FROM registry.person WHERE id = %s", desk.workers["registration-desk"].person
    )
    again = desk.world.worker("registration-desk", desk.clinic.id, human=human)
    for same in (
        desk.secret,
        desk.world.session(again, face="desk", purpose="governance"),
    ):  # under any entry (EXC-6)
        with pytest.raises(ActRefused, match="same-person"):
            answer_reversal(same, patient=desk.patient, reversal=reversal, agreed=True)
    assert [rule(one, desk.patient) for one in everybody] == closed
    answer_reversal(desk.colleague(), patient=desk.patient, reversal=reversal, agreed=True)
    assert [rule(one, desk.patient) for one in everybody] == before
    fields = [one["field"] for one in open_desk_file(desk.secret, patient=desk.patient).changes]
    assert fields == ["death", "death"]  # both in the history


def _gp(desk: Desk) -> UUID:
    return desk.world.worker("gp", desk.world.institution(network=False)).person


def test_a_reversal_asked_elsewhere_is_not_answered_here(desk: Desk) -> None:
    house = desk.world.institution()
    clerk = desk.world.session(
        desk.world.worker("registration-desk", house), face="desk", purpose="governance"
    )
    record_death(clerk, patient=desk.patient, at=days(-1), source="municipality")
    reversal = new_id()
    ask_reversal(clerk, patient=desk.patient, reversal=reversal, reason="wrong patient chosen")
    with pytest.raises(ActRefused, match="no-such-reversal"):
        answer_reversal(desk.secret, patient=desk.patient, reversal=reversal, agreed=True)


@pytest.mark.parametrize("function", ["ombuds", "medical-director", "data-protection-officer"])
def test_the_other_functions_register_no_rights(desk: Desk, function: str) -> None:  # ACS-1
    secret, person = desk.secrets[function], desk.clinic.physician.person
    for attempt in (
        lambda: register_exclusion(
            secret, patient=desk.patient, exclusion=new_id(), person=person, absolute=True
        ),
        lambda: set_gp(secret, patient=desk.patient, relation=new_id(), gp=person),
        lambda: record_death(secret, patient=desk.patient, at=days(-1), source="municipality"),
    ):
        with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
            attempt()


def test_a_physician_opens_own_access_early_and_a_nurse_does_not(
    desk: Desk, visitor: Visitor
) -> None:  # REP-2
    young = child(desk)
    desk.world.relation(young, desk.clinic.physician)
    nurse = desk.world.worker("nurse", desk.clinic.id)
    desk.world.relation(young, nurse)
    own = desk.world.own_session(young)
    assert rule(own, young) == "REP-2.minor"
    with pytest.raises(ActRefused, match="not-a-physician"):
        open_own_access(desk.world.session(nurse), patient=young, reason="asked for by the child")
    for reason in ("so", " " * 20):
        with pytest.raises(ActRefused, match="reason-missing"):
            open_own_access(desk.clinic.secret, patient=young, reason=reason)
    browser, path = visitor(desk.clinic.physician.person), f"/ward/patient/{young}/own-access/"
    assert path.encode() in browser.get(f"/ward/patient/{young}/").content
    assert b"at least ten characters" in browser.post(path, reason="so").content
    assert browser.post(path, reason="asked for by the child").status_code == 302
    assert rule(own, young) == "REP-2.opened"
    with pytest.raises(ActRefused, match="of-age"):
        open_own_access(desk.clinic.secret, patient=desk.patient, reason="asked for by the child")
    entries = desk.world.run(
        "SELECT permitted, rule FROM log.entry WHERE patient_id = %s AND verb = 'open-own-access'", young
    )
    assert (
        set(entries) == {(True, "ACD-2.work")} and len(entries) == 4
    )  # what was not done was asked for all the same
