"""One patient has one body: whoever measures it, and when, the values fit together."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from unidossier.demo.chart.body import Body, NothingMeasured
from unidossier.demo.stories.rhythm import slow
from unidossier.demo.world import PatientHistory

MONDAY = date(2026, 3, 2)
# LOINC code -> by what factor two values of one patient within three days may differ, in health and in illness
STEADY = {
    "2160-0": 1.35, "98979-8": 1.5, "2823-3": 1.3, "2951-2": 1.08, "718-7": 1.45, "4548-4": 1.15, "2093-3": 1.35,
    "13457-7": 1.5, "33762-6": 2.2, "29463-7": 1.06, "8302-2": 1.02, "8867-4": 2.0, "59408-5": 1.15, "8310-5": 1.06,
    "1558-6": 1.5, "2276-4": 1.4, "787-2": 1.1,
}  # fmt: skip
# These rise tenfold in a day; of one day they still agree.
SUDDEN = {"1988-5": 1.7, "6690-2": 1.6}
WINDOW = timedelta(days=3)


def _measured(history: PatientHistory) -> Iterator[tuple[str, datetime, float, str]]:
    for each in history.resources:
        if "valueQuantity" in each.fhir and each.fhir["status"] != "entered-in-error":
            code = each.fhir["code"]["coding"][0]["code"]
            at = datetime.fromisoformat(each.fhir["effectiveDateTime"])
            yield code, at, each.fhir["valueQuantity"]["value"], each.institution


def _series(history: PatientHistory) -> dict[str, list[tuple[datetime, float, str]]]:
    series = defaultdict(list)
    for code, at, value, institution in _measured(history):
        series[code].append((at, value, institution))
    return {code: sorted(values) for code, values in series.items()}


def test_no_two_values_of_one_code_within_three_days_contradict_each_other(told: list[PatientHistory]):
    compared, across = 0, 0
    for history in told:
        for code, values in _series(history).items():
            factor = STEADY.get(code)
            if factor is None:
                continue
            for index, (at, value, institution) in enumerate(values):
                for later, other, elsewhere in values[index + 1 :]:
                    if later - at > WINDOW:
                        break
                    compared += 1
                    across += institution != elsewhere
                    assert max(value, other) <= factor * min(value, other), (
                        history.patient.name,
                        code,
                        at,
                        later,
                    )
    assert compared > 2000 and across > 100  # otherwise nothing was proven


def test_values_of_one_day_agree_also_in_acute_illness(told: list[PatientHistory]):
    compared = 0
    for history in told:
        for code, values in _series(history).items():
            for (at, value, _), (later, other, _) in pairwise(values):
                if code in SUDDEN and at.date() == later.date():
                    compared += 1
                    assert max(value, other) <= SUDDEN[code] * min(value, other), (
                        history.patient.name,
                        code,
                        at,
                    )
    assert compared


def test_a_later_stage_of_a_disease_resolves_the_earlier_one(told: list[PatientHistory]):
    seen = 0
    for history in told:
        stages = {
            each.fhir["code"]["coding"][0]["code"]: each.fhir
            for each in history.resources
            if each.fhir["resourceType"] == "Condition"
        }
        if {"433144002", "431857002"} <= set(stages):
            seen += 1
            assert stages["433144002"]["clinicalStatus"]["coding"][0]["code"] == "resolved"
            assert stages["433144002"]["abatementDateTime"] == stages["431857002"]["onsetDateTime"]
            assert stages["431857002"]["clinicalStatus"]["coding"][0]["code"] == "active"
    assert seen >= 2


def test_a_blood_count_adds_up(told: list[PatientHistory]):
    counts = defaultdict(dict)
    for history in told[1:]:
        for code, at, value, _ in _measured(history):
            counts[history.patient.key, at][code] = value
    whole = [count for count in counts.values() if {"6690-2", "751-8", "731-0", "711-2"} <= set(count)]
    assert whole
    for count in whole:
        assert 0 < count["751-8"] + count["731-0"] + count["711-2"] <= count["6690-2"] + 0.1, count


def _body(**more: object) -> Body:
    return Body(seed="test", male=False, **more)  # type: ignore[arg-type]


def test_the_same_day_gives_the_same_value_in_whatever_order_it_is_asked():
    one, two = _body(), _body()
    forwards = [one.value(key, MONDAY) for key in ("creatinine", "potassium", "creatinine")]
    assert forwards[0] == forwards[2] == two.value("creatinine", MONDAY)
    assert two.value("potassium", MONDAY) == forwards[1]


def test_another_person_has_another_level():
    assert _body().level("ferritin") != Body(seed="other", male=False).level("ferritin")


def test_of_two_illnesses_the_worse_one_shows():
    body = _body()
    body.course("heart", "creatinine", (MONDAY, 1.2))
    body.course("kidney", "creatinine", (MONDAY, 2.5))
    assert body.steady("creatinine", MONDAY + timedelta(days=40)) == pytest.approx(2.5)


def test_a_course_comes_slowly_and_an_episode_goes_again():
    body, before = _body(), MONDAY - timedelta(days=200)
    usual = body.level("crp")
    body.course("joints", "crp", (MONDAY, 30), lead_days=100)
    assert body.steady("crp", before) == usual
    assert usual < body.steady("crp", MONDAY - timedelta(days=50)) < 30
    body.episode("crp", (MONDAY + timedelta(days=300), 150), back_days=10)
    assert body.value("crp", MONDAY + timedelta(days=300)) > 120
    assert body.value("crp", MONDAY + timedelta(days=311)) == pytest.approx(30, rel=0.2)


def test_a_bent_course_makes_most_of_its_way_near_the_end():
    points = slow(MONDAY, MONDAY + timedelta(days=800), 1, 3, bend=2)
    assert points[0] == (MONDAY, 1) and points[-1] == (MONDAY + timedelta(days=800), 3)
    assert points[4][1] == pytest.approx(1.5)


def test_what_no_table_has_is_not_measured():
    with pytest.raises(NothingMeasured):
        _body().value("charm", MONDAY)
