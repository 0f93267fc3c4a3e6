"""Where a fault lies is told in the sender's own terms: of the Bundle that he sent, of JSON as of XML."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation
from unidossier.exchange.fhir.xml import to_xml


def places(answer: Any) -> list[str]:
    return [place for issue in answer.json()["issue"] for place in issue.get("expression", ["none"])]


def test_a_fault_of_a_body_is_told_of_the_body(machine: Sender, known: UUID) -> None:
    other = entry(observation(known, id=str(uuid4())), method="PUT", url=f"Observation/{uuid4()}")
    without = entry(observation(known), method="PUT", url=f"Observation/{uuid4()}")
    of_another_type = entry(observation(known), url="Condition")
    for wrong, place in (
        (other, "Bundle.entry[0].resource.id"),
        (without, "Bundle.entry[0].resource.id"),
        (of_another_type, "Bundle.entry[0].resource"),
    ):
        answer = machine.post("/fhir", bundle(wrong))
        assert (answer.status_code, places(answer)) == (400, [place])
    assert places(machine.post("/fhir/Condition", observation(known))) == ["Observation"]


@pytest.mark.parametrize("face", ["machine", "physician"])
def test_two_entries_of_one_address_are_told_by_it(
    face: str, known: UUID, request: pytest.FixtureRequest
) -> None:
    who: Sender = request.getfixturevalue(face)
    one = entry(observation(known))
    answer = who.post("/fhir", bundle(one, entry(observation(known), full_url=one["fullUrl"])))
    assert (answer.status_code, places(answer)) == (422, ["Bundle.entry[1].fullUrl"])
    assert answer.json()["issue"][0]["code"] == "duplicate"


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_a_batch_says_that_a_resource_is_missing(machine: Sender, method: str) -> None:
    wrong = {"request": {"method": method, "url": "Patient" if method == "POST" else f"Patient/{uuid4()}"}}
    (told,) = machine.post("/fhir", bundle(wrong, type="batch")).json()["entry"]
    (issue,) = told["response"]["outcome"]["issue"]
    assert (told["response"]["status"], issue["expression"]) == ("400", ["Bundle.entry[0]"])
    assert issue["diagnostics"] == "an entry that stores carries its resource"


def test_what_needs_no_resource_is_still_asked_by_post(machine: Sender, known: UUID) -> None:
    asked = {"request": {"method": "POST", "url": f"Patient/{known}/$everything"}}
    (told,) = machine.post("/fhir", bundle(asked, type="batch")).json()["entry"]
    assert "an entry that stores" not in str(told)


def test_a_json_patch_names_the_operation_in_its_words(machine: Sender, stored: dict[str, Any]) -> None:
    operations = [{"op": "test", "path": "/status", "value": "final"}, {"op": "remove", "path": "/nothing"}]
    answer = machine.client.request(
        "PATCH",
        f"/fhir/Observation/{stored['id']}",
        headers=machine.headers | {"content-type": "application/json-patch+json"},
        json=operations,
    )
    assert (answer.status_code, places(answer)) == (422, ["none"])
    assert answer.json()["issue"][0]["diagnostics"].startswith("operation 2 of 2: nothing stands at")


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ("<valueQuantity><value value='abc'/></valueQuantity>", "the value is no decimal"),
        ("<valueInteger value='1.5'/>", "the value is no integer"),
        ("<extension url='urn:x'><valuePositiveInt value='0'/></extension>", "the value is no positiveInt"),
        ("<valueBoolean value='yes'/>", "the value is no boolean"),
    ],
)
def test_xml_knows_no_quotation_marks(machine: Sender, known: UUID, element: str, told: str) -> None:
    given = observation(known)
    del given["valueQuantity"]
    text = to_xml(json.dumps(given)).decode()
    text = text.replace("</Observation>", f"{element}</Observation>")
    answer = machine.post("/fhir/Observation", text.encode(), content_type="application/fhir+xml")
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert issue["diagnostics"].startswith(told)
    assert issue["code"] == "value"
    assert "value" in issue["expression"][0]
