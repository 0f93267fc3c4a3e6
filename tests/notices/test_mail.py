"""Mails leave once, a second time after a crash, never never; after ten tries a letter goes (BTG-4, CON-8)."""

from typing import Any

import psycopg
import pytest

from tests.actions.clinic import Clinic
from tests.notices.conftest import contact, tell, ways
from unidossier.signin.claims import ClaimsRefused, tell_gate

TAKE = {"what": "take-mail", "size": 20}


def take() -> list[dict[str, Any]]:
    taken: list[dict[str, Any]] = tell_gate("notices.take_mail", TAKE)
    return taken


def mark(one: dict[str, Any], fault: str | None = None) -> str:
    said: str = tell_gate(
        "notices.mark_mail", {"what": "mark-mail", "patient": one["patient"], "id": one["id"], "fault": fault}
    )
    return said


def lease_is_over(clinic: Clinic) -> None:
    clinic.world.run("UPDATE notices.dispatch SET next_at = now() WHERE patient_id = %s", clinic.patient)


@pytest.fixture
def outbox(product: None) -> Any:
    """The mails that left."""
    from django.core import mail
    from django.test import override_settings

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail.outbox


def test_a_mail_leaves_once(clinic, outbox) -> None:
    from unidossier.jobs.mail import send_waiting

    notice = tell(clinic, who="Jo Doe")
    assert (send_waiting(), send_waiting()) == (1, 0)
    (sent,) = outbox
    assert sent.to == ["al.roe@post.example"] and "Jo Doe" not in sent.body and "/my/messages/" in sent.body
    assert ways(clinic, notice) == {"mail": "sent"}


def test_a_worker_that_died_before_saying_so_sends_a_second_time_with_the_same_id(clinic, outbox) -> None:
    from unidossier.jobs.mail import _try, send_waiting

    tell(clinic)
    (taken,) = take()
    assert _try(taken) is None  # sent, and dead before it is marked
    assert send_waiting() == 0, "the lease holds"
    lease_is_over(clinic)
    assert send_waiting() == 1
    assert len({one.extra_headers["Message-ID"] for one in outbox}) == 1 and len(outbox) == 2


def test_two_workers_never_take_the_same(clinic, dsns) -> None:
    tell(clinic)
    with psycopg.connect(dsns.root) as other:
        other.execute("SELECT FROM notices.dispatch WHERE patient_id = %s FOR UPDATE", (clinic.patient,))
        assert take() == []  # passed over, not waited for
    assert len(take()) == 1


def test_a_mail_that_fails_waits_longer_each_time_and_becomes_a_letter(clinic) -> None:
    notice = tell(clinic)
    waits = []
    for _ in range(9):
        lease_is_over(clinic)
        (taken,) = take()
        assert mark(taken, "SMTPServerDisconnected") == "waiting"
        ((wait,),) = clinic.world.run(
            "SELECT round(extract(epoch FROM next_at - now()) / 60) FROM notices.dispatch WHERE notice_id = %s",
            notice,
        )
        waits.append(int(wait))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    lease_is_over(clinic)
    (taken,) = take()
    assert mark(taken, "SMTPServerDisconnected") == "failed"
    assert ways(clinic, notice) == {"mail": "failed", "letter": "waiting"}
    assert mark(taken) == "failed", "what was given up is not sent any more"


def test_a_worker_that_dies_each_time_ends_in_a_letter_too(clinic) -> None:
    notice = tell(clinic)
    for _ in range(10):
        lease_is_over(clinic)
        assert len(take()) == 1
    lease_is_over(clinic)
    assert take() == []
    assert ways(clinic, notice) == {"mail": "failed", "letter": "waiting"}


def test_an_address_that_is_gone_meanwhile_becomes_a_letter(clinic) -> None:
    notice = tell(clinic)
    contact(clinic, address="Beukenlaan 10")
    assert take() == []
    assert ways(clinic, notice) == {"mail": "failed", "letter": "waiting"}


def test_the_dead_get_no_mail(clinic) -> None:
    notice = tell(clinic)
    clinic.world.run("UPDATE registry.patient SET deceased_at = now() WHERE id = %s", clinic.patient)
    assert take() == []
    assert ways(clinic, notice) == {"mail": "failed"}


def test_a_broken_address_fails_and_harms_no_other(clinic, outbox) -> None:
    from unidossier.jobs.mail import send_waiting

    contact(clinic, email="a@b.example\nBcc: all@b.example")
    broken = tell(clinic)
    other = clinic.world.patient()
    clinic.world.run(
        'UPDATE registry.patient SET contact = \'{"email": "ok@post.example"}\' WHERE id = %s', other
    )
    sound = tell(clinic, patient=other)
    assert send_waiting() == 1
    assert ways(clinic, broken) == {"mail": "waiting"} and ways(clinic, sound) == {"mail": "sent"}


@pytest.mark.parametrize(
    "claims", [{"what": "mark-mail", "size": 20}, {"size": 20}, {"what": "take-letters"}]
)
def test_only_the_worker_s_own_word_takes_mails(clinic, claims) -> None:
    tell(clinic)
    with pytest.raises(ClaimsRefused):
        tell_gate("notices.take_mail", claims)
    assert len(take()) == 1


def test_sql_slipped_into_the_application_takes_no_addresses(clinic, dsns) -> None:
    tell(clinic)
    with psycopg.connect(dsns.app, autocommit=True) as slipped, pytest.raises(psycopg.Error) as refused:
        slipped.execute(
            "SELECT notices.take_mail(%s, %s)", ('{"what": "take-mail", "size": 20, "at": 1}', bytes(32))
        )
    assert refused.value.sqlstate == "UD004"
