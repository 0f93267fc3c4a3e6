"""A scope narrows what the gate gives, in the database: by type, by category, by patient; and its end holds at the next statement (T34, ACD-7)."""

import hashlib
import secrets
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.smart.app import StrictApp
from tests.smart.conftest import ITEMS, WHY, Smart

LAB = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
SEES = {
    "patient/*.rs": set(ITEMS),
    "patient/Observation.rs": {"potassium", "pressure"},
    "patient/Observation.read": {"potassium", "pressure"},
    f"patient/Observation.rs?category={LAB}": {"potassium"},
    "patient/Observation.r?category=vital-signs patient/ImagingStudy.r": {"pressure", "x-ray"},
    "user/AllergyIntolerance.rs": {"nuts"},
    "patient/DocumentReference.r user/Observation.r?category=laboratory": {"letter", "potassium"},
    "patient/Observation.s": set(),  # to search is not to read
    "patient/Observation.cud": set(),
    "patient/Patient.rs": set(),
    "openid": set(),
}


@pytest.fixture(scope="module")
def app(smart: Smart) -> StrictApp:
    return smart.app()


@pytest.mark.parametrize("scope", SEES)
def test_an_app_sees_what_its_scopes_name(smart: Smart, app: StrictApp, scope: str) -> None:
    assert smart.sees(app.tokens(smart.at_home, scope)["access_token"]) == SEES[scope]


def test_no_scope_gives_more_than_the_person_has(smart: Smart, app: StrictApp) -> None:
    scope = "patient/*.cruds user/*.cruds"
    token = app.tokens(smart.at_home, scope)["access_token"]
    assert smart.get(token, f"Observation/{smart.of_other}").status_code == 404
    smart.world.run(
        "UPDATE record.item SET held_until = now() + interval '1 day' WHERE id = %s", smart.items["letter"]
    )
    try:
        assert smart.sees(token) == set(ITEMS) - {"letter"}  # MY-5
    finally:
        smart.world.run("UPDATE record.item SET held_until = NULL WHERE id = %s", smart.items["letter"])


def test_a_refusal_equals_absence(smart: Smart, app: StrictApp) -> None:
    # ACD-8
    token = app.tokens(smart.at_home, "patient/Observation.rs")["access_token"]
    refused = smart.get(token, f"AllergyIntolerance/{smart.items['nuts']}")
    absent = smart.get(token, "AllergyIntolerance/0198c9a0-0000-7000-8000-000000000000")
    assert (refused.status_code, refused.content) == (absent.status_code, absent.content)


def test_the_patient_of_the_launch_is_the_only_one_of_patient_scopes(smart: Smart, app: StrictApp) -> None:
    def at_work(scope: str, patient: UUID) -> str:
        return str(app.tokens(smart.at_work, scope, unidossier_patient=str(patient))["access_token"])

    one = at_work("patient/Observation.rs", smart.patient)
    assert smart.sees(one) == {"potassium", "pressure"}
    assert smart.get(one, f"Observation/{smart.of_other}").status_code == 404
    both = at_work("patient/ImagingStudy.rs user/Observation.rs", smart.patient)
    assert smart.sees(both) == {"potassium", "pressure", "x-ray"}
    assert smart.get(both, f"Observation/{smart.of_other}").status_code == 200


def search(smart: Smart, token: str, query: str) -> set[str]:
    answer = smart.get(token, query)
    if answer.status_code != 200:
        return set()
    return {
        entry["fullUrl"].rsplit("/", 1)[1]
        for entry in answer.json().get("entry", ())
        if entry.get("search", {}).get("mode") != "outcome"
    }


