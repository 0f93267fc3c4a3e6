"""Scopes over the directory and over the patient of the registry: what they do not name is neither read nor brought along (ADR 26, XCH-1)."""

import pytest

from tests.smart.app import StrictApp
from tests.smart.conftest import Smart

NOTHING = "Practitioner/0198c9a0-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    return smart.app()


# scope -> (read of the physician, search for him)
DIRECTORY = {
    "patient/Observation.rs": (404, 404),
    "user/Practitioner.r": (200, 404),
    "user/Practitioner.s": (404, 200),
    "patient/Practitioner.rs": (200, 200),
    "patient/*.rs": (200, 200),
    "user/Organization.rs": (404, 404),
}


@pytest.mark.parametrize("scope", DIRECTORY)
def test_an_app_looks_up_whom_its_scopes_name(smart: Smart, app: StrictApp, scope: str) -> None:
    token = app.tokens(smart.at_work, scope, unidossier_patient=str(smart.patient))["access_token"]
    person = smart.physician.person
    read, search = smart.get(token, f"Practitioner/{person}"), smart.get(token, f"Practitioner?_id={person}")
    assert (read.status_code, search.status_code) == DIRECTORY[scope]
    if read.status_code == 404:
        assert read.content == smart.get(token, NOTHING).content


def test_who_uses_the_app_is_told_to_it_with_fhir_user(smart: Smart, app: StrictApp) -> None:
    with_word, without = (
        app.tokens(smart.at_work, scope, unidossier_patient=str(smart.patient))["access_token"]
        for scope in ("openid fhirUser patient/Observation.rs", "patient/Observation.rs")
    )
    another = smart.world.worker("nurse", smart.hospital).person
    own = f"Practitioner/{smart.physician.person}"
    assert smart.get(with_word, own).status_code == 200
    assert smart.get(with_word, f"Practitioner/{another}").status_code == 404
    assert smart.get(without, own).status_code == 404


def test_an_app_opened_for_a_patient_need_not_name_him(smart: Smart, app: StrictApp) -> None:
    token = app.tokens(
        smart.at_work, "patient/Patient.rs patient/Observation.rs", unidossier_patient=str(smart.patient)
    )["access_token"]
    own = [
        one["resource"]["id"]
        for one in smart.get(token, f"Patient?identifier=local|{smart.patient.hex}").json()["entry"]
    ]
    assert own == [str(smart.patient)]
    assert "entry" not in smart.get(token, f"Patient?identifier=local|{smart.other.hex}").json()
    assert (
        smart.get(token, "Observation?_summary=count").json()["total"] == 2
    )  # potassium and pressure, of him alone
    assert smart.get(token, f"Observation?patient={smart.other}").status_code == 404


@pytest.mark.parametrize("scope", ["patient/Observation.rs", "patient/Observation.rs patient/Patient.r"])
def test_the_patient_of_the_registry_is_searched_by_that_scope_alone(
    smart: Smart, app: StrictApp, scope: str
) -> None:
    token = app.tokens(smart.at_home, scope)["access_token"]
    for address in (
        "Patient",
        f"Patient?_id={smart.patient}",
        "Patient?_summary=count",
        "Patient?_total=accurate",
    ):
        answer = smart.get(token, address)
        assert answer.status_code == 404 or (
            answer.json().get("total") in (0, None) and "entry" not in answer.json()
        )
    assert "Patient" not in smart.get(token, "Observation?_include=Observation:subject").text.replace(
        "Patient/", ""
    )
