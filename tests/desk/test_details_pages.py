"""My details, the wish for another general practitioner, a case that names a carer, messages and taking back: from the form to the next page."""

import re
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.actions.clinic import days
from tests.desk.conftest import Desk
from tests.desk.test_registration_pages import follow, hidden, text
from tests.portals.conftest import Visitor
from tests.relations.outside import Outsider, known, number
from tests.signin.person import Browser
from unidossier.actions.register_death import record_death
from unidossier.kernel.uuid7 import new_id
from unidossier.registry.contact_code import code_of

CONTACT = {"language": "en", "address": "Dorp 1", "phone": "", "emergency": ""}


@pytest.fixture
def patient(desk: Desk, visitor: Visitor) -> Browser:
    """The browser of the patient at home."""
    desk.world.run(
        "UPDATE registry.patient SET language = 'en', contact = %s WHERE id = %s",
        Jsonb({"address": "Dorp 1", "email": "al@post.example"}),
        desk.patient,
    )
    desk.world.run(
        "INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", desk.patient, desk.clinic.id
    )
    return visitor(desk.world.person(professional=False, patient=desk.patient))


def test_contact_data_are_saved_and_a_stale_page_says_so(desk: Desk, patient: Browser) -> None:  # MY-12
    page = text(patient.get("/my/details/"))
    shown = hidden(page, "shown")
    assert "Dorp 1" in page and "al@post.example" in page
    saved = follow(patient, patient.post("/my/details/", **CONTACT | {"address": "Stad 2", "shown": shown}))
    assert "Your details are saved" in saved and "Stad 2" in saved
    stale = follow(patient, patient.post("/my/details/", **CONTACT | {"address": "Other 3", "shown": shown}))
    assert "Somebody changed this meanwhile" in stale and "Other 3" in stale  # what was written is kept
    bad = follow(patient, patient.post("/my/details/", **CONTACT | {"phone": "call me", "shown": shown}))
    assert "Write digits only" in bad
    broken = follow(patient, patient.post("/my/details/", **CONTACT | {"shown": "[1"}))
    assert "Please check this" in broken


def test_an_address_is_given_confirmed_and_shown(desk: Desk, patient: Browser) -> None:  # MY-12
    form = text(patient.get("/my/details/email/"))
    made = hidden(form, "id")
    assert "Write it like" in follow(patient, patient.post("/my/details/email/", id=made, email="al at post"))
    asked = follow(patient, patient.post("/my/details/email/", id=made, email="al@new.example"))
    assert "We sent a code of 8 digits to al@new.example" in asked
    assert "waits for its code" in text(patient.get("/my/details/"))
    path = f"/my/details/email/{made}/"
    code = code_of(UUID(made))
    assert "has 8 digits" in follow(patient, patient.post(path, code="12"))
    wrong = "1" * 8 if code != "1" * 8 else "2" * 8
    assert "This is not the code" in follow(patient, patient.post(path, code=wrong))
    done = follow(patient, patient.post(path, code=f" {code[:4]} {code[4:]} "))
    assert "is saved" in done and "al@new.example" in done
    assert "No address waits" in follow(patient, patient.get(f"/my/details/email/{new_id()}/"))


def test_a_gp_is_wished_and_the_desk_makes_the_change(
    desk: Desk, patient: Browser, visitor: Visitor
) -> None:  # MY-12
    clerk = visitor(desk.workers["registration-desk"].person)
    wished = desk.world.worker("gp", desk.world.institution(network=False))
    ((name,),) = desk.world.run("SELECT family FROM registry.person WHERE id = %s", wished.person)
    path = f"/my/details/gp/{wished.person}/"
    assert path in text(patient.get(f"/my/details/gp/?q={name}"))
    made = hidden(text(patient.get(path)), "id")
    assert "Your request is sent" in follow(patient, patient.post(path, id=made))
    assert patient.get(f"/my/details/gp/{desk.clinic.physician.person}/").status_code == 404
    ((task,),) = desk.world.run(
        "SELECT id FROM cases.task WHERE patient_id = %s AND kind = 'gp-change'", desk.patient
    )
    page = text(clerk.get(f"/desk/gp-change/{task}/"))
    assert name in page and f"/gp/{wished.person}/" in page
    refusing = f"/desk/gp-change/{task}/refuse/"
    assert "Write an answer" in follow(clerk, clerk.post(refusing, words=""))
    assert "reads your answer" in follow(clerk, clerk.post(refusing, words="This practice takes nobody new."))
    assert "takes nobody new" in text(patient.get("/my/messages/"))
    assert clerk.get(f"/desk/gp-change/{new_id()}/").status_code == 404


def test_a_case_opened_by_hand_names_a_carer_or_nobody(desk: Desk, visitor: Visitor) -> None:  # LOG-6
    director = visitor(desk.workers["medical-director"].person)
    carer = desk.clinic.physician
    ((name,),) = desk.world.run("SELECT family FROM registry.person WHERE id = %s", carer.person)
    base = f"/desk/about/{desk.patient}/case/"
    found = text(director.get(f"{base}?q={name}"))
    assert f"{base}{carer.person}/" in found and f"{base}new/" in found
    for path in (f"{base}{carer.person}/", f"{base}new/"):
        made = hidden(text(director.get(path)), "made")
        assert "The case is open" in follow(
            director, director.post(path, made=made, words="A complaint by telephone.")
        )
    people = desk.world.run(
        "SELECT person_id FROM cases.task WHERE patient_id = %s AND kind = 'case' ORDER BY made_at",
        desk.patient,
    )
    assert people == [(carer.person,), (None,)]
    assert director.get(f"{base}{new_id()}/").status_code == 404


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_a_mistyped_link_is_taken_back_the_same_whoever_has_the_number(
    desk: Desk, visitor: Visitor, who: str
) -> None:  # CON-6, ACD-8
    carer = Outsider.make(desk.world)
    digits = known(desk.world)[1] if who == "known" else number()
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    browser = visitor(carer.worker.person)
    path = f"/consult/attempt/{attempt}/back/"
    assert path in text(browser.get(f"/consult/attempt/{attempt}/"))
    assert "Take this link back?" in text(browser.get(path))
    assert "It is taken back" in follow(browser, browser.post(path))
    assert browser.get(path).status_code == 404
    assert "Al Roe" not in text(browser.get("/consult/"))


def messages(browser: Browser) -> str:
    return re.sub(r"\s+", " ", text(browser.get("/consult/messages/")))


def test_a_gp_is_told_on_his_first_page_and_reads_it(desk: Desk, visitor: Visitor) -> None:  # BTG-4, DTH-1
    desk.world.run(
        "INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", desk.patient, desk.clinic.id
    )
    gp = desk.world.worker("gp", desk.world.institution(network=False))
    desk.world.relation(desk.patient, gp, kind="gp", source_type="desk")
    browser = visitor(gp.person)
    assert "Nothing was told to you" in messages(browser)
    record_death(desk.secret, patient=desk.patient, at=days(-1), source="The ward")
    assert "1 message about one of your patients" in text(browser.get("/consult/"))
    told: Any = desk.world.run(
        "SELECT given || ' ' || family FROM registry.patient WHERE id = %s", desk.patient
    )
    page = messages(browser)
    assert told[0][0] in page and "Died on" in page and ">new<" in page
    assert ">new<" not in messages(browser)
    assert "message about one of your patients" not in text(browser.get("/consult/"))
