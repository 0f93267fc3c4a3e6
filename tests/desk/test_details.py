"""My details: contact data at once, the mail address after a code, the general practitioner as a request (MY-12)."""

from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.desk.conftest import Desk
from tests.log.entries import entries_of
from unidossier.actions.ask_gp import ask_gp, refuse_gp, show_wished
from unidossier.actions.change_details import ask_email, change_details, confirm_email, show_details
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.register_rights import set_gp
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.registry.contact_code import code_of

OLD, NEW = "al.roe@post.example", "al@new.example"
SHOWN = {"language": "en", "address": "Dorp 1", "phone": "", "emergency": ""}


@pytest.fixture
def own(desk: Desk) -> bytes:
    """The patient at home, with an address and a mailbox."""
    desk.world.run(
        "UPDATE registry.patient SET language = 'en', contact = %s WHERE id = %s",
        Jsonb({"address": "Dorp 1", "email": OLD}),
        desk.patient,
    )
    desk.world.run(
        "INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", desk.patient, desk.clinic.id
    )
    return desk.world.own_session(desk.patient)


@pytest.fixture
def outbox(desk: Desk) -> Any:
    """The mails that left; what other tests left to send is out of the way."""
    from django.core import mail
    from django.test import override_settings

    desk.world.run("UPDATE notices.dispatch SET state = 'sent' WHERE state = 'waiting'")
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail.outbox


def contact(desk: Desk) -> dict[str, str]:
    ((told,),) = desk.world.run("SELECT contact FROM registry.patient WHERE id = %s", desk.patient)
    return told


def kinds(desk: Desk) -> list[str]:
    rows = desk.world.run(
        "SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at, id", desk.patient
    )
    return [kind for (kind,) in rows]


def asked(own: bytes, desk: Desk, email: str = NEW) -> UUID:
    change = new_id()
    assert ask_email(own, patient=desk.patient, change=change, email=email) == "asked"
    return change


def test_contact_data_change_at_once_and_stay_in_the_history(desk: Desk, own: bytes) -> None:  # MY-12
    wanted = SHOWN | {"address": "Stad 2", "language": "nl"}
    assert change_details(own, patient=desk.patient, shown=SHOWN, wanted=wanted) == 2
    told = show_details(own, patient=desk.patient)
    assert (told.patient["contact"]["address"], told.patient["language"]) == ("Stad 2", "nl")
    assert told.patient["contact"]["email"] == OLD
    changes = open_desk_file(desk.secret, patient=desk.patient).changes
    assert {(one["field"], one["was"], one["became"], one["reason"]) for one in changes} == {
        ("address", "Dorp 1", "Stad 2", "by-the-patient"),
        ("language", "en", "nl", "by-the-patient"),
    }
    assert kinds(desk) == ["details"]


