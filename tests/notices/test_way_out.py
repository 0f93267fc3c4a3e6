"""Where mail goes: a server by its address, or the folder of the demonstration, whose mailbox exists there alone."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gate.server import Dsns
from tests.gate.world import World

HOME = Path("/somewhere")


@pytest.fixture
def settings_of(product: None) -> Any:
    """`settings_of(EMAIL_URL=...)` gives the settings of a real installation."""
    from unidossier.config.mail import mail_settings

    return lambda demo=False, **environment: mail_settings(environment, demo=demo, home=HOME)


@pytest.mark.parametrize(
    ("address", "host", "port", "tls", "ssl"),
    [
        ("smtp://me:s%40crt@mail.example:2525", "mail.example", 2525, True, False),
        ("smtp://mail.example", "mail.example", 587, True, False),
        ("smtps://mail.example", "mail.example", 465, False, True),
        ("smtp+plain://localhost", "localhost", 25, False, False),
    ],
)
def test_a_server_is_told_by_its_address(settings_of, address, host, port, tls, ssl) -> None:
    told = settings_of(EMAIL_URL=address)
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"], told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (
        host,
        port,
        tls,
        ssl,
    )
    assert told["EMAIL_HOST_PASSWORD"] == ("s@crt" if "@crt" in address or "%40" in address else "")


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://"])
def test_an_address_that_is_none_is_refused_at_the_start(settings_of, address) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like"):
        settings_of(EMAIL_URL=address)


def test_the_demonstration_sends_nothing_whatever_server_is_named(settings_of) -> None:
    told = settings_of(demo=True, EMAIL_URL="smtp://mail.example")
    assert told["EMAIL_BACKEND"].endswith("FolderBackend") and "EMAIL_HOST" not in told


@pytest.fixture
def folder(product: None, tmp_path: Path) -> Iterator[Path]:
    """The folder in which mails are kept."""
    from django.test import override_settings

    from unidossier.config.mail import FOLDER_BACKEND

    with override_settings(EMAIL_BACKEND=FOLDER_BACKEND, MAIL_FOLDER=tmp_path / "mail"):
        yield tmp_path / "mail"


def _send(to: str, subject: str) -> None:
    from django.core.mail import EmailMessage

    EmailMessage(
        subject, "Hello\n\nLook: http://localhost/my/messages/\n", to=[to], headers={"Content-Language": "fr"}
    ).send()


def test_kept_mails_are_for_the_owner_alone_and_come_newest_first(folder: Path) -> None:
    from unidossier.demo.mailbox.letters_in import kept

    for to, subject in (("a@post.example", "One"), ("b@post.example", "Deux é"), ("a@post.example", "Three")):
        _send(to, subject)
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    mails, count = kept(folder)
    assert [one.subject for one in mails] == ["Three", "Deux é", "One"]
    assert count == {"a@post.example": 2, "b@post.example": 1}
    (one,) = kept(folder, to="b@post.example")[0]
    assert (one.link, one.language, one.at.tzinfo is not None) == (
        "http://localhost/my/messages/",
        "fr",
        True,
    )


def test_the_newest_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unidossier.config import mail_folder
    from unidossier.demo.mailbox.letters_in import kept

    monkeypatch.setattr(mail_folder, "KEPT", 2)
    for subject in ("One", "Two", "Three"):
        _send("a@post.example", subject)
    assert [one.subject for one in kept(folder)[0]] == ["Three", "Two"]


@pytest.fixture
def mark(dsns: Dsns, world: World) -> Iterator[None]:
    """The database carries the mark of the demonstration."""
    from unidossier.signin.demo_entry import set_demo_mark

    set_demo_mark(dsns.migrate)
    yield
    world.run("DROP TABLE public.demo_mark")


PAGES = ("mailbox", "page", "exclude", "end", "mood", "take_over_now")


def _open(name: str) -> bool:
    from django.contrib.messages import MessageFailure
    from django.http import Http404
    from django.template import TemplateDoesNotExist
    from django.test import RequestFactory
    from django.urls import NoReverseMatch

    from unidossier.demo.federal import views as federal
    from unidossier.demo.mailbox import views as mailbox

    view = mailbox.mailbox if name == "mailbox" else getattr(federal, name)
    make = RequestFactory().get if name in ("mailbox", "page") else RequestFactory().post
    try:
        view(make("/"))
    except Http404:
        return False
    except (
        MessageFailure,
        NoReverseMatch,
        TemplateDoesNotExist,
    ):  # past both locks: the demo's addresses and templates are not here
        return True
    return True


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_the_demonstration_have_two_locks(
    product: None, mark: None, world: World, name: str
) -> None:
    from django.test import override_settings
    from django.urls import get_resolver

    # the addresses of a real installation, whoever asks for them first: the flag is read as they are loaded
    assert get_resolver().url_patterns
    with override_settings(DEMO_FLAG=True):
        assert _open(name)
    with override_settings(DEMO_FLAG=False):
        assert not _open(name)
    world.run("DELETE FROM public.demo_mark")
    with override_settings(DEMO_FLAG=True):
        assert not _open(name)


def test_without_the_flag_their_addresses_do_not_even_exist(product: None) -> None:
    from django.test import override_settings

    import unidossier.config.urls as addresses

    def routes(*, flag: bool) -> set[str]:
        with override_settings(DEMO_FLAG=flag):
            return {str(one.pattern) for one in importlib.reload(addresses).urlpatterns}

    assert routes(flag=True) - routes(flag=False) == {"mailbox/", "federal/", "apps/"}
