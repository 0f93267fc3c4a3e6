"""Every decision of the patient, and every look at what could be decided, leaves an entry: permitted, refused, about nobody (LOG-1, LOG-2)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.decisions.conftest import Home
from unidossier.actions.answer_request import accept_request, refuse_request
from unidossier.actions.end_exclusion import end_exclusion
from unidossier.actions.exclude import exclude
from unidossier.actions.find_carer import find_carer
from unidossier.actions.give_mandate import Mandate, give_mandate
from unidossier.actions.grant_access import grant_access
from unidossier.actions.hold_back import hold_back
from unidossier.actions.list_accesses import list_one_access
from unidossier.actions.list_who_has_access import list_ended_access, list_who_has_access
from unidossier.actions.mark_internal import mark_internal
from unidossier.actions.preview_exclusion import preview_exclusion, preview_team
from unidossier.actions.refuse_outside import refuse_outside
from unidossier.actions.report_unknown import report_unknown
from unidossier.actions.withdraw_access import withdraw_access
from unidossier.actions.withdraw_mandate import withdraw_mandate
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.kernel.uuid7 import new_id

Act = Callable[[bytes, UUID, UUID], Any]  # secret, patient, the id of somebody or something


def _mandate() -> Mandate:
    now = datetime.now(UTC)
    return Mandate(
        kind="mandate",
        name="Els",
        number="85073003328",
        birth_date=date(1985, 7, 30),
        categories=EVERY_CATEGORY,
        decides=False,
        starts=now,
        until=now + timedelta(days=9),
    )


DECISIONS: dict[str, tuple[str, Act]] = {
    "exclude": ("exclude", lambda s, p, x: exclude(s, patient=p, person=x, absolute=False, exclusion=x)),
    "end_exclusion": ("end-exclusion", lambda s, p, x: end_exclusion(s, patient=p, exclusion=x)),
    "withdraw_access": ("withdraw-access", lambda s, p, x: withdraw_access(s, patient=p, holder=x)),
    "grant_access": (
        "grant-access",
        lambda s, p, x: grant_access(
            s, patient=p, employment=x, categories=EVERY_CATEGORY, until=days(9), relation=x
        ),
    ),
    "accept_request": (
        "answer-request",
        lambda s, p, x: accept_request(s, patient=p, request=x, categories=EVERY_CATEGORY, until=days(9)),
    ),
    "refuse_request": ("answer-request", lambda s, p, x: refuse_request(s, patient=p, request=x)),
    "give_mandate": ("give-mandate", lambda s, p, x: give_mandate(s, patient=p, mandate=_mandate(), id=x)),
    "withdraw_mandate": ("withdraw-mandate", lambda s, p, x: withdraw_mandate(s, patient=p, mandate=x)),
    "refuse_outside": ("refuse-outside", lambda s, p, x: refuse_outside(s, patient=p, refused=True)),
    "mark_internal": ("mark-internal", lambda s, p, x: mark_internal(s, patient=p, item=x, internal=True)),
    "report_unknown": ("report-unknown", lambda s, p, x: report_unknown(s, patient=p, entry=1, words="")),
}
LOOKS: dict[str, Act] = {
    "list_who_has_access": lambda s, p, x: list_who_has_access(s, patient=p),
    "list_ended_access": lambda s, p, x: list_ended_access(s, patient=p),
    "list_one_access": lambda s, p, x: list_one_access(s, patient=p, entry=1),
    "find_carer": lambda s, p, x: find_carer(s, patient=p, name="Doe"),
    "preview_exclusion": lambda s, p, x: preview_exclusion(s, patient=p, person=x),
    "preview_team": lambda s, p, x: preview_team(s, patient=p, team=x),
}


def entries(home: Home, secret: bytes) -> list[tuple[Any, ...]]:
    return home.world.run(
        """SELECT verb, permitted, rule, patient_id FROM log.entry WHERE verb <> 'sign-in'
        AND session_id = (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_an_entry_also_when_it_could_not_be_done(home: Home, name: str) -> None:
    verb, act = DECISIONS[name]
    with suppress(ActRefused):  # nobody has this id: the entry is there before
        act(home.own, home.patient, new_id())
    assert entries(home, home.own) == [(verb, True, "MY-4.own", home.patient)]


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_at_who_has_access_is_an_entry(home: Home, name: str) -> None:
    somebody = home.world.team(home.clinic.id) if name == "preview_team" else home.carer().person
    LOOKS[name](home.own, home.patient, somebody)
    assert entries(home, home.own) == [("who-looked", True, "MY-4.own", home.patient)]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_refused_decision_is_an_entry_and_so_is_one_about_nobody(home: Home, name: str) -> None:
    verb, act = DECISIONS[name]
    other = home.world.own_session(home.world.patient())
    for patient in (home.patient, new_id()):
        with pytest.raises(AccessRefused, match=r"ACD-1\.not-own"):
            act(other, patient, new_id())
    assert entries(home, other) == [
        (verb, False, "ACD-1.not-own", home.patient),
        (verb, False, "ACD-1.not-own", None),
    ]


@pytest.mark.parametrize("name", LOOKS)
def test_a_refused_look_is_an_entry_too(home: Home, name: str) -> None:
    other = home.world.own_session(home.world.patient())
    with pytest.raises(AccessRefused, match=r"ACD-1\.not-own"):
        LOOKS[name](other, home.patient, new_id())
    assert entries(home, other) == [("who-looked", False, "ACD-1.not-own", home.patient)]


def test_holding_back_is_an_entry_that_names_the_item(home: Home) -> None:
    item = home.world.item(home.patient, home.clinic.id)
    hold_back(home.clinic.secret, patient=home.patient, item=item, until=days(3), reason="told on Thursday")
    assert entries(home, home.clinic.secret) == [("hold-back", True, "ACD-2.work", home.patient)]
    stranger = home.world.session(home.carer(tied=False))
    with pytest.raises(AccessRefused):
        hold_back(stranger, patient=home.patient, item=item, until=days(3), reason="told on Thursday")
    assert entries(home, stranger) == [("hold-back", False, "ACD-1.none", home.patient)]