def test_searching_and_including_stay_inside_the_scope(smart: Smart, app: StrictApp) -> None:
    machine = smart.world.session(smart.machine, face="api", purpose="exchange").hex()

    def deliver(kind: str, body: dict[str, Any]) -> str:
        headers = {"authorization": f"Bearer {machine}", "content-type": "application/fhir+json"}
        answer = smart.api.request(
            "POST",
            f"/fhir/{kind}",
            json=body | {"resourceType": kind, "subject": {"reference": f"Patient/{smart.patient}"}},
            headers=headers,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    code = {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]}
    lab = [{"coding": [{"system": LAB.split("|", maxsplit=1)[0], "code": "laboratory"}]}]
    value = deliver(
        "Observation", {"status": "final", "category": lab, "code": code, "effectiveDateTime": "2026-11-20"}
    )
    report = deliver(
        "DiagnosticReport",
        {
            "status": "final",
            "category": lab,
            "code": code,
            "effectiveDateTime": "2026-11-20",
            "result": [{"reference": f"Observation/{value}"}],
        },
    )
    whole = app.tokens(smart.at_home, "patient/*.rs")["access_token"]
    narrow = app.tokens(smart.at_home, "patient/DiagnosticReport.rs")["access_token"]
    query = f"DiagnosticReport?patient={smart.patient}&_id={report}&_include=DiagnosticReport:result"
    assert search(smart, whole, query) == {report, value}
    assert search(smart, narrow, query) == {report}
    assert search(smart, narrow, f"Observation?patient={smart.patient}") == set()
    chained = f"DiagnosticReport?patient={smart.patient}&result.code=2823-3"
    assert report in search(smart, whole, chained)
    assert search(smart, narrow, chained) == set()  # a chain through what one may not see finds nothing
    reading = app.tokens(smart.at_home, "patient/DiagnosticReport.r")["access_token"]
    assert search(smart, reading, query) == set()


def read_in_two_steps(smart: Smart, token: str, *, between: Any) -> list[Any]:
    """Grant, then something else, then the read: what a slow request does."""
    grant = secrets.token_bytes(32)
    with psycopg.connect(smart.world.dsns.app, autocommit=True) as connection:
        connection.execute(
            "SELECT gate.grant_access(%s, %s, 'fhir-read', NULL, '{}', %s)",
            (bytes.fromhex(token), smart.patient, hashlib.sha256(grant).digest()),
        )
        between()
        with connection.transaction():
            connection.execute("SELECT gate.use_grant(%s)", (grant,))
            return connection.execute("SELECT id FROM record.item").fetchall()


@pytest.mark.parametrize("way", ["the person", "the app", "the officer"])
def test_an_end_holds_at_the_next_statement(smart: Smart, way: str) -> None:
    # ACD-7
    from unidossier.actions.my_apps import end_app_access
    from unidossier.actions.register_app import suspend_app

    app = smart.app()
    told = app.tokens(smart.at_home, "patient/*.rs offline_access")
    own = smart.world.run("SELECT person_id, id FROM gate.app_access WHERE app_id = %s", app.id)[0]
    secret = smart.world.own_session_of(own[0])
    ends = {
        "the person": lambda: end_app_access(secret, access=own[1]),
        "the app": lambda: app.post(smart.at_home, "revoke", token=told["refresh_token"]),
        "the officer": lambda: suspend_app(smart.officer, app=app.id, stop=True, reason=WHY),
    }
    assert len(read_in_two_steps(smart, told["access_token"], between=lambda: None)) >= len(ITEMS)
    with pytest.raises(psycopg.Error) as stale:
        read_in_two_steps(smart, told["access_token"], between=ends[way])
    assert stale.value.sqlstate == "UD003"
    assert smart.get(told["access_token"], f"Observation/{smart.items['potassium']}").status_code == 401


def test_an_app_that_goes_on_is_let_in_as_before(smart: Smart) -> None:
    from unidossier.actions.register_app import suspend_app

    app = smart.app()
    told = app.tokens(smart.at_home, "patient/Observation.rs offline_access")
    suspend_app(smart.officer, app=app.id, stop=True, reason=WHY)
    assert smart.sees(told["access_token"]) == set()
    assert app.refresh(smart.at_home, told["refresh_token"]).json()["error"] == "invalid_client"
    suspend_app(smart.officer, app=app.id, stop=False, reason=WHY)
    assert smart.sees(told["access_token"]) == {"potassium", "pressure"}


