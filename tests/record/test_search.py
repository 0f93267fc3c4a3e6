"""Search within a record: stems of four languages, accents, words as they are typed, and nothing by accident (REC-4)."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, row
from unidossier.actions.open_record import search_record
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.describe import describe
from unidossier.record.queries import Filter


def found(clinic: Clinic, text: str) -> set[str]:
    """Give the titles that a search finds."""
    listed, _ = search_record(clinic.secret, patient=clinic.patient, chosen=Filter(text=text))
    return {line["title"] for line in listed.lines}


def _titled(clinic: Clinic, language: str, *titles: str) -> None:
    clinic.store(*(row(title=title, language=language) for title in titles))


# language, what the report is called, what one types, whether it is found
STEMS = [
    ("nl", "Chronisch hartfalen", "hartfalen", True),
    ("nl", "Chronisch hartfalen", "hartfalens", True),
    ("nl", "Ernstige ontstekingen", "ontsteking", True),
    ("nl", "Een ontsteking", "ontstekingen", True),
    ("nl", "Chronisch hartfalen", "hart", True),  # as one types
    ("nl", "Chronisch hartfalen", "falen", False),  # no word begins so
    ("fr", "Insuffisance cardiaque", "cardiaques", True),
    ("fr", "Insuffisances cardiaques", "insuffisance cardiaque", True),
    ("fr", "Insuffisance d'organe", "organes", True),
    ("fr", "Insuffisance rénale", "d'insuff", True),  # the article is no word to look for
    ("fr", "Insuffisance rénale", "l’insuffisance", True),
    ("fr", "Insuffisance rénale", "hépatique", False),
    ("de", "Entzündungen der Lunge", "Entzündung", True),
    ("de", "Herzinsuffizienz", "herzinsuff", True),
    ("de", "Entzündungen der Lunge", "Leber", False),
    ("en", "Fractures of both wrists", "fracture", True),
    ("en", "A fracture", "fractures", True),
    ("en", "A fracture", "rupture", False),
]


@pytest.mark.parametrize(("language", "title", "typed", "is_found"), STEMS)
def test_stems_of_the_texts_own_language(
    clinic: Clinic, language: str, title: str, typed: str, is_found: bool
) -> None:
    _titled(clinic, language, title, "Something else")
    assert found(clinic, typed) == ({title} if is_found else set())


# What holds of accents and joined letters: both ways in every language, but oe for ö in German texts alone.
ACCENTS = [
    *[(language, "Opération", "operation", True) for language in ("fr", "nl", "de", "en")],
    *[(language, "Operation", "opération", True) for language in ("fr", "nl", "de", "en")],
    ("nl", "Coördinatie", "coordinatie", True),
    ("nl", "Coo\u0308rdinatie", "coördinatie", True),  # a letter and its mark apart
    ("nl", "Coördinatie", "coo\u0308rdi", True),
    ("fr", "Œdème", "oedeme", True),
    ("fr", "Oedeme", "œdème", True),
    ("de", "Straße", "strasse", True),
    ("de", "Strasse", "straße", True),
    ("de", "Ödem", "odem", True),
    ("de", "Ödem", "oedem", True),
    ("de", "Oedem", "ödem", True),
    ("de", "Fußödeme", "fussoed", False),  # not while one still types
    ("nl", "Ödem", "oedem", True),  # the reader may be German
    ("nl", "Oedeem", "ödeem", False),
]


@pytest.mark.parametrize(("language", "title", "typed", "is_found"), ACCENTS)
def test_accents_are_ignored_both_ways(
    clinic: Clinic, language: str, title: str, typed: str, is_found: bool
) -> None:
    _titled(clinic, language, title)
    assert found(clinic, typed) == ({title} if is_found else set())


@pytest.mark.parametrize("upto", range(1, len("hartfalen") + 1))
def test_each_letter_typed_keeps_the_item(clinic: Clinic, upto: int) -> None:
    _titled(clinic, "nl", "Chronisch hartfalen", "Longontsteking")
    assert found(clinic, "hartfalen"[:upto]) == {"Chronisch hartfalen"}


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("acuut hartfalen", {"Acuut hartfalen"}),
        ("hartfalen acuut", {"Acuut hartfalen"}),
        ("hart acu", {"Acuut hartfalen"}),
        ("hartfalen", {"Acuut hartfalen", "Chronisch hartfalen"}),
        ("acuut long", set()),
        ("hartfalen  \t acuut\n", {"Acuut hartfalen"}),
    ],
)
def test_several_words_must_all_be_there(clinic: Clinic, typed: str, titles: set[str]) -> None:
    _titled(clinic, "nl", "Acuut hartfalen", "Chronisch hartfalen")
    assert found(clinic, typed) == titles


@pytest.mark.parametrize(
    ("title", "typed", "is_found"),
    [
        ("CRP 12,5 mg", "12,5", True),
        ("CRP 125 mg", "12,5", False),
        ("Dosis 1.5", "1.5", True),
        ("Dosis 15", "1.5", False),
        ("Covid-19", "covid-19", True),
        ("Covid-19", "covid-1", True),
        ("Long-term plan", "long-t", True),
        ("Vitamine B12", "b12", True),
        ("Foto's van de wonde", "foto's", True),
        ("Brief van Jan d'Hondt", "hondt", True),
    ],
)
def test_numbers_and_joined_words(clinic: Clinic, title: str, typed: str, is_found: bool) -> None:
    _titled(clinic, "nl", title)
    assert found(clinic, typed) == ({title} if is_found else set())


def _condition(clinic: Clinic, *, language: str, told: str) -> UUID:
    """Store heart failure as a sender of one language names it; its code brings the other languages (REC-9)."""
    item = new_id()
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "id": str(item),
        "language": language,
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "84114007"}], "text": told},
        "recordedDate": "2026-05-05",
    }
    line = describe(resource, institution_language=language)
    clinic.store(
        row(
            item,
            title=told,
            language=language,
            category=int(line.category),
            search_text=line.search_text,
            resource=json.dumps(resource),
        )
    )
    return item


@pytest.mark.parametrize(
    "typed", ["hartfalen", "hartf", "insuffisance cardiaque", "herzinsuffizienz", "heart fail"]
)
def test_a_word_of_one_language_finds_an_item_of_another(clinic: Clinic, typed: str) -> None:
    _condition(clinic, language="fr", told="Décompensation")
    _titled(clinic, "fr", "Fracture")
    assert found(clinic, typed) == {"Décompensation"}


NO_WORDS = ["!!!", "-", "- -", '"', '""', "'", "''", "( )", "& |", "!", "<->", ":*", "\\", "\\\\", "...", "\x00", "\ud800", " \t\n"]  # fmt: skip


@pytest.mark.parametrize("typed", NO_WORDS, ids=ascii)
def test_what_is_no_word_finds_nothing(clinic: Clinic, typed: str) -> None:
    _titled(clinic, "nl", "Hartfalen")
    assert found(clinic, typed) == set()
    assert found(clinic, f"hartfalen {typed}") == {"Hartfalen"}


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("hartfalen' & | ! <-> :* \\", True),
        ("'hartfalen':*", True),
        ("hartfalen:*", True),
        ("hartfalen & !hartfalen", True),  # a sign is no operator
        ("!nefropathie", False),
        ("-nefropathie", False),  # "without" would find the whole record
        ("hartfalen -hartfalen", True),
        ("nefropathie | hartfalen", False),
        ("hartfalen <-> nefropathie", False),
        ("hart\x00falen", False),
        ("hart\x00", True),
        ("hartfalen\\", True),
        ("hartfalen'); DROP TABLE record.item; --", False),
        ("%", False),
        ("hart%", True),
        ("h_rtfalen", False),
        ("%s %(id)s {}", False),
    ],
)
def test_no_sign_is_an_operator(clinic: Clinic, typed: str, is_found: bool) -> None:
    _titled(clinic, "nl", "Hartfalen")
    assert found(clinic, typed) == ({"Hartfalen"} if is_found else set())


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("x" * 5000, False),
        ("hartfalen " * 500, True),
        ("hartfalen" + " é" * 2000, False),
        ("'" * 5000, False),
        ("- " * 2500 + "hartfalen", True),
    ],
    ids=["one word", "the same word", "many words", "quotes", "minus"],
)
def test_five_thousand_characters_do_no_harm(clinic: Clinic, typed: str, is_found: bool) -> None:
    _titled(clinic, "nl", "Hartfalen")
    assert found(clinic, typed) == ({"Hartfalen"} if is_found else set())


def test_search_finds_in_what_the_reader_may_see_alone(clinic: Clinic) -> None:
    clinic.store(
        row(title="Hartfalen ontwerp", language="nl", status="draft"),
        row(title="Hartfalen psychiatrie", language="nl", category=int(Category.PSYCHIATRY)),
        row(title="Hartfalen verslag", language="nl"),
    )
    elsewhere = clinic.colleague("nurse", house=clinic.world.institution())
    listed, shape = search_record(elsewhere, patient=clinic.patient, chosen=Filter(text="hartfalen"))
    assert [line["title"] for line in listed.lines] == ["Hartfalen verslag"]
    assert sum(one["items"] for one in shape) == 1  # counts leak nothing either (ACD-8)
    assert len(found(clinic, "hartfalen")) == 3


def test_the_newest_words_are_searched(clinic: Clinic) -> None:
    item = new_id()
    clinic.store(row(item, title="Hartfalen", language="nl"))
    clinic.store(row(item, title="Longembolie", language="nl", status="amended", resource="{}"))
    assert (found(clinic, "hartfalen"), found(clinic, "longembolie")) == (set(), {"Longembolie"})
