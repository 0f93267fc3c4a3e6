"""The sign-in page, its limits, its headers, its choices; nothing tells whether an account exists."""

import re

import pytest

from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import PASSWORD, Browser


def said(answer: object) -> str:
    """Return the page without what differs at each view: tokens, and the user name typed."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    page = re.sub(r"[A-Za-z0-9]{64}", "", page)
    return re.sub(r'value="[^"]*"', "", page)


def test_a_wrong_password_and_an_unknown_name_say_the_same(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    wrong = browser.post("/sign-in", login=nurse.username, password="not the password")
    unknown = browser.post("/sign-in", login="nobody.here", password="not the password")
    assert wrong.status_code == unknown.status_code == 200
    assert said(wrong) == said(unknown)
    assert "error" in said(wrong)


def test_guessing_is_stopped_even_for_the_right_password(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    for _ in range(5):
        assert browser.post("/sign-in", login=nurse.username, password="guess").status_code == 200
    assert browser.post("/sign-in", login=nurse.username, password=PASSWORD).status_code == 200
    assert browser.get("/sign-in/code").status_code == 302, "the password was not even looked at"


def test_the_user_name_may_be_typed_in_capitals(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    assert (
        browser.post("/sign-in", login=nurse.username.upper(), password=PASSWORD)["Location"]
        == "/sign-in/code"
    )


def test_a_form_from_elsewhere_is_not_accepted(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    answer = browser.client.post("/sign-in", {"login": nurse.username, "password": PASSWORD})
    assert answer.status_code == 403
    assert b"not accepted" in answer.content


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/sign-up", "/accounts/password/reset/", "/admin/", "/accounts/login/"]
)
def test_no_other_door_exists(path: str, browser: Browser) -> None:
    assert browser.get(path).status_code == 404


def test_every_answer_has_the_headers(browser: Browser, people: People) -> None:
    browser.go_in(people.nurse())
    for path in ("/sign-in", "/ward/", "/nothing-here", "/ward/fail/unreadable"):
        answer = browser.get(path)
        assert answer["Cache-Control"] == "no-store, private", path
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer["Content-Security-Policy"].split(";")
            if part.strip()
        )
        assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert "unsafe" not in answer["Content-Security-Policy"]


def test_an_answer_with_a_policy_of_its_own_keeps_it(portals: None) -> None:
    # a file that is shown is closed tighter than a page
    from django.http import HttpResponse
    from django.test import RequestFactory

    from unidossier.config.headers import Headers

    own = {"Content-Security-Policy": "sandbox"}
    for brought, expected in ((own, "sandbox"), ({}, "default-src 'self'")):
        answer = Headers(lambda request, brought=brought: HttpResponse(headers=brought))(
            RequestFactory().get("/")
        )
        assert expected in answer["Content-Security-Policy"].split("; ")


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Browser, people: People) -> None:
    browser.go_in(people.nurse())
    for name in ("unidossier", "csrf"):
        cookie = browser.client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert browser.client.cookies["unidossier"]["expires"] == "", "ends with the browser"


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_language_follows_the_browser_then_the_choice(language: str, browser: Browser) -> None:
    asked = browser.get("/sign-in", headers={"Accept-Language": f"{language}-BE,xx;q=0.1"})
    assert f'<html lang="{language}"' in asked.content.decode()
    browser.post("/preferences", language=language, next="/sign-in")
    chosen = browser.get("/sign-in", headers={"Accept-Language": "fr" if language != "fr" else "nl"})
    assert f'<html lang="{language}"' in chosen.content.decode()


def test_choices_are_kept_on_the_account_of_who_is_signed_in(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    assert (
        browser.post("/preferences", theme="dark", density="reading", language="de", next="/ward/")[
            "Location"
        ]
        == "/ward/"
    )
    rows = world.run(
        "SELECT theme, density, language FROM public.account WHERE username = %s", nurse.username
    )
    assert rows == [("dark", "reading", "de")]


def test_an_account_brings_its_language_to_a_browser_without_a_choice(
    browser: Browser, other_browser: Browser, people: People
) -> None:
    nurse = people.nurse(language="nl")
    browser.go_in(nurse)
    assert browser.client.cookies["language"].value == "nl"
    other_browser.post("/preferences", language="de", next="/")
    other_browser.sign_in(nurse)
    assert other_browser.client.cookies["language"].value == "de"


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"language": "xx"}, {"density": "<b>"}, {}])
def test_no_other_choice_is_kept(wrong: dict[str, str], browser: Browser) -> None:
    answer = browser.post("/preferences", next="/", **wrong)
    assert answer.status_code == 400
    assert not {"theme", "language", "density"} & set(browser.client.cookies)
