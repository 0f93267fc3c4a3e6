"""The pages of apps: registered and stopped at the Desk, ended on My (XCH-1, ACS-4, ACD-7)."""

import json

import pytest

from tests.signin.person import Browser, SignedUp
from tests.smart.app import Form, StrictApp
from tests.smart.conftest import ES, WHY, Smart


@pytest.fixture(scope="module")
def desk(smart: Smart) -> Browser:
    browser = Browser(address="198.19.4.1")
    browser.go_in(SignedUp.make(smart.world.worker("security-officer", smart.hospital).person))
    return browser


def registered(desk: Browser, **fields: str) -> tuple[int, str]:
    form = Form.of(desk.get("/desk/apps/register/").content.decode())
    told = {
        "name": "Diary",
        "kind": "public",
        "redirect_uris": "https://diary.example/back",
        "scopes": "patient/*.rs launch/patient",
    }
    answer = desk.post("/desk/apps/register/", **(form.fields | told | fields))
    return answer.status_code, answer.content.decode()


def test_an_officer_registers_an_app_and_reads_its_id(smart: Smart, desk: Browser) -> None:
    assert registered(desk, name="Food diary")[0] == 302
    text = desk.get("/desk/apps/").content.decode()
    assert "Food diary" in text
    id_ = smart.world.run("SELECT id FROM gate.app WHERE name = 'Food diary'")[0][0]
    assert str(id_) in text
    assert (
        "code"
        in StrictApp(id_, redirect_uri="https://diary.example/back").ask(smart.at_home, "patient/*.rs").told
    )


def test_the_same_form_sent_twice_is_one_app(smart: Smart, desk: Browser) -> None:
    form = Form.of(desk.get("/desk/apps/register/").content.decode())
    told = form.fields | {
        "name": "Twice",
        "kind": "public",
        "redirect_uris": "https://t.example/",
        "scopes": "openid",
    }
    assert [desk.post("/desk/apps/register/", **told).status_code for _ in range(2)] == [302, 302]
    assert smart.world.run("SELECT count(*) FROM gate.app WHERE name = 'Twice'") == [(1,)]


