"""Reading messages, choosing ways, printing letters and looking at the federal feed are entries of the log, refused ones too (LOG-1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.notices.conftest import contact, tell
from unidossier.actions.choose_notices import choose_notices
from unidossier.actions.print_letters import list_letters, post_letters, take_letters
from unidossier.actions.read_messages import read_choices, read_messages
from unidossier.actions.show_federal import show_federal
from unidossier.gate.door import AccessRefused
from unidossier.kernel.brussels import BRUSSELS

OF_THE_PATIENT: dict[str, tuple[str, Callable[[bytes, UUID], Any]]] = {
    "read_messages": ("read-messages", lambda s, p: read_messages(s, patient=p)),
    "read_choices": ("read-messages", lambda s, p: read_choices(s, patient=p)),
    "choose_notices": (
        "choose-notices",
        lambda s, p: choose_notices(s, patient=p, ways={"answer": "letter"}),
    ),
}


def entries(clinic: Clinic, secret: bytes) -> list[tuple[Any, ...]]:
    """Give verb, whether permitted, and the patient of the entries of a session, without its sign-in."""
    return clinic.world.run(
        """SELECT verb, permitted, patient_id FROM log.entry WHERE verb <> 'sign-in' AND session_id =
        (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )


@pytest.mark.parametrize("name", OF_THE_PATIENT)
def test_what_the_patient_does_is_an_entry_and_so_is_what_is_refused(clinic: Clinic, name: str) -> None:
    verb, act = OF_THE_PATIENT[name]
    own, stranger = clinic.world.own_session(clinic.patient), clinic.world.own_session(clinic.world.patient())
    act(own, clinic.patient)
    assert entries(clinic, own) == [(verb, True, clinic.patient)]
    with pytest.raises(AccessRefused):
        act(stranger, clinic.patient)
    assert entries(clinic, stranger) == [(verb, False, clinic.patient)]


def test_each_step_of_a_letter_is_an_entry(clinic: Clinic) -> None:
    contact(clinic, address="Beukenlaan 10")
    tell(clinic, "link")
    worker = clinic.world.worker("registration-desk", clinic.id)
    desk = clinic.world.session(worker, face="desk", purpose="governance")
    (one,) = list_letters(desk, state="waiting")
    take_letters(desk, state="waiting", letters=None)
    post_letters(desk, letters=[one["id"]], day=datetime.now(BRUSSELS).date())
    # looked at; looked at again and written as printed; written as posted
    assert entries(clinic, desk) == [("print-letters", True, None)] * 4
    with pytest.raises(AccessRefused):
        list_letters(clinic.secret, state="waiting")
    assert entries(clinic, clinic.secret) == [("print-letters", False, None)]


def test_a_look_at_the_federal_feed_is_an_entry_that_names_nobody(clinic: Clinic) -> None:
    officer = clinic.world.worker("data-protection-officer", clinic.id)
    desk = clinic.world.session(officer, face="desk", purpose="governance")
    show_federal(desk)
    assert entries(clinic, desk) == [("desk-tasks", True, None)]
    with pytest.raises(AccessRefused):
        show_federal(clinic.secret)
    assert entries(clinic, clinic.secret) == [("desk-tasks", False, None)]
