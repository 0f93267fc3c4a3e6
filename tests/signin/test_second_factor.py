"""ALL-3: no session without two factors; T32: no way around the second."""

import re
import time

import time_machine

from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import PASSWORD, Browser, code_of


def sessions_of(world: World, person: object) -> int:
    """Count the sessions of the gate of one person."""
    [(count,)] = world.run("SELECT count(*) FROM gate.session WHERE person_id = %s", person)
    return int(count)


def test_password_and_code_open_a_strong_session_of_the_gate(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    answer = browser.go_in(nurse)
    assert (answer.status_code, answer["Location"]) == (302, "/ward/")
    assert browser.get("/ward/").json()["function"] == "nurse"
    [(purpose, strong)] = world.run(
        "SELECT purpose, strong_at IS NOT NULL FROM gate.session WHERE person_id = %s", nurse.person
    )
    assert (purpose, strong) == ("care", True)


def test_the_password_alone_of_an_account_with_a_code_opens_nothing(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    answer = browser.post("/sign-in", login=nurse.username, password=PASSWORD)
    assert answer["Location"] == "/sign-in/code"
    for path in ("/ward/", "/places", "/factors", "/factors/app", "/factors/passkey"):
        assert browser.get(path)["Location"].startswith("/sign-in"), path
    assert sessions_of(world, nurse.person) == 0


def test_a_wrong_code_opens_nothing(browser: Browser, people: People, world: World) -> None:
    nurse = people.nurse()
    browser.post("/sign-in", login=nurse.username, password=PASSWORD)
    right = code_of(nurse.totp_secret or "")
    answer = browser.post("/sign-in/code", code="000000" if right != "000000" else "000001")
    assert answer.status_code == 200
    assert browser.get("/places")["Location"].startswith("/sign-in")
    assert sessions_of(world, nurse.person) == 0


def test_a_code_is_good_once(browser: Browser, other_browser: Browser, people: People) -> None:
    nurse = people.nurse()
    code = code_of(nurse.totp_secret or "")
    for one in (browser, other_browser):
        one.post("/sign-in", login=nurse.username, password=PASSWORD)
    assert browser.post("/sign-in/code", code=code).status_code == 302
    assert other_browser.post("/sign-in/code", code=code).status_code == 200


def test_an_account_without_second_factor_is_led_to_one_and_nowhere_else(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse(with_code=False)
    browser.sign_in(nurse)
    assert browser.get("/places")["Location"] == "/sign-in/second-factor"
    assert browser.get("/ward/")["Location"].startswith("/places")
    assert browser.post("/places", place="nurse", purpose="care")["Location"] == "/sign-in/second-factor"
    assert b"A password alone opens no record" in browser.get("/sign-in/second-factor").content
    assert sessions_of(world, nurse.person) == 0


def test_setting_up_a_code_counts_as_the_second_factor_at_once(browser: Browser, people: People) -> None:
    nurse = people.nurse(with_code=False)
    browser.sign_in(nurse)
    page = browser.get("/factors/app").content.decode()
    secret = re.search(r"<b>([A-Z2-7]{32})</b>", page)
    assert secret is not None
    assert browser.post("/factors/app", code=code_of(secret[1]))["Location"] == "/factors/codes"
    assert b"one of these codes" in browser.get("/factors/codes").content
    assert b"Go in<" in browser.get("/places").content


def test_the_secret_of_a_code_is_not_readable_in_the_database(people: People, world: World) -> None:
    nurse = people.nurse()
    [(data,)] = world.run(
        "SELECT a.data::text FROM mfa_authenticator a JOIN account u ON u.id = a.user_id WHERE u.username = %s AND a.type = 'totp'",
        nurse.username,
    )
    assert nurse.totp_secret and nurse.totp_secret not in data


def test_the_last_second_factor_cannot_be_removed(browser: Browser, people: People, world: World) -> None:
    nurse = people.nurse()
    browser.sign_in(nurse)
    assert browser.post("/factors/app/remove").status_code == 200
    [(left,)] = world.run(
        "SELECT count(*) FROM mfa_authenticator a JOIN account u ON u.id = a.user_id WHERE u.username = %s AND a.type = 'totp'",
        nurse.username,
    )
    assert left == 1


def test_a_recovery_code_takes_the_place_of_the_second_factor_once(
    browser: Browser, other_browser: Browser, people: People
) -> None:
    from allauth.mfa.models import Authenticator

    nurse = people.nurse()
    kept = Authenticator.objects.get(user__username=nurse.username, type="recovery_codes")
    code = kept.wrap().get_unused_codes()[0]
    for one, expected in ((browser, 302), (other_browser, 200)):
        one.post("/sign-in", login=nurse.username, password=PASSWORD)
        assert one.post("/sign-in/code", code=code).status_code == expected


def test_proving_the_code_again_makes_the_session_fresh(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    before = browser.get("/ward/").json()["secret"]
    answer = browser.post(
        "/sign-in/again/code", code=code_of(nurse.totp_secret or "", steps=1), next="/ward/"
    )
    assert answer["Location"] == "/ward/"
    after = browser.get("/ward/").json()["secret"]
    assert after != before
    rows = world.run(
        "SELECT ended_at IS NULL FROM gate.session WHERE person_id = %s ORDER BY started_at", nurse.person
    )
    assert rows == [(False,), (True,)]


def test_factors_are_changed_only_after_a_fresh_second_factor(browser: Browser, people: People) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    assert browser.get("/factors/passkey").status_code == 200
    with time_machine.travel(time.time() + 301, tick=False):
        assert browser.get("/factors/passkey")["Location"].startswith("/sign-in/again/code")
        assert browser.post("/sign-in/again", password=PASSWORD)["Location"].startswith("/sign-in/again/code")
        assert browser.get("/factors/passkey").status_code == 302
