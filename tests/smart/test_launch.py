"""From Ward, for the patient on the screen; and standalone, for one of one's own (SMART App Launch 2.2)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.signin.person import Browser, SignedUp
from tests.smart.app import StrictApp
from tests.smart.conftest import LAUNCH, WHY, Smart
from unidossier.kernel.category import Category

SCOPE = "launch openid fhirUser patient/Observation.rs"


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    return smart.app(launch_uri=LAUNCH, name="Fever curve", about="Draws a curve.")


def launch(smart: Smart, app: StrictApp, browser: Browser | None = None) -> str:
    answer = (browser or smart.at_work).post(f"/ward/patient/{smart.patient}/apps/{app.id}/")
    assert answer.status_code == 303, answer.content
    parts = urlsplit(answer["Location"])
    told = parse_qs(parts.query)
    assert parts._replace(query="").geturl() == LAUNCH
    assert told["iss"] == ["http://localhost/fhir"]
    return told["launch"][0]


def test_ward_shows_the_apps_and_leads_to_them(smart: Smart, app: StrictApp) -> None:
    page = smart.at_work.get(f"/ward/patient/{smart.patient}/apps/")
    text = page.content.decode()
    assert "Fever curve" in text
    assert "Draws a curve." in text
    assert "form-action 'self' https://growth.example;" in f"{page['Content-Security-Policy']};"
    assert launch(smart, app)


def test_the_app_learns_patient_encounter_and_user(smart: Smart, app: StrictApp) -> None:
    encounter = smart.world.item(
        smart.patient, smart.hospital, type="Encounter", category=int(Category.AGENDA)
    )
    told = app.tokens(smart.at_work, SCOPE, launch=launch(smart, app))
    assert (told["patient"], told["encounter"]) == (str(smart.patient), str(encounter))
    claims = app.claims(smart.at_work, told["id_token"])
    assert claims["fhirUser"] == f"http://localhost/fhir/Practitioner/{smart.physician.person}"
    assert smart.sees(told["access_token"]) == {"potassium", "pressure"}


def test_the_page_names_the_patient_of_the_launch(smart: Smart, app: StrictApp) -> None:
    page = smart.at_work.get(app.query(SCOPE, launch=launch(smart, app)))
    family = smart.world.run("SELECT family FROM registry.patient WHERE id = %s", smart.patient)[0][0]
    assert family in page.content.decode()


def error(answer: Any) -> str:
    return parse_qs(urlsplit(answer["Location"]).query)["error"][0]


def test_a_word_is_good_once(smart: Smart, app: StrictApp) -> None:
    word = launch(smart, app)
    app.tokens(smart.at_work, SCOPE, launch=word)
    assert error(smart.at_work.get(app.query(SCOPE, launch=word))) == "invalid_request"


def test_a_word_is_of_its_session_its_app_and_its_five_minutes(smart: Smart, app: StrictApp) -> None:
    word = launch(smart, app)
    colleague = Browser(address="198.19.3.1")
    colleague.go_in(SignedUp.make(smart.world.worker("specialist", smart.hospital).person))
    assert error(colleague.get(app.query(SCOPE, launch=word))) == "invalid_request"
    rival = smart.app(launch_uri=LAUNCH)
    assert error(smart.at_work.get(rival.query(SCOPE, launch=word))) == "invalid_request"
    smart.world.run("UPDATE gate.app_launch SET expires_at = now() WHERE app_id = %s", app.id)
    assert error(smart.at_work.get(app.query(SCOPE, launch=word))) == "invalid_request"


def test_nobody_opens_an_app_for_a_patient_he_may_not_open(smart: Smart, app: StrictApp) -> None:
    stranger = smart.world.patient()
    assert smart.at_work.get(f"/ward/patient/{stranger}/apps/").status_code == 404
    assert smart.at_work.post(f"/ward/patient/{stranger}/apps/{app.id}/").status_code == 404


def test_apps_of_elsewhere_and_those_that_stop_are_not_opened(smart: Smart, app: StrictApp) -> None:
    from unidossier.actions.register_app import suspend_app

    assert (
        smart.at_work.post(f"/ward/patient/{smart.patient}/apps/{smart.app().id}/").status_code == 302
    )  # has no place in Ward
    stopped = smart.app(launch_uri=LAUNCH, name="Stopped one")
    suspend_app(smart.officer, app=stopped.id, stop=True, reason=WHY)
    assert smart.at_work.post(f"/ward/patient/{smart.patient}/apps/{stopped.id}/").status_code == 302
    assert "Stopped one" not in smart.at_work.get(f"/ward/patient/{smart.patient}/apps/").content.decode()


def test_a_carer_chooses_among_his_own_patients(smart: Smart, app: StrictApp) -> None:
    address = app.query("launch/patient patient/Observation.rs")
    text = smart.at_work.get(address).content.decode()
    families = [
        smart.world.run("SELECT family FROM registry.patient WHERE id = %s", one)[0][0]
        for one in (smart.patient, smart.other)
    ]
    assert all(family in text for family in families)
    found = smart.at_work.get(f"{address}&unidossier_name={families[0]}").content.decode()
    assert families[0] in found
    assert families[1] not in found
    told = app.tokens(
        smart.at_work, "launch/patient patient/Observation.rs", unidossier_patient=str(smart.other)
    )
    assert told["patient"] == str(smart.other)


def test_no_other_patient_is_chosen_by_his_id(smart: Smart, app: StrictApp) -> None:
    stranger = smart.world.patient()
    page = smart.at_work.get(app.query("patient/Observation.rs", unidossier_patient=str(stranger)))
    assert "For which patient?" in page.content.decode()


def test_a_patient_is_never_asked_and_never_somebody_else(smart: Smart, app: StrictApp) -> None:
    told = app.tokens(
        smart.at_home, "launch/patient patient/Observation.rs", unidossier_patient=str(smart.other)
    )
    assert told["patient"] == str(smart.patient)
