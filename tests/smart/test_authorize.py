"""An app asks a person: what is refused, where one is led, and what the page lets him leave out (XCH-1, ACS-4, T34)."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.signin.person import Browser, SignedUp
from tests.smart.app import BACK, Form, Led, StrictApp
from tests.smart.conftest import Smart

SCOPE = "openid fhirUser patient/Observation.rs"


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    return smart.app()


# what is wrong with the app or its address leads nowhere
NOWHERE = {
    "an unknown app": {"client_id": "0198c9a0-0000-7000-8000-000000000000"},
    "no app": {"client_id": None},
    "no id at all": {"client_id": "growth"},
    "another address": {"redirect_uri": "https://evil.example/back"},
    "an address below": {"redirect_uri": f"{BACK}/../steal"},
    "another query": {"redirect_uri": f"{BACK}?x=1"},
    "another case": {"redirect_uri": BACK.upper()},
    "a longer name": {"redirect_uri": BACK.replace("growth.example", "growth.example.evil.example")},
    "no address": {"redirect_uri": None},
}


@pytest.mark.parametrize("case", NOWHERE)
def test_an_app_or_address_that_is_not_registered_leads_nowhere(
    smart: Smart, app: StrictApp, case: str
) -> None:
    answer = smart.at_home.get(app.query(SCOPE, **NOWHERE[case]))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert "cannot be opened" in answer.content.decode()


def test_an_address_given_twice_leads_nowhere(smart: Smart, app: StrictApp) -> None:
    answer = smart.at_home.get(f"{app.query(SCOPE)}&redirect_uri={quote('https://evil.example/')}")
    assert answer.status_code == 400


# what else is wrong is told to the app
TOLD = {
    "no PKCE": ({"code_challenge": None}, "invalid_request"),
    "plain PKCE": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a method not told": ({"code_challenge_method": None}, "invalid_request"),
    "a challenge too short": ({"code_challenge": "abc"}, "invalid_request"),
    "another server": ({"aud": "https://elsewhere.example/fhir"}, "invalid_request"),
    "no audience": ({"aud": None}, "invalid_request"),
    "the implicit flow": ({"response_type": "token"}, "unsupported_response_type"),
    "no type of answer": ({"response_type": None}, "unsupported_response_type"),
    "another way of answering": ({"response_mode": "fragment"}, "invalid_request"),
    "a request object": ({"request": "e30."}, "request_not_supported"),
    "a request elsewhere": ({"request_uri": "https://growth.example/r"}, "request_uri_not_supported"),
    "without a person": ({"prompt": "none"}, "interaction_required"),
    "no scope": ({"scope": ""}, "invalid_scope"),
    "unknown scopes": ({"scope": "everything patient/Nothing.x"}, "invalid_scope"),
    "scopes of systems": ({"scope": "system/*.rs"}, "invalid_scope"),
    "a scope that is none": ({"scope": 'patient/*.rs "'}, "invalid_scope"),
    "a launch without its scope": ({"launch": "word"}, "invalid_scope"),
    "a launch of nobody's": ({"launch": "word", "scope": f"launch {SCOPE}"}, "invalid_request"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_the_app_is_told_what_is_wrong(smart: Smart, app: StrictApp, case: str) -> None:
    changes, error = TOLD[case]
    scope = changes.get("scope", SCOPE)
    led = Led.by(
        smart.at_home.get(app.query(scope or "", **{n: v for n, v in changes.items() if n != "scope"}))
    )
    assert led.address == BACK
    assert led.told["error"] == error
    assert led.told["state"] == app.state
    assert led.told["iss"] == "http://localhost"  # RFC 9207
    assert "code" not in led.told


def test_an_app_that_sends_no_state_is_refused(smart: Smart, app: StrictApp) -> None:
    led = Led.by(smart.at_home.get(app.query(SCOPE, state=None)))
    assert (led.told["error"], "state" in led.told) == ("invalid_request", False)


def test_a_parameter_twice_is_refused(smart: Smart, app: StrictApp) -> None:
    led = Led.by(smart.at_home.get(f"{app.query(SCOPE)}&scope=openid"))
    assert led.told["error"] == "invalid_request"


def test_who_is_not_signed_in_signs_in_and_comes_back(smart: Smart, app: StrictApp) -> None:
    stranger = Browser(address="198.19.1.1")
    address = app.query(SCOPE)
    led = stranger.get(address)
    assert led.status_code == 302
    assert led["Location"] == f"/sign-in?next={quote(address, safe='')}"
    person = smart.world.person(professional=False, patient=smart.world.patient())
    who = SignedUp.make(person)
    stranger.sign_in(who)
    arrived = stranger.get(f"/places?next={quote(address, safe='')}")
    assert (arrived.status_code, arrived["Location"]) == (302, address)
    assert stranger.get(address).status_code == 200


def test_nobody_opens_an_app_from_the_desk(smart: Smart, app: StrictApp) -> None:
    # ACS-4
    officer = Browser(address="198.19.1.2")
    officer.go_in(SignedUp.make(smart.world.worker("ombuds", smart.hospital).person))
    led = officer.get(app.query(SCOPE))
    assert led.status_code == 302
    assert led["Location"].startswith("/places?next=")


def test_a_carer_inside_uses_the_apps_of_his_own_institution_alone(smart: Smart, app: StrictApp) -> None:
    elsewhere = Browser(address="198.19.1.3")
    elsewhere.go_in(SignedUp.make(smart.world.worker("specialist", smart.world.institution()).person))
    scope = "openid user/Observation.rs"
    address = app.query(scope)
    form = Form.of(elsewhere.get(address).content.decode())
    assert elsewhere.post(address, **form.fields, answer="allow").status_code == 409
    assert "code" in app.ask(smart.at_work, scope).told


def test_the_page_says_what_in_our_words_and_lets_each_line_be_left_out(smart: Smart, app: StrictApp) -> None:
    page = smart.at_home.get(
        app.query(
            "openid fhirUser offline_access patient/Observation.rs patient/Immunization.r user/AllergyIntolerance.c"
        )
    )
    text = page.content.decode()
    for words in (
        "Growth chart",
        "Vital signs, Laboratory",
        "Vaccinations",
        "Allergies",
        "add and change",
        "Who you are",
        "90 days",
    ):
        assert words in text
    assert len(Form.of(text).scopes) == 4
    told = app.tokens(
        smart.at_home,
        "openid fhirUser offline_access patient/Observation.rs patient/Immunization.r",
        answer={"answer": "allow", "scope": ["patient/Immunization.r"], "stays": ""},
    )
    assert told["scope"] == "patient/Immunization.r"
    assert "id_token" not in told
    assert "refresh_token" not in told


def test_no_tick_is_more_than_was_asked(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(
        smart.at_home,
        "patient/Immunization.r",
        answer={"answer": "allow", "scope": ["patient/Immunization.r", "user/*.cruds"], "stays": "yes"},
    )
    assert told["scope"] == "patient/Immunization.r"


def test_without_any_tick_the_page_asks_again(smart: Smart, app: StrictApp) -> None:
    address = app.query("patient/Immunization.r offline_access")
    access = Form.of(smart.at_home.get(address).content.decode()).fields["access"]
    answer = smart.at_home.post(address, answer="allow", access=access, stays="yes")
    assert answer.status_code == 400
    assert "Tick at least one line" in answer.content.decode()


def test_refusing_is_an_answer_too(smart: Smart, app: StrictApp) -> None:
    for answer in ({"answer": "deny"}, {"answer": ""}):
        led = app.ask(smart.at_home, SCOPE, answer=answer)
        assert (led.address, led.told["error"]) == (BACK, "access_denied")


def test_the_same_form_sent_twice_gives_one_access(smart: Smart, app: StrictApp) -> None:
    address = app.query(SCOPE)
    form = Form.of(smart.at_home.get(address).content.decode())
    assert smart.at_home.post(address, **form.fields, answer="allow").status_code == 303
    assert smart.at_home.post(address, **form.fields, answer="allow").status_code == 409


def test_the_form_is_ours_and_no_page_frames_it(smart: Smart, app: StrictApp) -> None:
    address = app.query(SCOPE)
    page = smart.at_home.get(address)
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert page["X-Frame-Options"] == "DENY"
    assert "form-action 'self' https://growth.example;" in f"{policy};"
    assert page["Cache-Control"] == "no-store, private"
    forged: Any = smart.at_home.client.post(address, {"answer": "allow"})
    assert forged.status_code == 403


def test_giving_is_an_entry_that_names_the_app(smart: Smart, app: StrictApp) -> None:
    app.tokens(smart.at_home, SCOPE)
    rows = smart.world.run(
        "SELECT detail FROM log.entry WHERE verb = 'give-app-access' AND patient_id = %s ORDER BY id DESC LIMIT 1",
        smart.patient,
    )
    detail = rows[0][0]
    assert (detail["app"], detail["by-way-of"], detail["scope"]) == (str(app.id), "Growth chart", SCOPE)
