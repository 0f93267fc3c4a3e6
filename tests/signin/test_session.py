"""The session of the browser: T23, T31; the gate's own end is tests/gate's."""

import time

import time_machine

from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import HTMX, Browser


def test_a_cookie_given_beforehand_is_never_the_session(browser: Browser, people: People) -> None:
    browser.client.cookies["unidossier"] = "a" * 32
    browser.go_in(people.nurse())
    assert browser.cookie and browser.cookie != "a" * 32


def test_the_cookie_changes_at_the_sign_in_and_the_old_one_is_dead(
    browser: Browser, other_browser: Browser, people: People
) -> None:
    nurse = people.nurse()
    browser.sign_in(nurse)
    before = browser.cookie
    browser.post("/places", place=str(_employment(nurse)), purpose="care")
    assert browser.cookie != before
    other_browser.client.cookies["unidossier"] = before
    assert other_browser.get("/ward/")["Location"].startswith("/sign-in")


def test_whoever_reads_the_table_of_sessions_has_none(browser: Browser, people: People, world: World) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    secret = browser.get("/ward/").json()["secret"]
    rows = world.run("SELECT session_key, session_data FROM public.django_session")
    assert rows
    text = " ".join(name + data for name, data in rows)
    assert browser.cookie not in text
    assert secret not in text and nurse.username not in text


def test_a_session_moved_under_another_cookie_does_not_open(
    browser: Browser, other_browser: Browser, people: People, world: World
) -> None:
    from unidossier.signin.session_store import _name

    browser.go_in(people.nurse())
    other_browser.go_in(people.patient())
    world.run(
        "UPDATE public.django_session SET session_data = (SELECT session_data FROM public.django_session WHERE session_key = %s) WHERE session_key = %s",
        _name(browser.cookie),
        _name(other_browser.cookie),
    )
    assert browser.get("/ward/").status_code == 200
    assert other_browser.get("/ward/")["Location"].startswith("/sign-in")


def test_signing_out_ends_both_sessions_and_clears_the_browser(
    browser: Browser, other_browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    cookie = browser.cookie
    answer = browser.post("/sign-out")
    assert '"cache"' in answer["Clear-Site-Data"]
    other_browser.client.cookies["unidossier"] = cookie
    assert other_browser.get("/ward/")["Location"].startswith("/sign-in")
    assert world.run("SELECT ended_at IS NOT NULL FROM gate.session WHERE person_id = %s", nurse.person) == [
        (True,)
    ]
    assert world.run("SELECT verb FROM log.entry WHERE person_id = %s ORDER BY id", nurse.person) == [
        ("sign-in",),
        ("sign-out",),
    ]


def test_a_link_cannot_sign_out(browser: Browser, people: People) -> None:
    browser.go_in(people.nurse())
    assert browser.get("/sign-out").status_code == 405
    assert browser.get("/ward/").status_code == 200


def test_a_quarter_of_an_hour_without_a_gesture_ends_the_session(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    with time_machine.travel(time.time() + 14 * 60, tick=False):
        assert browser.get("/ward/").status_code == 200
    with time_machine.travel(time.time() + 28 * 60, tick=False):
        assert browser.get("/ward/").status_code == 200, "the gesture at 14 minutes counts"
    with time_machine.travel(time.time() + 44 * 60, tick=False):
        assert browser.get("/ward/")["Location"].startswith("/sign-in")
    assert world.run("SELECT ended_at IS NOT NULL FROM gate.session WHERE person_id = %s", nurse.person) == [
        (True,)
    ]


def test_ten_hours_end_the_session_whatever_is_done(browser: Browser, people: People) -> None:
    browser.go_in(people.nurse())
    start = time.time()
    for minutes in range(10, 600, 10):
        with time_machine.travel(start + minutes * 60, tick=False):
            assert browser.get("/ward/").status_code == 200, minutes
    with time_machine.travel(start + 600 * 60 + 5, tick=False):
        assert browser.get("/ward/").status_code == 302


def test_a_page_of_a_face_leads_to_the_sign_in_and_back(browser: Browser, people: People) -> None:
    assert browser.get("/ward/?q=1")["Location"] == "/sign-in?next=%2Fward%2F%3Fq%3D1"
    nurse = people.nurse()
    browser.sign_in(nurse)
    page = browser.get("/places?next=/ward/fail/refused").content.decode()
    assert 'name="next" value="/ward/fail/refused"' in page
    answer = browser.post("/places", place=str(_employment(nurse)), purpose="care", next="/ward/fail/refused")
    assert answer["Location"] == "/ward/fail/refused"


def test_no_way_leads_to_another_site(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    browser.sign_in(nurse)
    for foreign in ("https://evil.example/ward/", "//evil.example", "/\\evil.example"):
        answer = browser.post("/places", place=str(_employment(nurse)), purpose="care", next=foreign)
        assert answer["Location"] == "/ward/"
        assert browser.post("/preferences", theme="dark", next=foreign)["Location"] == "/"


def test_htmx_is_sent_to_a_whole_page(browser: Browser) -> None:
    answer = browser.get("/ward/", headers={**HTMX, "HX-Current-URL": "http://localhost/ward/?q=2"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in?next=%2Fward%2F%3Fq%3D2"


def test_the_secret_is_not_in_what_a_requester_shows(browser: Browser, people: People) -> None:
    browser.go_in(people.nurse())
    told = browser.get("/ward/").json()
    assert told["secret"] not in told["repr"]


def _employment(who: object) -> object:
    from unidossier.signin.whoami import whoami

    return whoami(who.person).places[0].employment  # type: ignore[attr-defined]