@pytest.mark.parametrize(
    ("shown", "wanted", "code"),
    [
        ({}, {}, "nothing-changed"),
        ({"address": "Elsewhere"}, {"address": "Stad 2"}, "changed-meanwhile"),
        ({}, {"language": "la"}, "language-unknown"),
        ({}, {"address": "x" * 301}, "too-long"),
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(
    desk: Desk, own: bytes, shown: dict[str, str], wanted: dict[str, str], code: str
) -> None:
    with pytest.raises(ActRefused, match=code):
        change_details(own, patient=desk.patient, shown=SHOWN | shown, wanted=SHOWN | wanted)
    assert contact(desk)["address"] == "Dorp 1" and kinds(desk) == []


def test_a_new_address_counts_after_its_code_and_the_old_one_is_told(
    desk: Desk, own: bytes, outbox: Any
) -> None:  # MY-12
    from unidossier.jobs.contact_code import send_waiting_codes
    from unidossier.jobs.mail import send_waiting

    change = asked(own, desk)
    assert (send_waiting_codes(), send_waiting_codes()) == (1, 0)
    (sent,) = outbox
    code = code_of(change)
    assert sent.to == [NEW] and f"{code[:4]} {code[4:]}" in sent.body
    assert "Roe" not in sent.body and "http" not in sent.body  # the address may be a stranger's
    assert contact(desk)["email"] == OLD
    assert (
        confirm_email(own, patient=desk.patient, change=change, code=f"{code[:4]} {code[4:]}") == "confirmed"
    )
    assert (
        confirm_email(own, patient=desk.patient, change=change, code="00000000") == "confirmed"
    )  # once is for good
    assert contact(desk)["email"] == NEW and kinds(desk) == ["email"]
    outbox.clear()
    assert send_waiting() == 2
    assert {one.to[0] for one in outbox} == {OLD, NEW}
    assert not any(code in one.body or NEW in one.body for one in outbox)


def test_five_wrong_codes_are_the_end(desk: Desk, own: bytes) -> None:  # MY-12: limited tries
    change = asked(own, desk)
    right = code_of(change)
    wrong = "1" * 8 if right != "1" * 8 else "2" * 8
    answers = [confirm_email(own, patient=desk.patient, change=change, code=wrong) for _ in range(5)]
    assert answers == ["wrong"] * 4 + ["over"]
    assert confirm_email(own, patient=desk.patient, change=change, code=right) == "over"
    assert contact(desk)["email"] == OLD


def test_a_code_ends_after_a_day_and_with_the_next_address(desk: Desk, own: bytes) -> None:
    first = asked(own, desk)
    second = asked(own, desk, "al@other.example")
    assert confirm_email(own, patient=desk.patient, change=first, code=code_of(first)) == "over"
    desk.world.run("UPDATE registry.email_change SET ends_at = now() WHERE id = %s", second)
    assert confirm_email(own, patient=desk.patient, change=second, code=code_of(second)) == "over"
    assert show_details(own, patient=desk.patient).waiting["email_id"] is None
    assert contact(desk)["email"] == OLD


def test_a_code_of_one_patient_is_nothing_for_another(desk: Desk, own: bytes) -> None:
    change = asked(own, desk)
    other = desk.world.patient()
    stranger = desk.world.own_session(other)
    assert confirm_email(stranger, patient=other, change=change, code=code_of(change)) == "over"
    with pytest.raises(AccessRefused):
        confirm_email(stranger, patient=desk.patient, change=change, code=code_of(change))
    assert confirm_email(own, patient=desk.patient, change=change, code=code_of(change)) == "confirmed"


def test_an_address_can_be_taken_away_and_only_five_a_day_asked_for(
    desk: Desk, own: bytes, outbox: Any
) -> None:
    from unidossier.jobs.mail import send_waiting

    for fault, email in (("same-address", OLD.upper()), ("email-unfit", "al@nowhere")):
        with pytest.raises(ActRefused, match=fault):
            ask_email(own, patient=desk.patient, change=new_id(), email=email)
    for nth in range(5):
        asked(own, desk, f"al{nth}@new.example")
    with pytest.raises(ActRefused, match="too-many-addresses"):
        ask_email(own, patient=desk.patient, change=new_id(), email="al9@new.example")
    assert ask_email(own, patient=desk.patient, change=new_id(), email="") == "removed"
    assert contact(desk)["email"] == ""
    assert send_waiting() == 1 and outbox[0].to == [OLD]
    ways = desk.world.run("SELECT way FROM notices.dispatch WHERE patient_id = %s ORDER BY way", desk.patient)
    assert ways == [("letter",), ("mail",)]  # and by post from now on


def gp(desk: Desk) -> Any:
    return desk.world.worker("gp", desk.world.institution(network=False))


def task_of(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.world.run(
        "SELECT id, function, institution_id, state, outcome FROM cases.task WHERE patient_id = %s AND kind = 'gp-change' ORDER BY made_at",
        desk.patient,
    )


def test_a_wish_for_another_gp_waits_at_the_desk_and_is_settled_by_the_change(
    desk: Desk, own: bytes
) -> None:  # MY-12
    wished, made = gp(desk), new_id()
    assert ask_gp(own, patient=desk.patient, request=made, gp=wished.person) == ask_gp(
        own, patient=desk.patient, request=made, gp=wished.person
    )
    ((task, *told),) = task_of(desk)
    assert told == ["registration-desk", desk.clinic.id, "open", ""]
    assert show_details(own, patient=desk.patient).waiting["gp_asked"]
    with pytest.raises(AccessRefused):  # a wish opens nothing
        show_details(desk.world.session(wished, face="consult"), patient=desk.patient)
    with pytest.raises(ActRefused, match="asked-already"):
        ask_gp(own, patient=desk.patient, request=new_id(), gp=gp(desk).person)
    set_gp(desk.secret, patient=desk.patient, relation=new_id(), gp=wished.person)
    assert task_of(desk) == [(task, "registration-desk", desk.clinic.id, "done", "changed")]
    with pytest.raises(ActRefused, match="is-the-gp"):
        ask_gp(own, patient=desk.patient, request=new_id(), gp=wished.person)


def test_the_desk_refuses_with_words_that_the_patient_reads(desk: Desk, own: bytes) -> None:
    ask_gp(own, patient=desk.patient, request=new_id(), gp=gp(desk).person)
    ((task, *_),) = task_of(desk)
    with pytest.raises(ActRefused, match="text-missing"):
        refuse_gp(desk.secret, patient=desk.patient, task=task, words=" ")
    refuse_gp(desk.secret, patient=desk.patient, task=task, words="This practice takes nobody new.")
    assert task_of(desk)[0][3:] == ("done", "refused")
    assert desk.world.run(
        "SELECT kind, facts ->> 'text' FROM notices.notice WHERE patient_id = %s", desk.patient
    ) == [("answer", "This practice takes nobody new.")]
    with pytest.raises(ActRefused, match="done-already"):
        refuse_gp(desk.secret, patient=desk.patient, task=task, words="Again.")


def test_nobody_is_wished_who_is_no_gp_or_excluded(desk: Desk, own: bytes) -> None:
    shut = gp(desk)
    desk.world.exclude(desk.patient, shut.person)
    for person, code in ((desk.clinic.physician.person, "no-such-gp"), (shut.person, "excluded")):
        with pytest.raises(ActRefused, match=code):
            ask_gp(own, patient=desk.patient, request=new_id(), gp=person)
    assert task_of(desk) == []


def test_each_of_them_is_an_entry_and_so_is_its_refusal(desk: Desk, own: bytes) -> None:  # LOG-1
    wished, change = gp(desk).person, new_id()
    stranger = desk.world.own_session(desk.world.patient())
    acts = {
        "show_details": lambda s: show_details(s, patient=desk.patient),
        "change_details": lambda s: change_details(
            s, patient=desk.patient, shown=SHOWN, wanted=SHOWN | {"phone": "0470 00 00 00"}
        ),
        "ask_email": lambda s: ask_email(s, patient=desk.patient, change=change, email=NEW),
        "confirm_email": lambda s: confirm_email(s, patient=desk.patient, change=change, code="12345678"),
        "show_wished": lambda s: show_wished(s, patient=desk.patient, gp=wished),
        "ask_gp": lambda s: ask_gp(s, patient=desk.patient, request=change, gp=wished),
    }
    for act in acts.values():
        act(own)
        with pytest.raises(AccessRefused):
            act(stranger)
    verbs = ["who-looked", "change-details", "change-details", "change-details", "who-looked", "ask-gp"]
    assert [(one.verb, one.permitted, one.rule) for one in entries_of(desk.clinic, own)] == [
        (verb, True, "MY-4.own") for verb in verbs
    ]
    assert [(one.verb, one.permitted) for one in entries_of(desk.clinic, stranger)] == [
        (verb, False) for verb in verbs
    ]
    assert desk.world.run("SELECT count(*) FROM log.entry WHERE detail::text LIKE %s", f"%{NEW}%") == [(0,)]


def test_a_mandate_that_decides_nothing_changes_nothing(desk: Desk, own: bytes) -> None:  # REP-3, MY-12
    for kind, may in (("trusted", False), ("legal", True)):
        person = desk.world.person(professional=False)
        desk.world.represent(desk.patient, person, kind=kind)
        acting = desk.world.representative_session(person)
        if may:
            assert asked(acting, desk)
        else:
            with pytest.raises(AccessRefused, match=r"REP-3\.scope"):
                asked(acting, desk)
