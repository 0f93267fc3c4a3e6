"""CON-8: the print queue of an institution, in the patient's language, with proof of dispatch; for the registration desk alone."""

from datetime import date, timedelta

import pypdfium2
import pytest
from django.utils import timezone

from tests.notices.conftest import contact, tell
from unidossier.actions.print_letters import list_letters, post_letters, take_letters
from unidossier.gate.door import AccessRefused, ActRefused, RecordUnreadable
from unidossier.notices.paper.letter import Sender, letters_pdf

SENDER = Sender(
    names={"nl": "Ziekenhuis", "en": "Hospital"}, address="Kaai 1, 9000 Gent", phone="+32 9 000 00 00"
)


@pytest.fixture
def desk(clinic) -> bytes:
    """The session of the registration desk of the hospital; a letter waits there."""
    contact(clinic, address="Beukenlaan 10, 9299 Scheldedal")
    tell(clinic, "link", who="Jo Doe")
    return governance(clinic, clinic.id)


def governance(clinic, house, function: str = "registration-desk") -> bytes:
    return clinic.world.session(clinic.world.worker(function, house), face="desk", purpose="governance")


def today() -> date:
    return timezone.localdate()


def test_a_letter_is_printed_then_posted_and_who_and_when_stay(clinic, desk) -> None:
    (waiting,) = list_letters(desk, state="waiting")
    assert (waiting["kind"], waiting["address"], waiting["times"]) == (
        "link",
        "Beukenlaan 10, 9299 Scheldedal",
        0,
    )
    take_letters(desk, state="waiting", letters=None)
    assert list_letters(desk, state="waiting") == []
    (printed,) = list_letters(desk, state="printed")
    assert post_letters(desk, letters=[printed["id"]], day=today()) == 1
    (posted,) = list_letters(desk, state="posted")
    assert posted["done_by"].startswith("Jo Doe") and posted["done_at"] is not None


def test_printing_again_is_counted_and_undoes_nothing(clinic, desk) -> None:
    (one,) = take_letters(desk, state="waiting", letters=None)
    take_letters(desk, state="printed", letters=[one["id"]])
    post_letters(desk, letters=[one["id"]], day=today())
    take_letters(desk, state="posted", letters=[one["id"]])
    (posted,) = list_letters(desk, state="posted")
    assert posted["times"] == 3


def test_saying_posted_twice_is_harmless(clinic, desk) -> None:
    (one,) = take_letters(desk, state="waiting", letters=None)
    post_letters(desk, letters=[one["id"]], day=today())
    (before,) = list_letters(desk, state="posted")
    clinic.world.run("SELECT 1")
    from unidossier.gate import door
    from unidossier.notices import queries

    door.read_list(
        desk,
        "print-letters",
        {"letters": "posted"},
        queries.mark_letters([one["id"]], what="posted", day=today() - timedelta(days=3)),
    )
    assert list_letters(desk, state="posted")[0]["done_at"] == before["done_at"]


def test_a_letter_that_was_not_printed_cannot_have_been_posted(clinic, desk) -> None:
    from unidossier.gate import door
    from unidossier.notices import queries

    (one,) = list_letters(desk, state="waiting")
    with pytest.raises(ActRefused, match="not-printed"):
        door.read_list(
            desk,
            "print-letters",
            {"letters": "waiting"},
            queries.mark_letters([one["id"]], what="posted", day=today()),
        )


def test_the_day_of_posting_is_neither_to_come_nor_before_the_printing(clinic, desk) -> None:
    (one,) = take_letters(desk, state="waiting", letters=None)
    with pytest.raises(ActRefused, match="in-the-future"):
        post_letters(desk, letters=[one["id"]], day=today() + timedelta(days=1))
    with pytest.raises(ActRefused, match="before-printing"):
        post_letters(desk, letters=[one["id"]], day=today() - timedelta(days=1))
    assert post_letters(desk, letters=[one["id"]], day=today()) == 1


def test_another_hospital_sees_and_marks_nothing(clinic, desk) -> None:
    other = governance(clinic, clinic.world.institution())
    (one,) = take_letters(desk, state="waiting", letters=None)
    assert list_letters(other, state="printed") == []
    with pytest.raises(ActRefused, match="no-such-letter"):
        post_letters(other, letters=[one["id"]], day=today())
    assert len(list_letters(desk, state="printed")) == 1


@pytest.mark.parametrize(
    "function", ["ombuds", "medical-director", "data-protection-officer", "security-officer"]
)
def test_other_functions_of_the_desk_print_no_letters(clinic, desk, function) -> None:  # ACS-1
    with pytest.raises(AccessRefused):
        list_letters(governance(clinic, clinic.id, function), state="waiting")
    assert len(list_letters(desk, state="waiting")) == 1


def test_the_letter_of_a_practice_is_printed_by_a_hospital_that_knows_the_patient(clinic) -> None:
    contact(clinic, address="Beukenlaan 10")
    practice = clinic.world.institution(network=False)
    clinic.world.run("SELECT notices.tell(%s, 'link', '{}', %s, 0)", clinic.patient, practice)
    assert len(list_letters(governance(clinic, clinic.id), state="waiting")) == 1


def test_the_entry_names_whom_the_list_names(clinic, desk) -> None:  # LOG-1, ACS-4
    list_letters(desk, state="waiting")
    rows = clinic.world.run("SELECT verb, rule FROM log.listed WHERE patient_id = %s", clinic.patient)
    assert ("print-letters", "ACS-4.task") in rows


def test_a_letter_shows_no_record(clinic, desk) -> None:  # ACS-4
    from unidossier.gate import door
    from unidossier.gate.door import Query

    clinic.world.item(clinic.patient, clinic.id)
    with pytest.raises(RecordUnreadable):
        door.read_list(desk, "print-letters", {"letters": "waiting"}, Query("SELECT title FROM record.item"))


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("nl", "Een zorgverlener heeft een nieuwe toegang"),
        ("de", "Ein Behandler hat neuen Zugriff"),
        ("xx", "A carer has new access"),
    ],
)
def test_the_paper_is_in_the_patient_s_language_and_addressed(clinic, desk, language, subject) -> None:
    clinic.world.run("UPDATE registry.patient SET language = %s WHERE id = %s", language, clinic.patient)
    rows = take_letters(desk, state="waiting", letters=None) * 2
    at = timezone.now()
    made = letters_pdf(rows, sender=SENDER, portal="https://portal.example/", at=at)
    assert made == letters_pdf(rows, sender=SENDER, portal="https://portal.example/", at=at)
    paper = pypdfium2.PdfDocument(made)
    assert len(paper) == 2
    page = paper[0].get_textpage()
    text = page.get_text_range()
    assert subject in text and "9299 Scheldedal" in text and "Jo Doe" in text and "+32 9 000 00 00" in text
    found = page.search("9299").get_next()
    left, _bottom, _right, top = page.get_charbox(found[0])
    millimetre = 72 / 25.4
    assert 95 < left / millimetre < 115, "the window begins 100 mm from the left"
    assert 40 < (paper[0].get_height() - top) / millimetre < 75, "and stands 45 to 75 mm from the top"


def test_marks_of_the_template_are_content_and_not_markup(clinic, desk) -> None:
    row = take_letters(desk, state="waiting", letters=None)[0] | {"family": "#import *_[x]$"}
    text = (
        pypdfium2.PdfDocument(letters_pdf([row], sender=SENDER, portal="p", at=timezone.now()))[0]
        .get_textpage()
        .get_text_range()
    )
    assert "#import *_[x]$" in text
