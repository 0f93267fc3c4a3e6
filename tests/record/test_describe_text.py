"""The text that a search finds. REC-4"""

import base64
import time

import pytest

from unidossier.record.describe import describe, text_of
from unidossier.record.describe.text import MAX_CHARACTERS


def attachment(data: bytes, content_type: str = "text/plain") -> dict:
    return {
        "resourceType": "DocumentReference",
        "content": [{"attachment": {"contentType": content_type, "data": base64.b64encode(data).decode()}}],
    }


def test_the_narrative_comes_without_its_tags_one_line_a_block():
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Goed &amp; wel,<br/>thuis.</p><ul><li>één</li><li>twee</li></ul></div>'
    assert text_of({"resourceType": "Composition", "text": {"div": div}}).split("\n") == [
        "Goed & wel,", "thuis.", "één", "twee",
    ]  # fmt: skip


def test_titles_displays_notes_and_conclusions_are_there_once():
    resource = {
        "resourceType": "DiagnosticReport",
        "code": {"text": "RX thorax", "coding": [{"display": "RX thorax"}]},
        "conclusion": "Geen infiltraat",
        "contained": [{"resourceType": "Observation", "note": [{"text": "slechte inspiratie"}]}],
    }
    assert text_of(resource).split("\n") == ["RX thorax", "Geen infiltraat", "slechte inspiratie"]


def test_the_name_and_numbers_of_the_patient_are_not():
    resource = {
        "resourceType": "Condition",
        "identifier": [{"value": "12345", "type": {"text": "nummer"}}],
        "subject": {"display": "An Peeters"},
        "code": {"text": "griep"},
    }
    assert text_of(resource) == "griep"


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        ("Één regel".encode(), "text/plain; charset=utf-8", "Één regel"),
        ("Één regel".encode("windows-1252"), "text/plain;charset=windows-1252", "Één regel"),
        ("Één regel".encode("utf-16"), 'text/plain; charset="UTF-16"', "Één regel"),
        ("Één regel".encode(), "text/plain; charset=klingon", "Één regel"),
        (rb"\ud800", "text/plain; charset=unicode_escape", r"\ud800"),
        (b"<p>een</p><p>twee</p>", "text/html", "een\ntwee"),
        (b"a\x00b", "text/plain", "a b"),
        (b"%PDF-1.7 geheim", "application/pdf", ""),
    ],
)
def test_inline_text_files_are_read(data, content_type, expected):
    assert text_of(attachment(data, content_type)) == expected


def test_base64_in_lines_is_read_and_damaged_base64_is_no_error():
    broken = attachment(b"hallo daar")
    inner = broken["content"][0]["attachment"]
    inner["data"] = inner["data"][:4] + "\r\n" + inner["data"][4:]
    assert text_of(broken) == "hallo daar"
    inner["data"] = "a"
    assert text_of(broken) == ""


def test_the_text_is_bounded():
    assert len(text_of(attachment(b"abcd " * 100_000))) <= MAX_CHARACTERS
    huge = {"resourceType": "Composition", "title": "t", "section": [{"title": "x" * 300_000}]}
    assert len(describe(huge, institution_language="nl").search_text) <= MAX_CHARACTERS


@pytest.mark.parametrize("piece", ["<", "<br ", "</p", "&", "<p"])
def test_no_markup_makes_it_slow(piece):
    started = time.perf_counter()
    text_of({"resourceType": "Composition", "text": {"div": piece * (200_000 // len(piece))}})
    assert time.perf_counter() - started < 1.0


def test_a_reader_of_another_language_finds_the_item():
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": "74400008"}], "text": "appendicite"}
    found = describe({"resourceType": "Condition", "code": coded}, institution_language="fr").search_text
    assert "blindedarmontsteking" in found
    assert "Appendizitis" in found


@pytest.mark.parametrize("kind", ["Encounter", "Appointment", "Claim"])
def test_agenda_and_bills_do_not_tell_why(kind):
    """Reception and billing see these lines; the reason is for carers (ACS-2)."""
    depression = {
        "coding": [{"system": "http://snomed.info/sct", "code": "35489007"}],
        "text": "neerslachtig",
    }
    resource = {
        "resourceType": kind,
        "reasonCode": [depression],
        "diagnosis": [{"diagnosisCodeableConcept": depression}],
        "item": [{"productOrService": depression}],
        "comment": "neerslachtig",
        "text": {"div": "<p>neerslachtig</p>"},
        "serviceType": [{"text": "Raadpleging"}],
    }
    line = describe(resource, institution_language="nl")
    told = f"{line.title} {line.short} {line.search_text}".casefold()
    assert "neerslachtig" not in told
    assert "depress" not in told
    assert "Raadpleging" in line.search_text
