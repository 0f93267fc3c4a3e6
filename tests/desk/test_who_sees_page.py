"""What somebody would see, on My and at the Desk (ACD-9): the way to the page, the search, the answer, and who gets none."""

from uuid import UUID

import pytest

from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor
from tests.signin.person import Browser

OVERSEEING = ("ombuds", "medical-director", "data-protection-officer")
OTHERS = ("registration-desk", "security-officer")


@pytest.fixture
def patient(desk: Desk, visitor: Visitor) -> Browser:
    return visitor(desk.world.person(professional=False, patient=desk.patient))


def family_of(desk: Desk, table: str, id: UUID) -> str:
    ((family,),) = desk.world.run(f"SELECT family FROM registry.{table} WHERE id = %s", id)
    return str(family)


def text(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("function", OVERSEEING)
def test_from_the_file_to_the_answer(desk: Desk, visitor: Visitor, function: str) -> None:
    browser = visitor(desk.workers[function].person)
    path = f"/desk/patient/{desk.patient}/who-sees/"
    assert path in text(browser.get(f"/desk/file/{desk.patient}/"))
    carer = desk.clinic.physician
    assert f"who={carer.employment}" in text(
        browser.get(f"{path}?q={family_of(desk, 'person', carer.person)}")
    )
    page = text(browser.get(f"{path}?who={carer.employment}"))
    assert "This person can open the record." in page
    assert family_of(desk, "patient", desk.patient) in page


@pytest.mark.parametrize("function", OTHERS)
def test_who_does_not_oversee_has_no_way_and_no_answer(desk: Desk, visitor: Visitor, function: str) -> None:
    browser = visitor(desk.workers[function].person)
    path = f"/desk/patient/{desk.patient}/who-sees/"
    assert path not in text(browser.get(f"/desk/file/{desk.patient}/"))
    assert browser.get(f"{path}?who={desk.clinic.physician.employment}").status_code == 404


def test_the_patient_asks_about_a_stranger_now_and_in_an_emergency(desk: Desk, patient: Browser) -> None:
    stranger = desk.world.worker("specialist", desk.clinic.id)
    path = f"/my/who-sees/?who={stranger.employment}"
    assert "This person cannot open the record." in text(patient.get(path))
    assert "This person can open the record." in text(patient.get(f"{path}&emergency=on"))


def test_my_page_names_the_patient_before_anything_is_asked(desk: Desk, patient: Browser) -> None:  # REP-5
    assert family_of(desk, "patient", desk.patient) in text(patient.get("/my/who-sees/"))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("on=0001-01-01&q=doe", "Choose a day between 1900 and 2100."),
        ("on=9999-12-31&q=doe", "Choose a day between 1900 and 2100."),
        ("on=2026-02-30&q=doe", "Please check this"),
        ("who=nobody", "Please check this"),
        ("q=zzzzqqq", "Nobody with this name"),
    ],
)
def test_bad_input_is_told(patient: Browser, query: str, told: str) -> None:
    assert told in text(patient.get(f"/my/who-sees/?{query}"))


@pytest.mark.parametrize("purpose", ["insurance", "occupational-medicine", "fund-control", "expertise"])
def test_another_purpose_than_care_opens_nothing_to_anybody(
    desk: Desk, patient: Browser, visitor: Visitor, purpose: str
) -> None:  # ACD-6
    carer = desk.clinic.physician.employment
    director = visitor(desk.workers["medical-director"].person)
    for browser, path in ((patient, "/my/who-sees/"), (director, f"/desk/patient/{desk.patient}/who-sees/")):
        assert "can open the record" in text(browser.get(f"{path}?who={carer}&purpose=care"))
        page = text(browser.get(f"{path}?who={carer}&purpose={purpose}&emergency=on"))
        assert (
            "cannot open the record" in page and "ACD-6.purpose" in page and "Nothing of the record" in page
        )


def test_the_rest_of_the_question_goes_along_and_a_purpose_that_is_none_is_told(
    desk: Desk, patient: Browser
) -> None:
    name = family_of(desk, "person", desk.clinic.physician.person)
    found = text(patient.get(f"/my/who-sees/?q={name}&on=2026-01-02&purpose=insurance&emergency=on"))
    assert "&amp;on=2026-01-02&amp;purpose=insurance&amp;emergency=on" in found
    assert "Choose one of the purposes" in text(patient.get(f"/my/who-sees/?q={name}&purpose=money"))
