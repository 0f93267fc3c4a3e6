"""The tables of words: whole, in four languages, with codes that can exist."""

from decimal import Decimal

import pytest

from unidossier.kernel.category import Category
from unidossier.terminology.code_systems import words_of
from unidossier.terminology.kinds import document_categories, observation_kinds, procedure_kinds
from unidossier.terminology.laboratory import panel_of
from unidossier.terminology.laboratory import tests as laboratory_tests
from unidossier.terminology.systems import ATC, FHIR_TABLES, FILES, LOINC, SNOMED_CT, UCUM
from unidossier.terminology.value_sets import value_set, value_set_urls
from unidossier.terminology.words import LANGUAGES, rows, table

EVERY_FILE = ("fhir", *(name for names in FILES.values() for name in names))


def loinc_check_digit(number: str) -> int:
    """Modulus 10, LOINC Users' Guide, appendix C."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def is_sctid(code: str) -> bool:
    """Verhoeff's check, SNOMED CT Release File Specification 6.3, by the dihedral group itself."""

    def times(a: int, b: int) -> int:
        turned = (a + b) % 5 if a < 5 else (a - b) % 5
        return turned + (5 if (a < 5) != (b < 5) else 0)

    step, permuted = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], list(range(10))
    check = 0
    for digit in reversed(code):
        check = times(check, permuted[int(digit)])
        permuted = [step[value] for value in permuted]
    return check == 0


def test_the_checks_know_right_from_wrong():
    assert loinc_check_digit("2823") == 3
    assert is_sctid("73211009")
    assert not is_sctid("73211008")
    assert not is_sctid("72311009")  # two digits swapped


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_line_has_its_four_languages(name):
    unit_without_words = {"1", "{INR}", "{ratio}"}
    for row in rows(name):
        assert None not in row, f"{row['code']} has too many columns"
        if name != "ucum" or row["code"] not in unit_without_words:
            assert all(row[language].strip() for language in LANGUAGES), row["code"]
        assert all(value == value.strip() for value in row.values()), row["code"]


@pytest.mark.parametrize("name", [*FILES[LOINC], "loinc_sensitive"])
def test_every_loinc_code_has_its_check_digit(name):
    for row in rows(name):
        number, digit = row["code"].split("-")
        assert loinc_check_digit(number) == int(digit), row["code"]


@pytest.mark.parametrize("name", FILES[SNOMED_CT])
def test_every_snomed_ct_code_has_its_check_digit(name):
    wrong = [row["code"] for row in rows(name) if not is_sctid(row["code"])]
    assert wrong == []


@pytest.mark.parametrize("system", [*FILES, *FHIR_TABLES])
def test_no_code_stands_twice_in_one_system(system):
    files = [row["code"] for name in FILES.get(system, ()) for row in rows(name)]
    own = [row["code"] for row in rows("fhir") if row["system"] == FHIR_TABLES.get(system)]
    more = {row["code"] for row in rows("code_systems") if row["system"] == system} - set(own)
    assert len(files + own) + len(more) == len(table(system))


def test_small_code_systems_have_each_code_once_and_in_every_language():
    listed = [(row["system"], row["code"]) for row in rows("code_systems")]
    assert len(listed) == len(set(listed))
    assert all(row[language] for row in rows("code_systems") for language in LANGUAGES)


def test_every_member_of_a_value_set_is_a_code_of_a_system_that_is_held_and_has_words():
    for url in value_set_urls():
        held = value_set(url)
        assert held is not None
        for system, code in held.members():
            is_listed_by_another = system in ("urn:ietf:bcp:47", UCUM)  # whose words are the codes themselves
            assert is_listed_by_another or words_of(system, code, language="en"), (url, code)


def test_every_fhir_table_is_reached_by_a_system():
    assert {row["system"] for row in rows("fhir")} == set(FHIR_TABLES.values())


def test_every_rxnorm_product_has_a_medicine():
    assert {row["atc"] for row in rows("rxnorm")} <= table(ATC).keys()


def test_every_plain_word_is_given_in_all_languages_or_none():
    for name in EVERY_FILE:
        for row in rows(name):
            given = [bool(row[key]) for key in row if key.startswith("plain_")]
            assert len(set(given)) <= 1, row["code"]


def test_document_types_name_a_category():
    assert {Category.from_slug(slug) for slug in document_categories().values()}


def test_psychiatric_and_obstetric_documents_are_all_sensitive():
    """The table of titles must not soften what the table of sensitive types says."""
    known = document_categories()
    assert all(known[row["code"]] == row["category"] for row in rows("loinc_sensitive"))
    assert {row["category"] for row in rows("loinc_sensitive")} == {"psychiatry", "gynaecology"}


def test_kinds_are_those_the_categories_know():
    assert set(procedure_kinds().values()) == {
        "operation", "examination", "imaging", "care", "psychiatry", "gynaecology",
    }  # fmt: skip
    assert observation_kinds()["2823-3"] == "laboratory"
    assert observation_kinds()["8480-6"] == "vital-signs"


def test_laboratory_tests_have_a_sensible_range_and_panel():
    known = laboratory_tests()
    for test in known.values():
        assert test.panel is None or test.panel in known, test.code
        assert test.low is None or test.high is None or test.low < test.high, test.code
    potassium = known["2823-3"]
    assert (potassium.unit, potassium.low, potassium.high) == ("mmol/L", Decimal("3.5"), Decimal("5.1"))
    assert "718-7" in [test.code for test in panel_of("58410-2")]


def test_every_unit_of_a_test_has_words():
    units = {test.unit for test in laboratory_tests().values() if test.unit}
    units |= {row["unit"] for row in rows("loinc_observation") if row["unit"]}
    assert units <= {row["code"] for row in rows("ucum")}
