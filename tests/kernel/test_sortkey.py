"""Names sort as people expect, the same on every machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.sortkey import name_key, sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Élise", "elise"),
        ("D'Hondt-Müller", "dhondt muller"),
        ("d’Hondt", "dhondt"),
        ("  Van  den   Berghe ", "van den berghe"),
        ("Weiß", "weiss"),
        ("Œuvrard", "oeuvrard"),
        ("Łukasz Þór Ægir Søren", "lukasz thor aegir soren"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Nguyễn", "nguyen"),
        ("Ĳsbrand", "ijsbrand"),
        ("СИДОРОВ", "сидоров"),
        ("\u212bngstr\u00f6m", "angstrom"),
        ("", ""),
    ],
)
def test_accents_case_and_signs_are_folded(name, key):
    assert sort_key(name) == key


def test_composed_and_decomposed_letters_are_one():
    assert sort_key("Zoe\u0308") == sort_key("Zo\u00eb")


def test_a_shorter_family_name_comes_first():
    people = [("Van Damme", "Ann"), ("Van", "Zoë"), ("Vana", "Bea"), ("van", "Ælfric")]
    assert sorted(people, key=lambda p: name_key(p[0], given=p[1])) == [
        ("van", "Ælfric"), ("Van", "Zoë"), ("Van Damme", "Ann"), ("Vana", "Bea"),
    ]  # fmt: skip


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert sort_key(sort_key(text)) == sort_key(text)
