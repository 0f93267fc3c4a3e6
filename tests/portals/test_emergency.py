"""Emergency access as a page: the form, the fresh proof, one refusal for all, the banner and its end (BTG, EXC-7, ACD-8)."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker, hours
from tests.portals.conftest import Visitor
from tests.portals.test_absence import ask
from tests.signin.person import Browser, SignedUp, code_of
from unidossier.kernel.uuid7 import new_id

PAGE = "/ward/emergency/"
TEXT = "Found unconscious at home"
ALONE = {"alone": "on", "discipline": "cardiology", "alone_why": "The other one is in the theatre"}


def filled(patient: UUID | str = "", **changes: str) -> dict[str, str]:
    """The fields of a complete form."""
    told = {"opening": str(new_id()), "record": str(patient), "reason": "unconscious", "justification": TEXT}
    return told | changes


@pytest.fixture
def doctor(clinic: Clinic) -> Worker:
    """An emergency physician without a relation."""
    return clinic.world.worker("emergency-physician", clinic.id)


@pytest.fixture
def browser(clinic: Clinic, doctor: Worker, visitor: Visitor) -> Browser:
    return visitor(doctor.person)


def grow_old(browser: Browser, *, by_s: float) -> None:
    """Let the proofs of this session be older."""
    session = browser.client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= by_s
    session.save()


# the form


ERRORS: dict[str, tuple[dict[str, str], str]] = {
    "nobody named": ({"record": ""}, "Give the national number, or the family name and the date of birth."),
    "a name without a birth date": ({"record": "", "family": "Roe"}, "the date of birth."),
    "a wrong digit": ({"record": "", "number": "85.07.30-033.29"}, "This is no national number"),
    "30 February": ({"record": "", "family": "Roe", "birth": "1980-02-30"}, "This day does not exist"),
    "no reason": ({"reason": ""}, "Choose a reason."),
    "a reason not in the list": ({"reason": "curious"}, "curious"),
    "no justification": ({"justification": ""}, "Write at least 20 characters"),
    "19 characters": ({"justification": "x" * 19}, "Write at least 20 characters"),
    "blanks": ({"justification": "x" + " " * 30 + "y"}, "Write at least 20 characters"),
    "a statement without its reason": (ALONE | {"alone_why": "because"}, "why nobody else can take over"),
    "a statement not confirmed": (ALONE | {"alone": ""}, "Confirm this statement"),
    "a statement without discipline": (ALONE | {"discipline": " "}, "Say for which discipline"),
}


@pytest.mark.parametrize("why", ERRORS)
def test_what_is_missing_is_said_and_nothing_opens(  # BTG-1
    clinic: Clinic, browser: Browser, why: str
) -> None:
    changes, words = ERRORS[why]
    told = filled(clinic.patient, **changes)
    answer = browser.post(PAGE, **told)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="error-summary"' in page
    assert words in page
    assert told["opening"] in page  # the same form goes on
    assert clinic.world.run("SELECT 1 FROM relations.opening WHERE patient_id = %s", clinic.patient) == []
    assert browser.post(PAGE, **filled(clinic.patient)).status_code == 302


def test_the_same_form_sent_twice_opens_once(clinic: Clinic, browser: Browser) -> None:
    told = filled(clinic.patient)
    for _ in range(2):
        assert browser.post(PAGE, **told)["Location"] == f"/ward/patient/{clinic.patient}/"
    rows = clinic.world.run("SELECT id FROM relations.opening WHERE patient_id = %s", clinic.patient)
    assert rows == [(UUID(told["opening"]),)]


def test_who_comes_from_an_address_needs_not_say_whom(clinic: Clinic, browser: Browser) -> None:
    refusal = browser.get(f"/ward/patient/{clinic.patient}/").content.decode()
    (way,) = re.findall(r'href="(/ward/emergency/\?from=[^"]+)"', refusal)
    page = browser.get(way).content.decode()
    assert f'name="record" value="{clinic.patient}"' in page
    [(family,)] = clinic.world.run("SELECT family FROM registry.patient WHERE id = %s", clinic.patient)
    assert family not in page
    for elsewhere in ("/ward/", "/ward/patient/x/", "//example.org/", "%00", ""):
        page = browser.get(f"{PAGE}?from={elsewhere}").content.decode()
        assert 'name="record" value=' not in page


# one refusal for all


def test_every_refusal_is_the_same_page(
    clinic: Clinic, doctor: Worker, browser: Browser
) -> None:  # ACD-8, BTG-6
    world = clinic.world
    closed = {
        "nobody": new_id(),
        "excluded": world.patient(),
        "excluded also in emergencies": world.patient(),
        "deceased": world.patient(deceased_at=hours(-1)),
    }
    world.exclude(closed["excluded"], doctor.person)
    world.exclude(closed["excluded also in emergencies"], doctor.person, absolute=True)
    told: dict[str, Any] = {}
    for why, patient in closed.items():
        answer = browser.post(PAGE, **filled(patient))
        told[why] = (answer.status_code, re.sub(rb'Token": "[^"]+"|value="[^"]+"', b"", answer.content))
    assert {status for status, _ in told.values()} == {404}
    assert len(set(told.values())) == 1, "a refusal tells why"
    assert b"You have no access to this record" in told["nobody"][1]
    # with the statement of the only one on duty: the plain exclusion opens, the others stay one page
    for why, patient in closed.items():
        answer = browser.post(PAGE, **filled(patient, **ALONE))
        if why == "excluded":
            assert answer["Location"] == f"/ward/patient/{patient}/"
        else:
            body = re.sub(rb'Token": "[^"]+"|value="[^"]+"', b"", answer.content)
            assert (answer.status_code, body.splitlines()) == (404, told["nobody"][1].splitlines())


@pytest.mark.parametrize(
    ("function", "may"), [("nurse", True), ("practical-nurse", False), ("reception", False)]
)
def test_the_ways_depend_on_the_function_alone(  # ACD-8, BTG-2
    clinic: Clinic, visitor: Visitor, function: str, may: bool
) -> None:
    browser = visitor(clinic.world.worker(function, clinic.id).person)
    patients = (clinic.patient, new_id(), clinic.world.patient(deceased_at=hours(-1)))
    pages = [ask(browser, f"/ward/patient/{patient}/") for patient in patients]
    assert len(set(pages)) == 1
    assert (b"/ward/emergency/?from=" in pages[0][2]) is may
    assert b"/ward/contact/" in pages[0][2]
    assert (b'href="/ward/emergency/"' in browser.get("/ward/").content) is may
    for path in (PAGE, "/ward/confirm/"):
        assert browser.get(path).status_code == (200 if may else 403)
    assert browser.post(PAGE, **filled(clinic.patient)).status_code == (302 if may else 403)


def test_the_hospital_to_ask_stands_first(clinic: Clinic, browser: Browser) -> None:
    page = browser.get("/ward/contact/").content.decode()
    [(names,)] = clinic.world.run("SELECT names FROM registry.institution WHERE id = %s", clinic.id)
    first = page.split("<li>")[1]
    assert any(name in page.split('class="statements"')[1].split("</li>")[0] for name in names.values()), (
        first
    )


# the fresh proof


def test_an_old_proof_is_asked_again_and_the_form_comes_back_filled(  # BTG-2
    clinic: Clinic, doctor: Worker
) -> None:
    who = SignedUp.make(doctor.person)
    browser = Browser(address="198.18.7.7")
    browser.go_in(who)
    grow_old(browser, by_s=600)
    told = filled(clinic.patient, **ALONE)
    away = browser.post(PAGE, **told)
    assert away["Location"] == "/sign-in/prove?next=%2Fward%2Femergency%2F"
    assert clinic.world.run("SELECT 1 FROM relations.opening WHERE patient_id = %s", clinic.patient) == []
    proof = browser.get(away["Location"])
    assert proof["Location"].startswith("/sign-in/again/code?next=")
    assert who.totp_secret
    back = browser.post(proof["Location"], code=code_of(who.totp_secret, steps=1))
    assert back["Location"] == PAGE
    page = browser.get(PAGE).content.decode()
    for value in (told["opening"], TEXT, ALONE["alone_why"], str(clinic.patient)):
        assert value in page
    assert 'value="unconscious" data-' in page or re.search(r'value="unconscious"[^>]*checked', page)
    assert TEXT not in browser.get(PAGE).content.decode()  # shown once
    assert browser.post(PAGE, **told)["Location"] == f"/ward/patient/{clinic.patient}/"


def test_the_one_click_of_the_demonstration_is_closed_outside_it(browser: Browser) -> None:
    grow_old(browser, by_s=600)
    assert browser.post("/sign-in/demo/again", next=PAGE).status_code == 404
    assert browser.get(f"/sign-in/prove?next={PAGE}")["Location"].startswith("/sign-in/again/code")
    assert browser.get("/sign-in/prove?next=https://example.org/")["Location"].endswith("next=%2F")


# in the record


def test_the_banner_tells_the_reason_and_the_time_left_and_ends_it(  # BTG-3
    clinic: Clinic, browser: Browser
) -> None:
    browser.post(PAGE, **filled(clinic.patient))
    record = f"/ward/patient/{clinic.patient}/"
    page = browser.get(record).content.decode()
    assert "The patient is unconscious" in page
    assert "11 h 59 left" in page
    assert f'action="{record}emergency/end/"' in page
    assert "Open in an emergency" in browser.get("/ward/").content.decode()
    asked = browser.get(f"{record}emergency/end/")
    assert b"End the emergency access?" in asked.content
    assert browser.post(f"{record}emergency/end/")["Location"] == "/ward/"
    assert browser.get(record).status_code == 404
    assert "Open in an emergency" not in browser.get("/ward/").content.decode()


def test_a_colleague_on_the_roster_is_told_at_the_form(  # EXC-7
    clinic: Clinic, doctor: Worker, browser: Browser
) -> None:
    team = clinic.world.team(clinic.id)
    clinic.world.duty(doctor.person, team=team)
    other = clinic.world.worker("emergency-physician", clinic.id)
    clinic.world.duty(other.person, team=team, starts=hours(-1), ends=hours(7))
    answer = browser.post(PAGE, **filled(clinic.patient, **ALONE))
    page = answer.content.decode()
    assert "a colleague of your function is on duty" in page
    assert ALONE["alone_why"] in page
    assert clinic.world.run("SELECT 1 FROM relations.opening WHERE patient_id = %s", clinic.patient) == []


def test_a_colleague_confirms_once(
    clinic: Clinic, doctor: Worker, browser: Browser, visitor: Visitor
) -> None:  # EXC-7
    clinic.world.exclude(clinic.patient, doctor.person)
    told = filled(clinic.patient, **ALONE)
    assert browser.post(PAGE, **told).status_code == 302
    nurse = visitor(clinic.world.worker("nurse", clinic.id).person)
    page = nurse.get("/ward/confirm/").content.decode()
    assert "cardiology" in page
    [(family,)] = clinic.world.run("SELECT family FROM registry.patient WHERE id = %s", clinic.patient)
    assert family not in page and str(clinic.patient) not in page
    for words in ("The medical director sees it", "has confirmed it meanwhile"):
        nurse.post("/ward/confirm/", lifting=told["opening"])
        assert words in nurse.get("/ward/confirm/").content.decode()
    nurse.post("/ward/confirm/", lifting="nonsense")
    assert "nothing to confirm" in nurse.get("/ward/confirm/").content.decode()


def test_a_general_practitioner_reads_it_on_his_first_page(  # BTG-4
    clinic: Clinic, browser: Browser, visitor: Visitor
) -> None:
    clinic.world.item(clinic.patient, clinic.id)
    gp = clinic.world.worker("gp", clinic.world.institution(network=False))
    clinic.world.relation(clinic.patient, gp, kind="gp")
    reader = visitor(gp.person)
    assert b'hx-get="/consult/emergencies/"' in reader.get("/consult/").content
    asked = {"HX-Request": "true", "HX-Target": "emergencies"}
    for headers in ({}, asked):
        page = reader.get("/consult/emergencies/", headers=headers).content
        assert b"Nobody opened a record of your patients" in page
    browser.post(PAGE, **filled(clinic.patient))
    for headers in ({}, asked):
        page = reader.get("/consult/emergencies/", headers=headers).content
        assert (b"<html" in page) is not bool(headers)
        assert b"The patient is unconscious" in page
        assert TEXT.encode() not in page
    # a colleague with another function is not shown it
    other = visitor(clinic.world.worker("physiotherapist", gp.institution).person)
    assert b"/consult/emergencies/" not in other.get("/consult/").content
