"""The place to go on from, and the purpose (ACD-6, REP-5)."""

import time

import pytest

from tests.gate.world import World, hours
from tests.signin.conftest import People
from tests.signin.person import Browser, SignedUp
from unidossier.kernel.uuid7 import new_id


def places_of(who: SignedUp) -> list[tuple[str, str, str]]:
    """Return face, function, purpose of each place."""
    from unidossier.signin.whoami import whoami

    return [(place.face, place.function, place.purpose) for place in whoami(who.person).places]


def test_a_patient_goes_straight_to_his_own_record(browser: Browser, people: People) -> None:
    browser.sign_in(people.patient())
    assert browser.get("/places")["Location"] == "/my/"
    assert browser.get("/my/own").content == b"MY-4.own"


def test_a_carer_states_his_purpose(browser: Browser, people: People) -> None:  # ACD-6
    browser.sign_in(people.nurse())
    page = browser.get("/places").content.decode()
    assert '<input type="radio" name="purpose" value="care" checked>' in page
    assert page.count('type="radio" name="purpose"') == 5
    for forbidden in ("insurance", "occupational medicine", "health insurance fund", "expert reports"):
        assert forbidden in page.lower()


@pytest.mark.parametrize(
    "purpose", ["insurance", "occupational-medicine", "expertise", "own", "exchange", ""]
)
def test_no_other_purpose_opens_a_place_of_care(
    purpose: str, browser: Browser, people: People, world: World
) -> None:
    from unidossier.signin.whoami import whoami

    nurse = people.nurse()
    browser.sign_in(nurse)
    place = whoami(nurse.person).places[0].id
    assert browser.post("/places", place=place, purpose=purpose).status_code == 403
    assert browser.get("/ward/").status_code == 302
    assert world.run("SELECT count(*) FROM gate.session WHERE person_id = %s", nurse.person) == [(0,)]
    assert browser.post("/places", place=place, purpose="care").status_code == 302


@pytest.mark.parametrize("purpose", ["insurance", "occupational-medicine", "fund-control", "expertise"])
def test_a_forbidden_purpose_is_refused_in_plain_words_and_written_down(  # ACD-6
    purpose: str, browser: Browser, people: People, world: World
) -> None:
    from unidossier.signin.whoami import whoami

    nurse = people.nurse()
    browser.sign_in(nurse)
    place = whoami(nurse.person).places[0]
    answer = browser.post("/places", place=place.id, purpose=purpose)
    assert answer.status_code == 403
    assert b"The record is never open for this purpose" in answer.content
    entries = world.run(
        "SELECT verb, rule, permitted, purpose, function, institution_id, patient_id FROM log.entry WHERE person_id = %s",
        nurse.person,
    )
    assert entries == [("sign-in", "ACD-6.purpose", False, purpose, "nurse", place.institution, None)]


def test_nobody_writes_such_an_attempt_down_but_the_sign_in(world: World, people: People) -> None:
    import json
    import time

    import psycopg

    nurse = people.nurse()
    claims = json.dumps({"person": str(nurse.person), "purpose": "insurance", "at": time.time()})
    with psycopg.connect(world.dsns.app) as connection:
        for mac in (b"", b"\0" * 32, None):
            with pytest.raises(psycopg.Error) as refused:
                connection.execute("SELECT gate.refuse_purpose(%s, %s)", (claims, mac))
            assert refused.value.sqlstate == "UD004"
            connection.rollback()


def test_somebody_elses_place_is_not_open(browser: Browser, people: People, world: World) -> None:
    nurse, other = people.nurse(), world.worker("specialist", world.institution())
    browser.sign_in(nurse)
    assert browser.post("/places", place=str(other.employment), purpose="care").status_code == 400
    assert world.run("SELECT count(*) FROM gate.session WHERE employment_id = %s", other.employment) == [(0,)]


def test_the_face_follows_from_institution_and_function(people: People, world: World) -> None:
    hospital, practice = world.institution(), world.institution(network=False)
    expected = {("nurse", hospital): "ward", ("reception", hospital): "ward", ("gp", practice): "consult",
                ("ombuds", hospital): "desk", ("machine", hospital): "api"}  # fmt: skip
    for (function, house), face in expected.items():
        who = people.account(world.worker(function, house).person, with_code=False, password=None)
        assert [place[0] for place in places_of(who)] == [face], function


