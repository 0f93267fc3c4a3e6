"""Where in a text the searched words stand: shown for what was found by its text, under an entry that names it (REC-4, LOG-1)."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, row
from unidossier.actions.open_record import open_record, search_record
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.excerpts import MOST_CHARACTERS
from unidossier.record.queries import Filter

LONG = "Patiënt voelt zich goed. " * 40


def report(clinic: Clinic, text: str, *, title: str = "Raadpleging", **changes: Any) -> UUID:
    """Store a report whose text is a plain file; return its id."""
    item = new_id()
    file = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    resource = {"resourceType": "DocumentReference", "id": str(item), "content": [{"attachment": file}]}
    clinic.store(
        row(
            item,
            **{"title": title, "language": "nl", "search_text": text, "resource": json.dumps(resource)}
            | changes,
        )
    )
    return item


def shown(clinic: Clinic, text: str, *, secret: bytes | None = None) -> dict[UUID, str]:
    """Search; give the excerpt of each item that has one, found words in brackets."""
    listed, _ = search_record(secret or clinic.secret, patient=clinic.patient, chosen=Filter(text=text))
    return {
        line["id"]: "".join(f"[{one.text}]" if one.is_found else one.text for one in line["excerpt"])
        for line in listed.lines
        if line.get("excerpt")
    }


def test_the_found_word_is_marked_in_its_surroundings(clinic: Clinic) -> None:
    item = report(clinic, f"{LONG}\nOpname wegens acute decompensatie bij hartfalen. {LONG}")
    (excerpt,) = [shown(clinic, "decompens")[item]]
    assert "acute [decompensatie]" in excerpt
    assert len(excerpt) < 300


@pytest.mark.parametrize(
    ("language", "text", "typed", "marked"),
    [
        ("nl", "Vroegere ontstekingen van de long.", "ontsteking", "[ontstekingen]"),
        ("fr", "Sortie après une opération du genou.", "operation", "[opération]"),
        (
            "fr",
            "Plusieurs insuffisances cardiaques.",
            "insuffisance cardiaque",
            "[insuffisances] [cardiaques]",
        ),
        ("de", "Frühere Entzündungen der Lunge.", "Entzündung", "[Entzündungen]"),
        ("en", "Both wrists had fractures.", "fracture wrist", "[wrists] had [fractures]"),
        ("en", "Dose of 12.5 mg in the morning.", "12.5", "[12.5]"),
    ],
)
def test_stems_accents_and_several_words(
    clinic: Clinic, language: str, text: str, typed: str, marked: str
) -> None:
    item = report(clinic, text, language=language, title="Note")
    assert marked in shown(clinic, typed)[item]


def test_a_title_that_says_the_words_needs_no_excerpt_and_no_entry(clinic: Clinic) -> None:
    report(clinic, "Bekend met hartfalen.", title="Hartfalen")
    assert shown(clinic, "hartfalen") == {}
    assert _named(clinic) == []


def test_the_entry_names_the_items_whose_text_was_shown_and_no_others(clinic: Clinic) -> None:
    item = report(clinic, "Bekend met hartfalen.")
    report(clinic, "Bekend met hartfalen.", title="Hartfalen")
    assert list(shown(clinic, "hartfalen")) == [item]
    assert _named(clinic) == [("search-record", [item], {"text": "hartfalen"})]


def _named(clinic: Clinic) -> list[tuple[Any, ...]]:
    return clinic.world.run(
        "SELECT verb, items, detail FROM log.entry WHERE patient_id = %s AND items IS NOT NULL AND verb <> 'write-report'",
        clinic.patient,
    )


def test_the_first_page_of_a_search_has_them_too(clinic: Clinic) -> None:
    report(clinic, "Bekend met hartfalen.")
    opened = open_record(clinic.secret, patient=clinic.patient, chosen=Filter(text="hartfalen"))
    assert [one.is_found for line in opened.listed.lines for one in line["excerpt"]] == [False, True, False]


def test_the_newest_version_is_what_is_shown(clinic: Clinic) -> None:
    item = report(clinic, "Bekend met hartfalen.", status="draft")
    later = {"resourceType": "DocumentReference", "id": str(item), "description": "Hartfalen uitgesloten"}
    clinic.store(
        row(
            item,
            language="nl",
            title="Raadpleging",
            search_text="hartfalen uitgesloten",
            resource=json.dumps(later),
        )
    )
    assert shown(clinic, "hartfalen") == {item: "[Hartfalen] uitgesloten"}


def test_what_may_not_be_seen_has_no_excerpt(clinic: Clinic) -> None:
    report(clinic, "Bekend met hartfalen.", status="draft")
    report(clinic, "Bekend met hartfalen.", category=int(Category.PSYCHIATRY))
    open_to_all = report(clinic, "Geen hartfalen.")
    house = clinic.world.institution()
    nurse = clinic.colleague("nurse", house=house)
    assert shown(clinic, "hartfalen", secret=nurse) == {open_to_all: "Geen [hartfalen]."}


def test_why_an_appointment_was_made_is_not_shown(clinic: Clinic) -> None:
    report(clinic, "Controle wegens hartfalen.", category=int(Category.AGENDA))
    assert shown(clinic, "controle") == {}


def test_a_word_that_only_a_translation_says_has_no_excerpt(clinic: Clinic) -> None:
    item = new_id()
    resource = json.dumps(
        {"resourceType": "DocumentReference", "id": str(item), "description": "Bilan rénal"}
    )
    clinic.store(row(item, search_text="nierfunctie", title="Rapport", language="fr", resource=resource))
    listed, _ = search_record(clinic.secret, patient=clinic.patient, chosen=Filter(text="nierfunctie"))
    assert [line["id"] for line in listed.lines] == [item]
    assert shown(clinic, "nierfunctie") == {}


@pytest.mark.parametrize("typed", ["o'brien", "a & b | !c", "<->", "b:*", "'", "\\"])
def test_no_sign_of_the_typed_text_is_an_operator(clinic: Clinic, typed: str) -> None:
    report(clinic, "a b c o'brien")
    shown(clinic, typed)


def test_a_text_too_long_to_go_through_is_found_without_an_excerpt(clinic: Clinic) -> None:
    report(clinic, "hartfalen " + "goed " * (MOST_CHARACTERS // 5), search_text="hartfalen")
    listed, _ = search_record(clinic.secret, patient=clinic.patient, chosen=Filter(text="hartfalen"))
    assert len(listed.lines) == 1
    assert shown(clinic, "hartfalen") == {}
