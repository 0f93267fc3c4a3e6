"""Codes, tokens and their ends: each once, for one app, at one address; misuse ends everything (RFC 6749, RFC 7636, RFC 9700)."""

import secrets
from typing import Any

import pytest

from tests.signin.person import Browser
from tests.smart.app import Led, StrictApp
from tests.smart.conftest import ES, Smart

SCOPE = "openid fhirUser offline_access patient/Observation.rs patient/Patient.r"
PAGES = "https://growth.example/other"


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    return smart.app(redirect_uris=("https://growth.example/back", PAGES))


@pytest.fixture(scope="module")
def rival(smart: Smart) -> StrictApp:
    return smart.app(name="Rival")


def works(smart: Smart, token: str) -> bool:
    return smart.get(token, f"Observation/{smart.items['potassium']}").status_code == 200


def test_the_whole_way_of_a_patient(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(smart.at_home, SCOPE)
    assert told["scope"] == SCOPE
    assert told["patient"] == str(smart.patient)
    assert told["need_patient_banner"] is True
    assert 0 < told["expires_in"] <= 900
    claims = app.claims(smart.at_home, told["id_token"])
    assert claims["fhirUser"] == f"http://localhost/fhir/Patient/{smart.patient}"
    assert works(smart, told["access_token"])


def test_what_is_no_type_of_fhir_is_not_among_what_was_given(smart: Smart, app: StrictApp) -> None:
    """RFC 6749, 3.3: the answer tells the scopes that were given; nothing of another is."""
    told = app.tokens(smart.at_home, f"patient/Foo.rs {SCOPE} user/Bar.read")
    assert told["scope"] == SCOPE
    assert (
        app.refresh(smart.at_home, told["refresh_token"], scope="patient/Foo.rs").json()["error"]
        == "invalid_scope"
    )
    alone = Led.by(smart.at_home.get(app.query("patient/Foo.rs")))
    assert alone.told["error"] == "invalid_scope"


def test_the_answer_is_kept_by_nobody_and_open_to_pages(smart: Smart, app: StrictApp) -> None:
    answer = app.token(smart.at_home, app.code(smart.at_home, SCOPE))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert not answer.cookies


def test_a_code_is_good_once_and_its_second_use_ends_what_the_first_got(smart: Smart, app: StrictApp) -> None:
    code = app.code(smart.at_home, SCOPE)
    told = app.token(smart.at_home, code).json()
    assert works(smart, told["access_token"])
    refused = app.token(smart.at_home, code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert not works(smart, told["access_token"])
    assert app.refresh(smart.at_home, told["refresh_token"]).json()["error"] == "invalid_grant"


WRONG: dict[str, dict[str, str | None]] = {
    "another verifier": {"code_verifier": "x" * 43},
    "a verifier too short": {"code_verifier": "x" * 42},
    "no verifier": {"code_verifier": None},
    "another registered address": {"redirect_uri": PAGES},
    "no address": {"redirect_uri": None},
    "no code": {"code": None},
    "a code that is none": {"code": "zz"},
    "another code": {"code": secrets.token_hex(32)},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_code_with_something_else_is_refused(smart: Smart, app: StrictApp, case: str) -> None:
    code = app.code(smart.at_home, SCOPE)
    refused = app.post(
        smart.at_home,
        "token",
        **(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": app.redirect_uri,
                "code_verifier": app.verifier,
            }
            | WRONG[case]
        ),
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_verifier_spends_the_code(smart: Smart, app: StrictApp) -> None:
    code = app.code(smart.at_home, SCOPE)
    assert (
        app.post(
            smart.at_home,
            "token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=app.redirect_uri,
            code_verifier="x" * 43,
        ).status_code
        == 400
    )
    assert app.token(smart.at_home, code).status_code == 400


def test_a_code_is_for_one_app_alone(smart: Smart, app: StrictApp, rival: StrictApp) -> None:
    code = app.code(smart.at_home, SCOPE)
    rival.verifier = app.verifier
    assert rival.token(smart.at_home, code).json()["error"] == "invalid_grant"
    assert app.token(smart.at_home, code).status_code == 200  # a rival's try costs its owner nothing


def test_a_code_runs_out_after_a_minute(smart: Smart, app: StrictApp) -> None:
    code = app.code(smart.at_home, SCOPE)
    smart.world.run(
        "UPDATE gate.app_code SET expires_at = now() WHERE app_id = %s AND used_at IS NULL", app.id
    )
    assert app.token(smart.at_home, code).json()["error"] == "invalid_grant"


def test_refreshing_gives_new_tokens_and_spends_the_old(smart: Smart, app: StrictApp) -> None:
    first = app.tokens(smart.at_home, SCOPE)
    second = app.refresh(smart.at_home, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["patient"] == str(smart.patient)
    assert works(smart, second["access_token"])
    third = app.refresh(smart.at_home, second["refresh_token"]).json()
    assert works(smart, third["access_token"])


def test_a_refresh_token_that_comes_twice_ends_all(smart: Smart, app: StrictApp) -> None:
    first = app.tokens(smart.at_home, SCOPE)
    second = app.refresh(smart.at_home, first["refresh_token"]).json()
    assert app.refresh(smart.at_home, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert not works(smart, second["access_token"])
    assert app.refresh(smart.at_home, second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_of_one_app(smart: Smart, app: StrictApp, rival: StrictApp) -> None:
    told = app.tokens(smart.at_home, SCOPE)
    assert rival.refresh(smart.at_home, told["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(smart.at_home, told["refresh_token"]).status_code == 200


def test_a_refresh_narrows_and_never_widens(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(smart.at_home, SCOPE)
    wider = app.refresh(smart.at_home, told["refresh_token"], scope="patient/*.cruds")
    assert wider.json()["error"] == "invalid_scope"
    narrow = app.refresh(smart.at_home, told["refresh_token"], scope="patient/Patient.r").json()
    assert narrow["scope"] == "patient/Patient.r"
    assert not works(smart, narrow["access_token"])
    whole = app.refresh(smart.at_home, narrow["refresh_token"]).json()
    assert works(smart, whole["access_token"])


def test_an_access_token_is_no_refresh_token_nor_the_other_way(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(smart.at_home, SCOPE)
    assert app.refresh(smart.at_home, told["access_token"]).json()["error"] == "invalid_grant"
    assert smart.get(told["refresh_token"], f"Observation/{smart.items['potassium']}").status_code == 401


def test_what_does_not_stay_ends_with_the_session_of_the_person(smart: Smart, app: StrictApp) -> None:
    # ACD-7: a child of the person's own authority
    person = smart.world.person(professional=False, patient=smart.patient)
    from tests.signin.person import SignedUp

    browser = Browser(address="198.19.2.1")
    browser.go_in(SignedUp.make(person))
    passing = app.tokens(browser, "patient/Observation.rs")
    staying = app.tokens(browser, "patient/Observation.rs offline_access")
    online = app.tokens(browser, "patient/Observation.rs online_access")
    assert "refresh_token" not in passing
    assert passing["expires_in"] <= 3600
    browser.post("/sign-out")
    assert not works(smart, passing["access_token"])
    assert not works(smart, online["access_token"])
    assert app.refresh(browser, online["refresh_token"]).json()["error"] == "invalid_grant"
    assert works(smart, staying["access_token"])
    assert app.refresh(browser, staying["refresh_token"]).status_code == 200


def test_an_app_ends_when_the_account_is_closed(smart: Smart, app: StrictApp) -> None:
    from tests.signin.person import SignedUp
    from unidossier.signin.models import Account

    person = smart.world.person(professional=False, patient=smart.patient)
    browser = Browser(address="198.19.2.2")
    browser.go_in(SignedUp.make(person))
    told = app.tokens(browser, SCOPE)
    Account.objects.filter(person_id=person).update(is_active=False)
    assert app.refresh(browser, told["refresh_token"]).json()["error"] == "invalid_grant"
    assert not works(smart, told["access_token"])


def test_revoking_ends_at_once(smart: Smart, app: StrictApp, rival: StrictApp) -> None:
    # RFC 7009
    told = app.tokens(smart.at_home, SCOPE)
    assert rival.post(smart.at_home, "revoke", token=told["access_token"]).status_code == 200
    assert works(smart, told["access_token"])  # not its own: nothing happened
    assert app.post(smart.at_home, "revoke", token=told["access_token"]).status_code == 200
    assert not works(smart, told["access_token"])
    again = app.refresh(smart.at_home, told["refresh_token"]).json()
    assert (
        app.post(
            smart.at_home, "revoke", token=again["refresh_token"], token_type_hint="access_token"
        ).status_code
        == 200
    )
    assert not works(smart, again["access_token"])
    assert app.post(smart.at_home, "revoke", token="unknown").status_code == 200
    assert app.post(smart.at_home, "revoke").json()["error"] == "invalid_request"


def test_introspection_tells_an_app_of_its_own_tokens(smart: Smart) -> None:
    # RFC 7662
    keeper, other = smart.app(key=ES, name="Keeper"), smart.app(key=ES, name="Other keeper")
    told = keeper.tokens(smart.at_home, SCOPE)
    seen: dict[str, Any] = keeper.post(smart.at_home, "introspect", token=told["access_token"]).json()
    assert seen["active"] is True
    assert (seen["client_id"], seen["scope"], seen["patient"]) == (str(keeper.id), SCOPE, str(smart.patient))
    assert keeper.post(smart.at_home, "introspect", token=told["refresh_token"]).json()["active"] is True
    assert other.post(smart.at_home, "introspect", token=told["access_token"]).json() == {"active": False}
    keeper.post(smart.at_home, "revoke", token=told["refresh_token"])
    for token in (told["access_token"], told["refresh_token"], "unknown"):
        assert keeper.post(smart.at_home, "introspect", token=token).json() == {"active": False}


def test_a_public_app_may_not_introspect(smart: Smart, app: StrictApp) -> None:
    assert app.post(smart.at_home, "introspect", token="x").json()["error"] == "unauthorized_client"


def test_the_gate_keeps_no_token_and_no_code(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(smart.at_home, SCOPE)
    kept = smart.world.run(
        "SELECT row_to_json(s)::text FROM gate.session s WHERE app_id = %s UNION ALL SELECT row_to_json(r)::text FROM gate.app_refresh r",
        app.id,
    )
    assert kept
    assert not [row for (row,) in kept if told["access_token"] in row or told["refresh_token"] in row]


FORMS = {
    "an unknown grant": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "no grant": ({}, 400, "unsupported_grant_type"),
    "an unknown app": ({"grant_type": "refresh_token", "client_id": "x"}, 401, "invalid_client"),
    "a secret": ({"grant_type": "refresh_token", "client_secret": "s"}, 401, "invalid_client"),
    "a public app as backend": (
        {"grant_type": "client_credentials", "scope": "system/*.rs"},
        400,
        "unauthorized_client",
    ),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_is_not_served(smart: Smart, app: StrictApp, case: str) -> None:
    fields, status, error = FORMS[case]
    answer = app.post(smart.at_home, "token", **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_endpoint_takes_forms_by_post_alone(smart: Smart, app: StrictApp) -> None:
    client = smart.at_home.client.__class__(SERVER_NAME="localhost", REMOTE_ADDR="198.19.2.9")
    form = "application/x-www-form-urlencoded"
    assert client.get("/smart/token").status_code == 405
    assert (
        client.post("/smart/token", "{}", content_type="application/json").json()["error"]
        == "invalid_request"
    )
    assert (
        client.post("/smart/token?grant_type=refresh_token", "a=b", content_type=form).json()["error"]
        == "invalid_request"
    )
    twice = f"grant_type=refresh_token&client_id={app.id}&client_id={app.id}"
    assert client.post("/smart/token", twice, content_type=form).json()["error"] == "invalid_request"
    assert (
        client.post("/smart/token", "a=" + "b" * 40_000, content_type=form).json()["error"]
        == "invalid_request"
    )
    basic = client.post(
        "/smart/token",
        f"grant_type=refresh_token&client_id={app.id}",
        content_type=form,
        headers={"Authorization": "Basic eDp5"},
    )
    assert (basic.status_code, basic.json()["error"]) == (401, "invalid_client")
    assert client.options("/smart/token").status_code == 204


def test_tries_are_counted(smart: Smart) -> None:
    client = smart.at_home.client.__class__(SERVER_NAME="localhost", REMOTE_ADDR="198.19.2.10")
    body = "grant_type=refresh_token&client_id=x"
    found = {
        client.post("/smart/token", body, content_type="application/x-www-form-urlencoded").status_code
        for _ in range(32)
    }
    assert found == {401, 429}
