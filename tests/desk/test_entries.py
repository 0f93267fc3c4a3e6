"""Every verb of the work list and of the registration desk leaves an entry: permitted, and refused to whoever has no such function (LOG-1)."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.actions.clinic import days
from tests.desk.conftest import Desk
from tests.desk.test_registration_pages import PDF, number
from unidossier.actions.find_at_desk import find_at_desk
from unidossier.actions.list_my_patients import Sought
from unidossier.actions.list_tasks import finish_task, list_tasks, note_task, open_task
from unidossier.actions.merge_patients import (
    compare_patients,
    list_duplicates,
    merge_patients,
    tell_apart,
    unmerge_patients,
)
from unidossier.actions.open_desk_file import find_employee, open_desk_file, show_employee
from unidossier.actions.register_death import answer_reversal, ask_reversal, record_death
from unidossier.actions.register_identity import (
    Identity,
    Number,
    add_number,
    change_identity,
    close_number,
    register_new_patient,
)
from unidossier.actions.register_rights import (
    Mandate,
    confirm_exclusion,
    end_exclusion_at_desk,
    find_representative,
    move_representation,
    open_proof,
    register_exclusion,
    register_representation,
    set_gp,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.scan import Scan
from unidossier.kernel.uuid7 import new_id

WHY = "shown on paper"
WHO = Identity(family="Quist", given="Ann")
OWN = Number(system="urn:test", value="1", local=True)
MANDATE = Mandate(kind="legal", number=number(), family="Claes", given="Els", authority="court")
Act = Callable[[Desk, bytes], Any]

ACTS: dict[str, tuple[str, Act]] = {
    "list_tasks": ("desk-tasks", lambda d, s: list_tasks(s)),
    "open_task": ("desk-tasks", lambda d, s: open_task(s, task=d.task(patient=d.patient))),
    "note_task": ("desk-act", lambda d, s: note_task(s, task=d.task(), words="called back", waiting=False)),
    "finish_task": ("desk-act", lambda d, s: finish_task(s, task=d.task(), words="seen to")),
    "find_at_desk": ("desk-find", lambda d, s: find_at_desk(s, sought=Sought(name="Roe"))),
    "open_desk_file": ("desk-open", lambda d, s: open_desk_file(s, patient=d.patient)),
    "find_employee": ("desk-open", lambda d, s: find_employee(s, patient=d.patient, text="Doe")),
    "show_employee": ("desk-open", lambda d, s: show_employee(s, patient=d.patient, person=new_id())),
    "open_proof": ("desk-open", lambda d, s: open_proof(s, patient=d.patient, representation=_mandate(d))),
    "list_duplicates": ("desk-find", lambda d, s: list_duplicates(s)),
    "compare_patients": (
        "desk-find",
        lambda d, s: compare_patients(s, one=d.patient, other=d.world.patient()),
    ),
    "merge_patients": (
        "merge-patients",
        lambda d, s: merge_patients(s, merge=new_id(), kept=d.patient, merged=d.world.patient(), reason=WHY),
    ),
    "unmerge_patients": (
        "merge-patients",
        lambda d, s: unmerge_patients(
            s, merge=new_id(), kept=d.patient, merged=d.world.patient(), reason=WHY
        ),
    ),
    "tell_apart": (
        "merge-patients",
        lambda d, s: tell_apart(s, one=d.patient, other=d.world.patient(), reason=WHY),
    ),
    "register_new_patient": (
        "register-identity",
        lambda d, s: register_new_patient(s, patient=new_id(), identity=WHO),
    ),
    "change_identity": (
        "register-identity",
        lambda d, s: change_identity(s, patient=d.patient, shown=WHO, wanted=WHO, reason=WHY),
    ),
    "add_number": (
        "register-identity",
        lambda d, s: add_number(s, patient=d.patient, number=OWN, reason=WHY),
    ),
    "close_number": (
        "register-identity",
        lambda d, s: close_number(s, patient=d.patient, number=OWN, reason=WHY),
    ),
    "register_representation": (
        "register-rights",
        lambda d, s: register_representation(
            s, patient=d.patient, representation=new_id(), mandate=MANDATE, proof=Scan.read(PDF, name="a.pdf")
        ),
    ),
    "find_representative": (
        "register-rights",
        lambda d, s: find_representative(s, patient=d.patient, number=number()),
    ),
    "move_representation": (
        "register-rights",
        lambda d, s: move_representation(
            s, patient=d.patient, representation=new_id(), state="suspended", reason=WHY
        ),
    ),
    "register_exclusion": (
        "register-rights",
        lambda d, s: register_exclusion(
            s, patient=d.patient, exclusion=new_id(), person=new_id(), absolute=False
        ),
    ),
    "confirm_exclusion": (
        "register-rights",
        lambda d, s: confirm_exclusion(s, patient=d.patient, exclusion=new_id()),
    ),
    "end_exclusion_at_desk": (
        "register-rights",
        lambda d, s: end_exclusion_at_desk(s, patient=d.patient, exclusion=new_id(), reason=WHY),
    ),
    "set_gp": ("register-rights", lambda d, s: set_gp(s, patient=d.patient, relation=new_id(), gp=new_id())),
    "record_death": (
        "register-death",
        lambda d, s: record_death(s, patient=d.patient, at=days(-1), source="family"),
    ),
    "ask_reversal": (
        "register-death",
        lambda d, s: ask_reversal(s, patient=d.patient, reversal=new_id(), reason=WHY),
    ),
    "answer_reversal": (
        "register-death",
        lambda d, s: answer_reversal(s, patient=d.patient, reversal=new_id(), agreed=True),
    ),
}


def _mandate(desk: Desk) -> Any:
    made, scan = new_id(), Scan.read(PDF, name="a.pdf")
    register_representation(
        desk.colleague(), patient=desk.patient, representation=made, mandate=MANDATE, proof=scan
    )
    return made


def entries(desk: Desk, secret: bytes) -> list[tuple[str, bool, bool]]:
    """Verb, permitted, and whether it names the patient, of the entries of one session."""
    rows = desk.world.run(
        """SELECT e.verb, e.permitted, e.patient_id = %s OR %s = ANY (e.patients) FROM log.entry e
        WHERE e.verb <> 'sign-in' AND e.session_id = (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY e.id""",
        desk.patient,
        desk.patient,
        secret,
    )
    return [(verb, permitted, bool(named)) for verb, permitted, named in rows]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_the_desk_is_an_entry_done_or_not(desk: Desk, name: str) -> None:
    verb, act = ACTS[name]
    with suppress(ActRefused):  # what cannot be done now was asked for all the same
        act(desk, desk.secret)
    assert (verb, True) in [one[:2] for one in entries(desk, desk.secret)]
    about_him = verb in ("desk-open", "merge-patients", "register-rights", "register-death")
    assert not about_him or (verb, True, True) in entries(desk, desk.secret)


@pytest.mark.parametrize("name", ACTS)
def test_a_carer_who_tries_is_refused_and_entered(desk: Desk, name: str) -> None:  # ACS-4
    verb, act = ACTS[name]
    stranger = desk.world.session(desk.world.worker("specialist", desk.clinic.id))
    with pytest.raises(AccessRefused):
        act(desk, stranger)
    assert entries(desk, stranger)[0][:2] in ((verb, False), ("desk-open", False))
