"""Of an export less: `_typeFilter` and `_elements`, by GET and by POST. hl7.org/fhir/uv/bulkdata/export.html#query-parameters"""

import json
from urllib.parse import quote

import pytest

from tests.fhir.bulk.scene import Scene
from tests.fhir.bulk.strict_client import fetch
from tests.fhir.resources import observation


@pytest.fixture(scope="module")
def three(scene: Scene) -> dict[str, str]:
    """Observations of the first patient beside those of the scene: name -> id."""
    made = {}
    for name, day, value in (
        ("old", "2020-05-01", 4.1),
        ("new", "2026-05-01", 4.2),
        ("high", "2026-05-02", 9.9),
    ):
        one = observation(scene.patients[0]) | {
            "code": {"coding": [{"system": "http://loinc.org", "code": "99999-9"}]},
            "effectiveDateTime": day,
            "valueQuantity": {
                "value": value,
                "unit": "g",
                "system": "http://unitsofmeasure.org",
                "code": "g",
            },
        }
        made[scene.machine.post("/fhir/Observation", one).json()["id"]] = name
    return made


FILTERS = {
    "a code": (("code=99999-9",), {"old", "new", "high"}),
    "a code and a date": (("code=http://loinc.org|99999-9&date=ge2026-01-01",), {"new", "high"}),
    "two filters are either": (("code=99999-9&date=lt2021", "value-quantity=gt9||g"), {"old", "high"}),
    "a chain": (("code=99999-9&subject:Patient.gender=unknown",), set()),
    "not": (("code=99999-9&date:missing=true",), set()),
    "a chain to a professional of nobody": (("code=99999-9&performer:Practitioner.name=Nobody",), set()),
}


@pytest.mark.parametrize("name", FILTERS)
def test_of_a_type_what_its_filters_find_and_all_of_the_others(
    scene: Scene, three: dict[str, str], name: str
) -> None:
    queries, wanted = FILTERS[name]
    asked = "&".join(f"_typeFilter={quote(f'Observation?{one}', safe='')}" for one in queries)
    export = fetch(scene.machine, f"/fhir/Patient/$export?_type=Observation,Patient&{asked}")
    assert {three[one] for one in export.ids("Observation")} == wanted
    assert export.ids("Patient") == {str(one) for one in scene.patients}


def test_what_was_filtered_stands_in_the_entry_as_it_was_asked(scene: Scene, three: dict[str, str]) -> None:
    before = len(scene.entries())
    fetch(scene.machine, "/fhir/Patient/$export?_type=Observation&_typeFilter=Observation%3Fcode%3D99999-9")
    asked = scene.entries()[before][3]
    assert asked["typeFilter"] == ["Observation?code=99999-9"]
    assert "filters" not in asked


def test_elements_are_left_and_marked(scene: Scene, three: dict[str, str]) -> None:
    export = fetch(
        scene.machine, "/fhir/Patient/$export?_type=Observation,Patient&_elements=Observation.code,gender"
    )
    for one in export.files["Observation"]:
        assert one.keys() <= {"resourceType", "id", "meta", "status", "code"}
        assert one["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert all(one.keys() <= {"resourceType", "id", "meta", "gender"} for one in export.files["Patient"])


def test_by_post_as_parameters(scene: Scene, three: dict[str, str]) -> None:
    sent = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "_type", "valueString": "Observation"},
            {"name": "_typeFilter", "valueString": "Observation?code=99999-9&date=lt2021"},
            {"name": "_elements", "valueString": "code"},
            {"name": "_since", "valueInstant": "2020-01-01T00:00:00Z"},
            {"name": "patient", "valueReference": {"reference": f"Patient/{scene.patients[0]}"}},
        ],
    }
    export = fetch(scene.machine, "/fhir/Patient/$export", sent)
    (one,) = export.files["Observation"]
    assert three[one["id"]] == "old"
    assert "effectiveDateTime" not in json.dumps(one)