def test_each_entry_names_the_app(smart: Smart, app: StrictApp) -> None:
    # LOG-1: by way of
    token = app.tokens(smart.at_home, "patient/Observation.rs")["access_token"]
    smart.get(token, f"Observation/{smart.items['potassium']}")
    verb, detail, device = smart.world.run(
        "SELECT verb, detail, device FROM log.entry WHERE patient_id = %s ORDER BY id DESC LIMIT 1",
        smart.patient,
    )[0]
    assert (verb, detail["by-way-of"], detail["app"], device) == (
        "fhir-read",
        "Growth chart",
        str(app.id),
        "app: Growth chart",
    )


# an app reads and writes; it decides nothing, whatever its person may
DECIDES = (
    "SELECT gate.my_apps(%(s)s)",
    "SELECT gate.end_app(%(s)s, gen_random_uuid())",
    "SELECT gate.give_app_access(%(s)s, '{}')",
    "SELECT gate.close_session(%(s)s)",
)


@pytest.mark.parametrize("statement", DECIDES)
def test_an_app_does_nothing_in_the_name_of_its_person(smart: Smart, app: StrictApp, statement: str) -> None:
    token = app.tokens(smart.at_home, "patient/*.cruds")["access_token"]
    with (
        psycopg.connect(smart.world.dsns.app, autocommit=True) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        connection.execute(statement, {"s": bytes.fromhex(token)})
    assert refused.value.sqlstate == "UD007"


@pytest.mark.parametrize(
    "verb",
    [
        "exclude",
        "give-mandate",
        "who-looked",
        "see-as",
        "break-the-glass",
        "launch-app",
        "read-messages",
        "change-details",
    ],
)
def test_an_app_is_granted_no_act_of_its_person(smart: Smart, app: StrictApp, verb: str) -> None:
    token = app.tokens(smart.at_home, "patient/Observation.cruds")["access_token"]
    with psycopg.connect(smart.world.dsns.app, autocommit=True) as connection:
        row = connection.execute(
            "SELECT allowed, rule FROM gate.grant_access(%s, %s, %s, NULL, '{}', %s)",
            (bytes.fromhex(token), smart.patient, verb, secrets.token_bytes(32)),
        ).fetchone()
    assert row == (False, "XCH-1.scope")


def test_a_list_of_patients_is_for_scopes_of_persons(smart: Smart, app: StrictApp) -> None:
    def listed(scope: str) -> set[UUID]:
        token = app.tokens(smart.at_work, scope, unidossier_patient=str(smart.patient))["access_token"]
        with psycopg.connect(smart.world.dsns.app, autocommit=True) as connection:
            row = connection.execute(
                "SELECT patients FROM gate.grant_list(%s, 'list-patients', '{}', %s)",
                (bytes.fromhex(token), secrets.token_bytes(32)),
            ).fetchone()
        assert row is not None
        return set(row[0])

    assert listed("user/Patient.s") == {smart.patient, smart.other}
    assert listed("patient/Patient.s") == {smart.patient}
    assert listed("patient/Observation.s user/Patient.r") == set()


def test_the_history_of_a_type_is_searching(smart: Smart, app: StrictApp) -> None:
    """SMART App Launch 2.2, scopes for clinical data: `r` reads an item and its history, `s` searches a type and its history."""
    potassium, of_type = f"Observation/{smart.items['potassium']}/_history", "Observation/_history"
    told = {}
    for may in ("r", "s"):
        token = app.tokens(smart.at_home, f"patient/Observation.{may}")["access_token"]
        told[may] = [smart.get(token, address).status_code for address in (potassium, of_type)]
    assert told == {"r": [200, 404], "s": [404, 200]}
