"""Values of observations: digits, comparators, ranges, flags, components."""

from decimal import Decimal

import pytest

from unidossier.record.describe import describe

UCUM = "http://unitsofmeasure.org"


def quantity(value, code: str | None = "mmol/L", **more) -> dict:
    return {"value": value, **({"system": UCUM, "code": code, "unit": code} if code else {}), **more}


def potassium(**elements):
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        **elements,
    }
    return describe(resource, institution_language="nl")


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        (Decimal("72.50"), "72.50", Decimal("72.50")),
        ("72.50", "72.50", Decimal("72.50")),
        (72.5, "72.5", Decimal("72.5")),
        (4, "4", Decimal(4)),
        (Decimal("1E+3"), "1000", Decimal("1E+3")),
        (Decimal("-0.10"), "-0.10", Decimal("-0.10")),
        (Decimal("1E+900"), "1E+900", Decimal("1E+900")),
    ],
)
def test_digits_stay_as_the_source_wrote_them(value, text, number):
    found = potassium(valueQuantity=quantity(value))
    assert (found.value_text, found.value_num) == (text, number)
    assert found.value_num.as_tuple() == number.as_tuple()  # trailing zeros and all


def test_a_comparator_stays_in_the_text():
    found = potassium(valueQuantity=quantity("0.5", comparator="<"))
    assert (found.value_text, found.value_num) == ("<0.5", Decimal("0.5"))


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high", "expected"),
    [
        ("3.4", None, "3.5", "5.1", "L"),
        ("3.5", None, "3.5", "5.1", None),
        ("5.1", None, "3.5", "5.1", None),
        ("5.2", None, "3.5", "5.1", "H"),
        ("5.2", None, "3.5", None, None),
        ("3.0", None, None, "5.1", None),
        ("3.5", "<", "3.5", "5.1", "L"),
        ("4.0", "<", "3.5", "5.1", None),
        ("6.0", "<", None, "5.1", None),
        ("5.1", ">", "3.5", "5.1", "H"),
        ("5.0", ">", "3.5", "5.1", None),
        ("3.0", ">", "3.5", None, None),
        ("6.0", ">=", None, "5.1", "H"),
    ],
)
def test_the_flag_follows_the_range_only_where_it_is_certain(value, comparator, low, high, expected):
    sides = {side: quantity(bound) for side, bound in (("low", low), ("high", high)) if bound}
    given = quantity(value, **({"comparator": comparator} if comparator else {}))
    found = potassium(valueQuantity=given, referenceRange=[sides])
    assert found.flag == expected
    assert (found.low, found.high) == (low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("HH",), "HH"),
        (("H",), "H"),
        (("LU",), "L"),
        (("AA",), "A"),
        (("N",), None),
        (("R",), None),
        (("H", "HH"), "HH"),
    ],
)
def test_the_word_of_the_laboratory_goes_before_the_range(codes, expected):
    found = potassium(
        valueQuantity=quantity("9.9"),
        referenceRange=[{"high": quantity("5.1")}],
        interpretation=[{"coding": [{"code": code}]} for code in codes],
    )
    assert found.flag == expected


def test_a_range_in_another_unit_or_for_a_treatment_is_not_the_range_of_the_value():
    other_unit = {"high": quantity("200", "mg/dL")}
    therapeutic = {"high": quantity("1"), "type": {"coding": [{"code": "treatment"}]}}
    found = potassium(valueQuantity=quantity("4.2"), referenceRange=[other_unit, therapeutic])
    assert (found.low, found.high, found.flag) == (None, None, None)
    normal = {"high": quantity("4"), "type": {"coding": [{"code": "normal"}]}}
    assert (
        potassium(valueQuantity=quantity("4.2"), referenceRange=[other_unit, therapeutic, normal]).flag == "H"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (quantity("1", "10*3/uL"), "10³/µL"),
        (quantity("1", "mm[Hg]"), "mmHg"),
        (quantity("1", "{INR}"), None),
        ({"value": "1", "unit": "tablet", "code": "1"}, "tablet"),
        ({"value": "1", "unit": "stuks"}, "stuks"),
        ({"value": "1", "code": "furlong"}, "furlong"),
        ({"value": "1"}, None),
    ],
)
def test_units_are_those_people_read(given, expected):
    assert potassium(valueQuantity=given).unit == expected


def pressure(upper, lower, **more):
    parts = [
        {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, **({"valueQuantity": quantity(value, "mm[Hg]")} if value else {}), **more}
        for code, value in (("8462-4", lower), ("8480-6", upper))
    ]  # fmt: skip
    return potassium(code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]}, component=parts)


def test_a_blood_pressure_is_upper_over_lower_whatever_the_order():
    found = pressure("120", "80")
    assert (found.value_text, found.unit, found.value_num) == ("120/80", "mmHg", None)
    assert found.short == {"systolic": "120", "diastolic": "80"}


def test_half_a_blood_pressure_is_not_shown_as_a_whole_one():
    assert pressure("120", None).value_text == "Systolische bloeddruk: 120 mmHg"


def test_components_pass_on_the_gravest_flag():
    one = {
        "code": {"text": "a"},
        "valueQuantity": quantity("1"),
        "interpretation": [{"coding": [{"code": "L"}]}],
    }
    two = {"code": {"text": "b"}, "valueString": "veel", "interpretation": [{"coding": [{"code": "HH"}]}]}
    found = potassium(component=[one, two])
    assert (found.value_text, found.flag) == ("a: 1 mmol/L; b: veel", "HH")


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"valueString": " spoor "}, "spoor"),
        ({"valueBoolean": False}, "Nee"),
        ({"valueInteger": 3}, "3"),
        ({"valueRange": {"low": quantity("1"), "high": quantity("2")}}, "1 mmol/L – 2 mmol/L"),
        ({"valueRange": {"high": quantity("2")}}, "≤ 2 mmol/L"),
        ({"valueRatio": {"numerator": {"value": "1"}, "denominator": {"value": "8"}}}, "1:8"),
        ({"valueTime": "10:30:00"}, "10:30:00"),
        (
            {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "10828004"}]}},
            "Positief",
        ),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "Niet uitgevoerd"),
        ({}, None),
    ],
)
def test_every_kind_of_value_has_a_text(element, expected):
    assert potassium(**element).value_text == expected


def test_a_coded_value_can_be_told_in_another_language():
    found = potassium(
        valueCodeableConcept={"coding": [{"system": "http://snomed.info/sct", "code": "10828004"}]}
    )
    assert found.short["value"] == ["http://snomed.info/sct", "10828004"]
