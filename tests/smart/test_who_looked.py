"""Who looked, by way of which app: on My, as AuditEvent for the patient and for the Desk (MY-15, LOG-1, LOG-7)."""

import json
from typing import Any

import pytest

from tests.smart.app import StrictApp
from tests.smart.conftest import Smart


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    made = smart.app(name="Growth curves")
    token = made.tokens(smart.at_work, "user/*.rs", unidossier_patient=str(smart.patient))["access_token"]
    assert smart.get(token, f"Observation/{smart.items['potassium']}").status_code == 200
    return made


def present(smart: Smart, as_: str) -> None:
    smart.world.run(
        "UPDATE registry.institution_setting SET until_at = clock_timestamp() WHERE institution_id = %s AND name = 'log.presentation' AND until_at IS NULL",
        smart.hospital,
    )
    smart.world.run(
        "INSERT INTO registry.institution_setting (institution_id, name, value, from_at, changed_by, reason) VALUES (%s, 'log.presentation', %s, clock_timestamp(), %s, 'test')",
        smart.hospital,
        as_,
        smart.physician.person,
    )


def events(smart: Smart, token: str, query: str) -> list[dict[str, Any]]:
    answer = smart.get(token, f"AuditEvent?{query}")
    assert answer.status_code == 200, answer.text
    return [one["resource"] for one in answer.json().get("entry", [])]


def client(event: dict[str, Any]) -> dict[str, Any]:
    """The agent that BALP calls the application, with its client_id (OAUTHaccessTokenUse)."""
    return next(
        agent for agent in event["agent"] if any(one["code"] == "110150" for one in agent["type"]["coding"])
    )


# of people who are told by function and hospital alone an app would tell more
@pytest.mark.parametrize(
    ("presentation", "told"), [("pseudonymised", True), ("anonymised", False), ("named", True)]
)
def test_the_patient_reads_which_app_it_was(
    smart: Smart, app: StrictApp, presentation: str, told: bool
) -> None:
    present(smart, presentation)
    page = smart.at_home.get("/my/who-looked/").content.decode()
    assert ("with the app “Growth curves”" in page) is told
    own = smart.world.own_session(smart.patient).hex()
    read = [one for one in events(smart, own, f"patient={smart.patient}&subtype=fhir-read")]
    assert read
    named = [json.dumps(one) for one in read if "Growth curves" in json.dumps(one)]
    assert bool(named) is told
    found = events(
        smart, own, f"patient={smart.patient}&agent:identifier=https://unidossier.be/fhir/sid/app|{app.id}"
    )
    assert bool(found) is told
    for one in found:
        assert client(one)["who"] == {
            "type": "Device",
            "identifier": {"system": "https://unidossier.be/fhir/sid/app", "value": str(app.id)},
            "display": "Growth curves",
        }


def test_letting_an_app_in_is_no_access_by_it(smart: Smart) -> None:
    app = smart.app(name="Let in only")
    app.tokens(smart.at_home, "openid patient/Observation.rs")
    own = smart.world.own_session(smart.patient).hex()
    given = events(smart, own, f"patient={smart.patient}&subtype=give-app-access")[0]
    assert "Let in only" in json.dumps(given["entity"])
    assert "Let in only" not in json.dumps(given["agent"])
    page = smart.at_home.get("/my/who-looked/?by=own").content.decode()
    assert "“Let in only”" in page
    assert "with the app “Let in only”" not in page


def test_the_desk_reads_it_too(smart: Smart, app: StrictApp) -> None:
    officer = smart.world.session(
        smart.world.worker("data-protection-officer", smart.hospital), face="desk", purpose="governance"
    )
    found = events(smart, officer.hex(), "ground=spot-check&subtype=fhir-read")
    assert str(app.id) in [client(one)["who"]["identifier"]["value"] for one in found]


def test_taking_back_is_a_deletion(smart: Smart) -> None:
    system = smart.backend("system/*.cruds")
    asked = {"grant_type": "client_credentials", "scope": "system/*.cruds"}
    token = system.post(smart.at_home, "token", **asked).json()["access_token"]
    sent = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Weight"},
        "subject": {"reference": f"Patient/{smart.patient}"},
    }
    headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
    made = smart.api.request("POST", "/fhir/Observation", content=json.dumps(sent), headers=headers).json()[
        "id"
    ]
    assert smart.api.request("DELETE", f"/fhir/Observation/{made}", headers=headers).status_code == 204
    own = smart.world.own_session(smart.patient).hex()
    deleted, created = events(smart, own, f"patient={smart.patient}&subtype=deliver")[:2]
    for event, action, interaction in ((deleted, "D", "delete"), (created, "C", "create")):
        assert (event["action"], event["subtype"][0]["code"]) == (action, interaction)
        assert client(event)["who"]["display"] == "Archive"
    assert deleted["meta"]["profile"][0].endswith("PatientDelete")
    page = smart.at_home.get("/my/who-looked/?by=machines").content.decode()
    assert "took back what it had delivered by computer" in page