def test_an_employment_that_is_over_is_no_place(people: People, world: World) -> None:
    worker = world.worker("nurse", world.institution())
    who = people.account(worker.person, with_code=False, password=None)
    world.run("UPDATE registry.employment SET until_at = %s WHERE id = %s", hours(1), worker.employment)
    assert len(places_of(who)) == 1
    world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", worker.employment)
    assert places_of(who) == []


def test_a_nurse_who_is_a_patient_changes_place_without_a_new_sign_in(
    browser: Browser, people: People, world: World
) -> None:
    worker = world.worker("nurse", world.institution())
    patient = world.patient()
    world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", patient, worker.person)
    nurse = people.account(worker.person)
    browser.go_in(nurse)
    before = browser.get("/ward/").json()
    assert before["patient"] == "None"
    assert browser.get("/my/")["Location"].startswith("/places?next=")
    browser.post("/places", place="patient", purpose="own")
    after = browser.get("/my/").json()
    assert after["patient"] == str(patient) and after["secret"] != before["secret"]
    assert browser.get("/ward/").status_code == 302
    assert world.run(
        "SELECT face, ended_at IS NULL FROM gate.session WHERE person_id = %s ORDER BY started_at",
        nurse.person,
    ) == [
        ("ward", False),
        ("my", True),
    ]


def test_changing_place_does_not_prolong_the_ten_hours(
    browser: Browser, people: People, world: World
) -> None:
    worker = world.worker("nurse", world.institution())
    world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", world.patient(), worker.person)
    nurse = people.account(worker.person)
    browser.go_in(nurse)
    browser.post("/places", place="patient", purpose="own")
    rows = world.run(
        "SELECT ends_at - %s < interval '10 hours 1 minute' FROM gate.session WHERE person_id = %s",
        hours(0),
        nurse.person,
    )
    assert rows == [(True,), (True,)]


def test_a_parent_acts_for_others_in_a_session_of_its_own(
    browser: Browser, people: People, world: World
) -> None:
    parent = world.person(professional=False, patient=world.patient())
    who = people.account(parent)
    assert [place[1] for place in places_of(who)] == ["patient"]
    world.represent(world.patient(), parent, kind="parent")
    assert [place[1] for place in places_of(who)] == ["patient", "representative"]
    browser.sign_in(who)
    browser.post("/places", place="representative", purpose="own")
    assert browser.get("/my/").json()["represents"] is True
    assert world.run("SELECT actor FROM gate.session WHERE person_id = %s", parent) == [("representative",)]


def test_a_person_without_a_place_is_told_whom_to_ask(browser: Browser, people: People, world: World) -> None:
    browser.sign_in(people.account(world.person()))
    assert b"Ask the desk of your institution" in browser.get("/places").content


def test_the_registry_tells_nobody_but_the_sign_in_who_is_who(world: World, people: People) -> None:
    import json

    import psycopg

    from unidossier.signin.claims import ClaimsRefused
    from unidossier.signin.whoami import whoami

    nurse = people.nurse()
    assert whoami(nurse.person).places
    claims = json.dumps({"whoami": str(nurse.person), "at": 0})
    with psycopg.connect(world.dsns.app) as connection:
        for mac in (b"", b"\0" * 32, None):
            with pytest.raises(psycopg.Error) as refused:
                connection.execute("SELECT gate.whoami(%s, %s)", (claims, mac))
            assert refused.value.sqlstate == "UD004"
            connection.rollback()
    with pytest.raises(ClaimsRefused):
        whoami(new_id())


def test_changing_place_does_not_make_the_second_factor_fresh(
    browser: Browser, people: People, world: World
) -> None:
    worker = world.worker("nurse", world.institution())
    world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", world.patient(), worker.person)
    nurse = people.account(worker.person)
    browser.go_in(nurse)
    time.sleep(1.2)
    browser.post("/places", place="patient", purpose="own")
    [(apart, proven)] = world.run(
        """SELECT extract(epoch FROM max(started_at) - min(started_at)), extract(epoch FROM max(strong_at) - min(strong_at))
           FROM gate.session WHERE person_id = %s""",
        nurse.person,
    )
    assert apart > 1.2 and proven < 0.5, "both sessions tell the same proof"