REFUSED = {
    "an address of http": ({"redirect_uris": "http://diary.example/"}, "Each address begins with https://"),
    "no address": ({"redirect_uris": ""}, "one to ten addresses"),
    "a scope of nobody": ({"scopes": "everything"}, "Write scopes of SMART"),
    "no keys": ({"kind": "confidential"}, "Paste the public keys"),
    "keys that are none": ({"kind": "confidential", "jwks": "{"}, "Paste the public keys"),
    "private keys": ({"kind": "confidential", "jwks": json.dumps({"keys": [ES.as_dict(private=True)]})}, "These are private keys"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_registered_is_told_at_its_field(desk: Browser, case: str) -> None:
    fields, words = REFUSED[case]
    status, text = registered(desk, **fields)
    assert status == 200
    assert words in text


def test_other_functions_of_the_desk_have_no_apps(smart: Smart) -> None:
    ombuds = Browser(address="198.19.4.2")
    ombuds.go_in(SignedUp.make(smart.world.worker("ombuds", smart.hospital).person))
    for path in ("/desk/apps/", "/desk/apps/register/"):
        assert ombuds.get(path).status_code == 403


def test_an_officer_of_elsewhere_does_not_stop_it(smart: Smart, desk: Browser) -> None:
    app = smart.app()
    elsewhere = Browser(address="198.19.4.3")
    elsewhere.go_in(
        SignedUp.make(smart.world.worker("data-protection-officer", smart.world.institution()).person)
    )
    assert elsewhere.post(f"/desk/apps/{app.id}/stop/", reason=WHY).status_code == 404
    assert desk.post(f"/desk/apps/{app.id}/stop/", reason=WHY).status_code == 302
    assert smart.at_home.get(app.query("openid")).status_code == 400


def test_registering_is_an_entry(smart: Smart) -> None:
    app = smart.app(name="Written down")
    rows = smart.world.run(
        "SELECT detail ->> 'app', permitted FROM log.entry WHERE verb = 'register-app' ORDER BY id DESC LIMIT 1"
    )
    assert rows == [(str(app.id), True)]


def test_a_patient_sees_what_each_app_may_and_ends_it(smart: Smart) -> None:
    app = smart.app(name="Sleep log", about="Counts nights.")
    told = app.tokens(smart.at_home, "offline_access patient/Immunization.rs")
    text = smart.at_home.get("/my/apps/").content.decode()
    assert "Sleep log" in text
    assert "Vaccinations: see" in text
    access = smart.world.run("SELECT id FROM gate.app_access WHERE app_id = %s", app.id)[0][0]
    asked = smart.at_home.get(f"/my/apps/{access}/end/").content.decode()
    assert "End the access of Sleep log?" in asked
    assert smart.at_home.post(f"/my/apps/{access}/end/").status_code == 302
    assert app.refresh(smart.at_home, told["refresh_token"]).json()["error"] == "invalid_grant"
    assert "You, or somebody who acts for you, ended it." in smart.at_home.get("/my/apps/").content.decode()
    entry = smart.world.run(
        "SELECT detail ->> 'by-way-of' FROM log.entry WHERE verb = 'end-app-access' AND patient_id = %s ORDER BY id DESC LIMIT 1",
        smart.patient,
    )
    assert entry == [("Sleep log",)]


def test_an_app_that_never_came_for_its_code_is_not_listed(smart: Smart) -> None:
    smart.app(name="Never came").code(smart.at_home, "openid")
    assert "Never came" not in smart.at_home.get("/my/apps/").content.decode()


def test_nobody_ends_the_apps_of_another(smart: Smart) -> None:
    app = smart.app(name="Of the patient")
    app.tokens(smart.at_home, "offline_access patient/Immunization.rs")
    access = smart.world.run("SELECT id FROM gate.app_access WHERE app_id = %s", app.id)[0][0]
    other = Browser(address="198.19.4.4")
    other.go_in(SignedUp.make(smart.world.person(professional=False, patient=smart.other)))
    assert "Of the patient" not in other.get("/my/apps/").content.decode()
    other.post(f"/my/apps/{access}/end/")
    assert smart.world.run("SELECT ended_at FROM gate.app_access WHERE id = %s", access) == [(None,)]


def test_a_patient_ends_what_somebody_who_acts_for_him_let_in(smart: Smart) -> None:
    # REP-5
    from unidossier.actions.my_apps import end_app_access, list_my_apps

    helper = smart.world.person(professional=False)
    smart.world.represent(smart.patient, helper, kind="mandate")
    browser = Browser(address="198.19.4.5")
    browser.go_in(SignedUp.make(helper))
    app = smart.app(name="Of the helper")
    app.tokens(browser, "offline_access patient/Immunization.rs", unidossier_patient=str(smart.patient))
    secret = smart.world.own_session(smart.patient)
    found = next(one for one in list_my_apps(secret) if one["name"] == "Of the helper")
    assert not found["is_mine"]
    assert end_app_access(secret, access=found["id"]) is True
    assert end_app_access(secret, access=found["id"]) is False
    read = smart.world.run(
        "SELECT count(*) FROM log.entry WHERE verb = 'list-apps' AND patient_id = %s", smart.patient
    )
    assert read[0][0] > 0


def test_a_carer_ends_the_apps_that_he_let_in_too(smart: Smart) -> None:
    app = smart.app(name="Of the physician")
    told = app.tokens(smart.at_work, "offline_access user/Immunization.rs")
    assert "Of the physician" in smart.at_work.get("/ward/apps/").content.decode()
    assert "/ward/apps/" in smart.at_work.get("/places").content.decode()
    access = smart.world.run("SELECT id FROM gate.app_access WHERE app_id = %s", app.id)[0][0]
    assert smart.at_work.post(f"/ward/apps/{access}/end/")["Location"] == "/ward/apps/"
    assert app.refresh(smart.at_work, told["refresh_token"]).json()["error"] == "invalid_grant"
