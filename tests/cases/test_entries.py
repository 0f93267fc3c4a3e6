"""Every act of the ombuds service, the director and the officer is an entry, permitted and refused (LOG-1, LOG-2)."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from unidossier.actions.ask_institution import ask_institution, list_holding
from unidossier.actions.change_rights import decide_rights, list_proposals, preview_rights, propose_rights
from unidossier.actions.change_setting import change_setting
from unidossier.actions.designate_professional import designate_professional, show_relative_request
from unidossier.actions.gather_entries import (
    gather_entries,
    list_gathered,
    open_case_of_entries,
    take_out_entries,
)
from unidossier.actions.list_links import list_links
from unidossier.actions.list_tasks import TaskNotFound
from unidossier.actions.look_for_signals import judge_signal, list_signal_runs, look_for_signals
from unidossier.actions.make_overview import make_overview
from unidossier.actions.open_request import find_asked_about, open_request, record_objection, show_asked_about
from unidossier.actions.resolve_pseudonym import OverviewNotFound, find_overview, resolve_pseudonym
from unidossier.actions.review_access import review_access, show_review
from unidossier.actions.search_log import LogSearch, search_log
from unidossier.actions.settle_request import hand_over, settle_request
from unidossier.actions.work_on_case import close_case, export_case, open_case, show_case
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

Act = Callable[[House, bytes], Any]
CHANGE = [{"function": "dietician", "action": "read", "category": 13, "allow": True}]


def _review(house: House) -> Any:
    return house.task("glass-review", function="medical-director", person_id=house.clinic.physician.person)


def _case(house: House) -> Any:
    return house.task("case", function="medical-director", subject_id=new_id())


def _no_overview(secret: bytes) -> None:
    with suppress(OverviewNotFound):
        find_overview(secret, number=2**40)


# name of the verb -> the entry's verb, who may do it, the act. A business refusal (a task of another kind) is an entry all the same.
ACTS: dict[str, tuple[str, str, Act]] = {
    "find_asked_about": ("desk-find", "ombuds", lambda h, s: find_asked_about(s, name="roe")),
    "show_asked_about": ("desk-open", "ombuds", lambda h, s: show_asked_about(s, patient=h.patient)),
    "open_request": (
        "mediate",
        "ombuds",
        lambda h, s: open_request(s, patient=h.patient, task=new_id(), kind="other", facts={"text": "What?"}),
    ),
    "record_objection": (
        "mediate",
        "ombuds",
        lambda h, s: record_objection(s, patient=h.patient, objects=True),
    ),
    "settle_request": (
        "mediate",
        "ombuds",
        lambda h, s: settle_request(
            s, task=h.task("other", function="ombuds"), outcome="answered", words="Yes it is"
        ),
    ),
    "hand_over": (
        "mediate",
        "ombuds",
        lambda h, s: hand_over(
            s,
            function="ombuds",
            task=h.task("other", function="ombuds"),
            to="medical-director",
            words="Please",
        ),
    ),
    "make_overview": (
        "make-overview",
        "ombuds",
        lambda h, s: make_overview(s, patient=h.patient, overview=new_id(), task=None, since=days(-9)),
    ),
    "show_relative_request": ("mediate", "ombuds", lambda h, s: show_relative_request(s, patient=h.patient)),
    "designate_professional": (
        "mediate",
        "ombuds",
        lambda h, s: designate_professional(
            s,
            task=h.task("relative", function="ombuds"),
            representation=new_id(),
            professional=h.clinic.physician.person,
            opens=4,
            ends=days(9),
        ),
    ),
    "show_review": ("direct", "director", lambda h, s: show_review(s, task=_review(h))),
    "review_access": (
        "direct",
        "director",
        lambda h, s: review_access(s, task=_review(h), outcome="justified"),
    ),
    "show_case": ("direct", "director", lambda h, s: show_case(s, task=_case(h))),
    "open_case": (
        "direct",
        "director",
        lambda h, s: open_case(
            s, patient=h.patient, task=new_id(), person=None, words="Complaint by telephone"
        ),
    ),
    "search_log": (
        "search-log",
        "director",
        lambda h, s: search_log(s, search=LogSearch(since=days(-9), until=days(1)), why="spot-check"),
    ),
    "list_gathered": ("gather-entries", "director", lambda h, s: list_gathered(s, task=_case(h))),
    "gather_entries": (
        "gather-entries",
        "director",
        lambda h, s: gather_entries(s, task=_case(h), entries=[1], reason="Complaint"),
    ),
    "take_out_entries": (
        "gather-entries",
        "director",
        lambda h, s: take_out_entries(s, task=_case(h), entries=[1], reason="A mistake"),
    ),
    "open_case_of_entries": (
        "gather-entries",
        "director",
        lambda h, s: open_case_of_entries(
            s, task=new_id(), entries=[1], patient=None, words="Complaint by telephone"
        ),
    ),
    "resolve_pseudonym": (
        "resolve-pseudonym",
        "ombuds",
        lambda h, s: resolve_pseudonym(
            s, patient=h.patient, code="AAAAA", reason="The patient asks who it is", overview=1
        ),
    ),
    "find_overview": ("desk-find", "ombuds", lambda h, s: _no_overview(s)),
    "close_case": (
        "direct",
        "director",
        lambda h, s: close_case(s, task=_case(h), outcome="warned", words="Warned in writing"),
    ),
    "export_case": ("direct", "director", lambda h, s: export_case(s, task=_case(h))),
    "list_links": ("direct", "director", lambda h, s: list_links(s, patient=h.patient)),
    "change_setting": (
        "protect",
        "officer",
        lambda h, s: change_setting(s, name="sms", value="on", expected="off", reason="Decided in May"),
    ),
    "preview_rights": ("protect", "officer", lambda h, s: preview_rights(s, changes=CHANGE)),
    "propose_rights": (
        "protect",
        "officer",
        lambda h, s: propose_rights(
            s, proposal=new_id(), base=1, changes=CHANGE, from_at=days(900), reason="Too far away"
        ),
    ),
    "list_proposals": ("protect", "officer", lambda h, s: list_proposals(s)),
    "decide_rights": (
        "protect",
        "officer",
        lambda h, s: decide_rights(s, proposal=new_id(), decision="confirmed"),
    ),
    "look_for_signals": (
        "protect",
        "officer",
        lambda h, s: look_for_signals(s, since=days(-1), until=days(0)),
    ),
    "list_signal_runs": ("protect", "officer", lambda h, s: list_signal_runs(s)),
    "judge_signal": (
        "protect",
        "officer",
        lambda h, s: judge_signal(
            s,
            task=h.task("signal", function="data-protection-officer"),
            outcome="explained",
            words="Asked the ward",
        ),
    ),
}
OF_THE_PATIENT: dict[str, tuple[str, Act]] = {
    "list_holding": ("who-looked", lambda h, s: list_holding(s, patient=h.patient)),
    "ask_institution": (
        "ask-institution",
        lambda h, s: ask_institution(
            s, patient=h.patient, task=new_id(), institution=h.clinic.id, kind="overview", words=""
        ),
    ),
}


def _entries(house: House, secret: bytes) -> list[tuple[str, bool]]:
    return house.world.run(
        """SELECT verb, permitted FROM log.entry WHERE verb <> 'sign-in' AND session_id =
        (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )


@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_the_desk_is_an_entry(house: House, name: str) -> None:
    verb, who, act = ACTS[name]
    secret = getattr(house, who)
    with suppress(ActRefused):
        act(house, secret)
    assert (verb, True) in _entries(house, secret)


@pytest.mark.parametrize("name", ACTS)
def test_a_carer_is_refused_and_that_is_an_entry(house: House, name: str) -> None:
    verb, _who, act = ACTS[name]
    with pytest.raises((AccessRefused, TaskNotFound)):
        act(house, house.clinic.secret)
    entries = _entries(house, house.clinic.secret)
    assert entries and {permitted for _, permitted in entries} == {False}
    assert {told for told, _ in entries} <= {verb, "desk-tasks"}


@pytest.mark.parametrize("name", OF_THE_PATIENT)
def test_an_act_of_the_patient_is_an_entry(house: House, name: str) -> None:
    verb, act = OF_THE_PATIENT[name]
    house.world.item(house.patient, house.clinic.id)
    own = house.world.own_session(house.patient)
    act(house, own)
    assert _entries(house, own) == [(verb, True)]
    stranger = house.world.own_session(house.world.patient())
    with pytest.raises(AccessRefused):
        act(house, stranger)
    assert _entries(house, stranger) == [(verb, False)]
