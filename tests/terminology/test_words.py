"""Words of codes in the reader's language. REC-9"""

import pytest

from unidossier.terminology import display, searchable, short_language, unit

LOINC, ATC = "http://loinc.org", "http://www.whocc.no/atc"
SNOMED_CT = "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("system", "code", "language", "expected"),
    [
        (LOINC, "2823-3", "nl", "Kalium"),
        (LOINC, "2823-3", "fr-BE", "Potassium"),
        (LOINC, "2823-3", "sv", "Potassium"),
        ("urn:oid:2.16.840.1.113883.6.1", "2823-3", "de", "Kalium"),
        (LOINC, "LA18978-9", "nl", "Nooit gerookt"),
        (SNOMED_CT, "44054006", "de", "Typ-2-Diabetes"),
        (SNOMED_CT + "/11000172109", "44054006", "fr", "Diabète de type 2"),
        ("http://whocc.no/atc", "N02BE01", "fr", "Paracétamol"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "313782", "nl", "Paracetamol"),
        ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "HH", "nl", "Gevaarlijk hoog"),
        (LOINC, "99999-9", "nl", None),
        ("http://example.org/own", "2823-3", "nl", None),
        (None, "2823-3", "nl", None),
        (LOINC, None, "nl", None),
    ],
)
def test_display_gives_the_words_of_the_language(system, code, language, expected):
    assert display(system, code, language) == expected


def test_plain_words_are_for_patients_and_fall_back_to_the_others():
    assert display(LOINC, "2823-3", "en", plain=True) == "potassium (a salt in your blood)"
    assert display(LOINC, "785-6", "en", plain=True) == display(LOINC, "785-6", "en")


def test_a_reader_finds_a_code_in_any_language():
    assert {"Kalium", "Potassium"} <= set(searchable(LOINC, "2823-3").split())
    assert searchable(LOINC, "99999-9") == ""


def test_a_medicine_is_found_by_its_group():
    assert "plaspillen" in searchable(ATC, "C03CA01")
    assert "Statine" in searchable("http://www.nlm.nih.gov/research/umls/rxnorm", "316672")


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [
        ("10*3/uL", "nl", "10³/µL"),
        ("mm[Hg]", "fr", "mmHg"),
        ("{INR}", "nl", ""),
        ("bogus", "nl", None),
        (None, "nl", None),
    ],
)
def test_units_are_shown_as_people_write_them(code, language, expected):
    assert unit(code, language) == expected


@pytest.mark.parametrize(
    ("tag", "expected"), [("nl-BE", "nl"), ("DE", "de"), ("it", "en"), (None, "en"), ("", "en")]
)
def test_a_language_tag_becomes_one_of_four(tag, expected):
    assert short_language(tag) == expected
