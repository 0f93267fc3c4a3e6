"""Categories, functions and systems: the numbers and codes that stored rows hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.category import EVERY_CATEGORY, Category, UnknownCategory, in_mask, mask
from unidossier.kernel.function import CARERS, GROUPS, PHYSICIANS, Function, group_of
from unidossier.kernel.identifiers import NIHDI_SYSTEMS, SSIN_SYSTEMS, values_of

SLUGS = [
    "administrative",
    "agenda",
    "problem",
    "allergy",
    "vaccination",
    "medication",
    "prescription",
    "vital-sign",
    "laboratory",
    "report",
    "letter",
    "discharge",
    "operation",
    "imaging",
    "examination",
    "care-plan",
    "order",
    "questionnaire",
    "patient-document",
    "psychiatry",
    "gynaecology",
]


def test_numbers_of_categories_never_change():
    assert [category.slug for category in Category] == SLUGS
    assert [int(category) for category in Category] == list(range(21))
    assert EVERY_CATEGORY == 0x1FFFFF
    assert mask([Category.ADMINISTRATIVE, Category.PROBLEM]) == 0b101


@given(st.sets(st.sampled_from(Category)))
def test_a_mask_holds_exactly_its_categories(categories):
    assert set(in_mask(mask(categories))) == categories


def test_a_slug_is_read_back_and_an_unknown_one_refused():
    assert [Category.from_slug(slug) for slug in SLUGS] == list(Category)
    with pytest.raises(UnknownCategory):
        Category.from_slug("vital_sign")


def test_every_function_stands_in_exactly_one_group():  # ACS-3
    for function in Function:
        assert [name for name, members in GROUPS.items() if function in members] == [group_of(function)]
    assert len(Function) == 30
    assert PHYSICIANS < CARERS


def test_old_and_foreign_identifiers_are_passed_over():
    system = next(iter(NIHDI_SYSTEMS))
    resource = {
        "identifier": [
            {"system": system, "value": "10123434", "use": "old"},
            {"system": system, "value": "10123448004"},
            {"system": "urn:oid:2.16.840.1.113883.3.6777.5.1", "value": "85073003328"},
            {"system": system},
            {"value": "9"},
        ]
    }
    assert values_of(resource, systems=NIHDI_SYSTEMS) == ["10123448004"]
    assert values_of(resource, systems=SSIN_SYSTEMS) == ["85073003328"]
    assert values_of({}, systems=SSIN_SYSTEMS) == []
