"""The one-click sign-in exists on a database with the mark, in a process with the flag, and nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.gate.server import Dsns
from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import Browser

CAST: list["Told"] = []


@dataclass(frozen=True)
class Told:
    """One line of a cast, in the shape of demo.cast.accounts."""

    username: str
    function: str = "nurse"
    face: str = "ward"
    main: bool = True
    hint: dict[str, str] = field(
        default_factory=lambda: {language: "Look about." for language in ("fr", "nl", "de", "en")}
    )


def cast() -> tuple[Told, ...]:
    """The cast of these tests."""
    return tuple(CAST)


@pytest.fixture
def member(people: People) -> Iterator[str]:
    """A nurse of the cast, without password."""
    who = people.nurse(password=None, with_code=False)
    CAST.append(Told(username=who.username))
    yield who.username
    CAST.clear()


@pytest.fixture
def mark(dsns: Dsns, world: World) -> Iterator[None]:
    """The database carries the mark."""
    from unidossier.signin.demo_entry import set_demo_mark

    set_demo_mark(dsns.migrate)
    yield
    world.run("DROP TABLE public.demo_mark")


def settings(*, flag: bool) -> Any:
    """Give the settings of a process with or without the flag."""
    from django.test import override_settings

    return override_settings(DEMO_FLAG=flag, DEMO_CAST="tests.signin.test_demo.cast")


def test_with_flag_and_mark_one_click_goes_in(
    browser: Browser, member: str, mark: None, world: World
) -> None:
    with settings(flag=True):
        page = browser.get("/sign-in").content.decode()
        assert member in page and "Look about." in page
        assert browser.post("/reached/demo", username=member)["Location"] == "/ward/"
        assert browser.get("/ward/").json()["function"] == "nurse"


@pytest.mark.parametrize("flag", [False, True])
def test_without_the_mark_there_is_no_cast_and_no_way(flag: bool, browser: Browser, member: str) -> None:
    with settings(flag=flag):
        assert member not in browser.get("/sign-in").content.decode()
        assert browser.post("/reached/demo", username=member).status_code == 404
        assert browser.post("/reached/again").status_code == 404
        assert browser.get("/ward/").status_code == 302


def test_without_the_flag_there_is_no_cast_and_no_way(browser: Browser, member: str, mark: None) -> None:
    with settings(flag=False):
        assert member not in browser.get("/sign-in").content.decode()
        assert browser.post("/reached/demo", username=member).status_code == 404
        assert browser.get("/ward/").status_code == 302


def test_without_the_flag_the_route_does_not_even_exist(browser: Browser, mark: None) -> None:
    assert browser.post("/sign-in/demo", username="anybody").status_code == 404
    import unidossier.signin.urls

    assert all("demo" not in str(one.pattern) for one in unidossier.signin.urls.urlpatterns)


def test_only_the_cast_is_let_in(browser: Browser, people: People, member: str, mark: None) -> None:
    stranger = people.nurse()
    with settings(flag=True):
        assert browser.post("/reached/demo", username=stranger.username).status_code == 404
        assert browser.get("/ward/").status_code == 302


def test_a_session_of_the_demonstration_is_weak_once_the_flag_is_gone(
    browser: Browser, member: str, mark: None
) -> None:
    with settings(flag=True):
        browser.post("/reached/demo", username=member)
    with settings(flag=False):
        assert browser.get("/places")["Location"] == "/sign-in/second-factor"


def test_the_application_cannot_make_the_mark(world: World, django: None) -> None:
    import psycopg

    with psycopg.connect(world.dsns.app) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.demo_mark (at timestamptz)")
        connection.rollback()


def test_nor_write_in_it(world: World, mark: None) -> None:
    import psycopg

    with psycopg.connect(world.dsns.app) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO public.demo_mark VALUES (now())")
        connection.rollback()


def test_tokens_are_for_the_demonstration(member: str, mark: None, world: World) -> None:
    from unidossier.signin.tokens import AccountUnknown, NotADemonstration, issue

    with settings(flag=False), pytest.raises(NotADemonstration):
        issue(member)
    with settings(flag=True):
        token = issue(member)
        with pytest.raises(AccountUnknown):
            issue("nobody.here")
    rows = world.run(
        "SELECT face, function FROM gate.session WHERE secret_hash = sha256(%s)", bytes.fromhex(token)
    )
    assert rows == [("api", "nurse")]


def test_a_figure_whose_place_is_gone_is_not_offered(
    browser: Browser, member: str, mark: None, world: World
) -> None:
    world.run(
        "UPDATE registry.employment SET until_at = now() WHERE person_id = (SELECT person_id FROM public.account WHERE username = %s)",
        member,
    )
    with settings(flag=True):
        assert member not in browser.get("/sign-in").content.decode()
        assert browser.post("/reached/demo", username=member).status_code == 404


def test_the_visitor_keeps_the_language_he_reads(browser: Browser, member: str, mark: None) -> None:
    with settings(flag=True):
        browser.post("/reached/demo", username=member)
        assert '<html lang="fr"' in browser.get("/places", headers={"Accept-Language": "fr"}).content.decode()
