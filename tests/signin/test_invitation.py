"""From the director's yes to the first sign-in: the mail, the link that works once, the password, the second factor (CON-2, ALL-3)."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.actions.consult_people import Director
from tests.actions.test_accounts import apply, task_of
from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import PASSWORD, Browser

LINK = re.compile(r"http://localhost(/welcome/\S+)")


@pytest.fixture(autouse=True)
def addresses(portals: None) -> Iterator[None]:
    """The addresses of the product, and mails that stay in this process."""
    from django.test import override_settings

    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(ROOT_URLCONF="unidossier.config.urls", EMAIL_BACKEND=backend):
        yield


@pytest.fixture
def outbox() -> list[Any]:
    """The mails of this process."""
    from django.core import mail

    mail.outbox = []
    return mail.outbox


def judged(world: World, *, accepted: bool, **changes: Any) -> None:
    """Let somebody apply and a director decide, and the worker tell him."""
    from unidossier.actions.validate_account import validate_account
    from unidossier.jobs.invitations import tell_applicants

    director = Director.make(world)
    task = task_of(world, apply(director.worker.institution, **changes))
    assert task
    validate_account(
        director.secret, task=task, accepted=accepted, reason="" if accepted else "the visa is missing"
    )
    assert tell_applicants() >= 1
    assert tell_applicants() == 0  # nobody is told twice


def test_an_invitation_leads_to_a_password_then_to_a_second_factor(
    people: People, world: World, browser: Browser, outbox: list[Any]
) -> None:
    judged(world, accepted=True, email="noor.new@debrug.example", language="fr")
    (mail,) = [one for one in outbox if one.to == ["noor.new@debrug.example"]]
    assert "Votre compte pour Consult" in mail.subject
    (way,) = LINK.findall(mail.body)
    assert browser.get(way).status_code == 200
    assert browser.post(way, password="short").status_code == 200  # refused: the form again
    assert browser.post(way, password=PASSWORD)["Location"] == "/sign-in"
    answer = browser.post("/sign-in", login="noor.new@debrug.example", password=PASSWORD)
    # a password alone opens nothing: the first sign-in asks to set up a second factor
    assert (answer.status_code, browser.get("/places")["Location"]) == (302, "/sign-in/second-factor")


def test_the_link_works_once_and_dies_after_seven_days(
    people: People, world: World, browser: Browser, other_browser: Browser, outbox: list[Any]
) -> None:
    import time_machine

    judged(world, accepted=True, email="once@debrug.example")
    (way,) = LINK.findall(outbox[-1].body)
    with time_machine.travel(6 * 24 * 3600 + time.time()):
        assert browser.get(way).status_code == 200
    with time_machine.travel(8 * 24 * 3600 + time.time()):
        assert browser.get(way).status_code == 404
    assert browser.post(way, password=PASSWORD).status_code == 302
    assert other_browser.get(way).status_code == 404
    assert other_browser.post(way, password="another plain sentence of an enemy").status_code == 404
    assert browser.post("/sign-in", login="once@debrug.example", password=PASSWORD).status_code == 302


@pytest.mark.parametrize("way", ["/welcome/1/x", "/welcome/zzzzzzzzzzzzzzzzz/abc-def", "/welcome/-1/abc-def"])
def test_a_made_up_link_opens_nothing(people: People, browser: Browser, way: str) -> None:
    assert browser.get(way).status_code == 404


def test_two_applicants_with_one_address_get_two_accounts(
    people: People, world: World, outbox: list[Any]
) -> None:
    from unidossier.signin.models import Account

    for _ in range(2):
        judged(world, accepted=True, email="twin@debrug.example")
    assert sorted(
        Account.objects.filter(username__startswith="twin@").values_list("username", flat=True)
    ) == [
        "twin@debrug.example",
        "twin@debrug.example-2",
    ]


def test_a_refusal_says_why_and_makes_no_account(people: People, world: World, outbox: list[Any]) -> None:
    from unidossier.signin.models import Account

    judged(world, accepted=False, email="refused@debrug.example")
    assert "the visa is missing" in outbox[-1].body
    assert not LINK.search(outbox[-1].body)
    assert not Account.objects.filter(username="refused@debrug.example").exists()


def test_a_mail_that_cannot_leave_is_sent_later(people: People, world: World, outbox: list[Any]) -> None:
    from django.test import override_settings

    from unidossier.actions.validate_account import validate_account
    from unidossier.jobs.invitations import tell_applicants

    director = Director.make(world)
    task = task_of(world, apply(director.worker.institution, email="later@debrug.example"))
    assert task
    validate_account(director.secret, task=task, accepted=True, reason="")
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=1,
        EMAIL_TIMEOUT=1,
    ):
        assert tell_applicants() == 0
    assert tell_applicants() == 0  # leased: not before ten minutes
    world.run("UPDATE registry.applicant SET next_at = now() WHERE email = 'later@debrug.example'")
    assert tell_applicants() == 1
    assert [one.to for one in outbox] == [["later@debrug.example"]]
