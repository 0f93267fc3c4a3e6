"""FHIR patch: JSON Patch and FHIRPath Patch; the result is checked as an update is."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import observation, sent_part
from tests.gate.world import World
from unidossier.exchange.fhir.patching import PatchRefused, apply_fhirpath_patch, apply_json_patch, text_of
from unidossier.exchange.fhir.shape import read_exactly

JSON_PATCH = "application/json-patch+json"
BEFORE = (
    '{"resourceType":"Observation","id":"a","status":"final","code":{"coding":[{"code":"x"},{"code":"y"}]},'
    '"valueQuantity":{"value":72.50},"component":[{"code":{"text":"p"},"valueString":"q"},{"code":{"text":"r"}}]}'
)
VALUE = '"valueQuantity":{"value":72.50}'
FIRST, SECOND = '{"code":{"text":"p"},"valueString":"q"}', '{"code":{"text":"r"}}'


def operation(**parts: Any) -> dict[str, Any]:
    """One operation of a FHIRPath Patch; `value` as {"valueString": ...} or {"part": [...]}."""
    told = []
    for name, value in parts.items():
        kind = "valueCode" if name == "type" else "valueInteger" if isinstance(value, int) else "valueString"
        told.append({"name": name} | (value if isinstance(value, dict) else {kind: value}))
    return {"name": "operation", "part": told}


def parameters(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(operations)}


def send(sender: Sender, address: str, body: Any, *, kind: str = JSON_PATCH, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.client.request(
        "PATCH", address, headers=sender.headers | {"content-type": kind} | named, content=json.dumps(body)
    )


@pytest.mark.parametrize(
    ("operations", "was", "becomes"),
    [
        ([{"op": "replace", "path": "/status", "value": "amended"}], '"final"', '"amended"'),
        ([{"op": "test", "path": "/valueQuantity/value", "value": 72.5}], "", ""),
        ([{"op": "remove", "path": "/component/0"}], f"{FIRST},", ""),
        ([{"op": "remove", "path": "/component/1"}, {"op": "remove", "path": "/component/0"}], f',"component":[{FIRST},{SECOND}]', ""),
        ([{"op": "add", "path": "/code/coding/-", "value": {"code": "z"}}], '{"code":"y"}', '{"code":"y"},{"code":"z"}'),
        ([{"op": "add", "path": "/code/coding/0", "value": {"code": "z"}}], '{"code":"x"}', '{"code":"z"},{"code":"x"}'),
        ([{"op": "move", "from": "/component/0", "path": "/component/1"}], f"{FIRST},{SECOND}", f"{SECOND},{FIRST}"),
        ([{"op": "copy", "from": "/code/coding/0", "path": "/code/coding/-"}], '{"code":"y"}', '{"code":"y"},{"code":"x"}'),
    ],
)  # fmt: skip
def test_a_json_patch_changes_what_it_names_and_no_digit_else(
    operations: list[dict[str, Any]], was: str, becomes: str
) -> None:
    changed = apply_json_patch(read_exactly(BEFORE), operations)
    assert text_of(changed, place="").decode() == BEFORE.replace(was, becomes)


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param({}, id="no list"),
        pytest.param([{"op": "rename", "path": "/a"}], id="unknown"),
        pytest.param([{"op": "remove", "path": "/note"}], id="nothing there"),
        pytest.param([{"op": "replace", "path": "/code/coding/2", "value": 1}], id="beyond the end"),
        pytest.param([{"op": "add", "path": "/code/coding/01", "value": 1}], id="leading nought"),
        pytest.param([{"op": "add", "path": "/status/x", "value": 1}], id="inside a text"),
        pytest.param([{"op": "add", "path": "status", "value": 1}], id="no pointer"),
        pytest.param([{"op": "add", "path": "/status"}], id="no value"),
        pytest.param([{"op": "move", "from": "/code", "path": "/code/text"}], id="into itself"),
        pytest.param([{"op": "test", "path": "/status", "value": "draft"}], id="failed test"),
        pytest.param(
            [{"op": "test", "path": "/valueQuantity/value", "value": "72.50"}], id="text is no number"
        ),
        pytest.param([{"op": "remove", "path": ""}], id="all of it"),
        pytest.param(
            [{"op": "copy", "from": "/component", "path": "/component/-"}] * 60, id="copies of copies"
        ),
        pytest.param([{"op": "test", "path": "/status", "value": "final"}] * 201, id="too many"),
    ],
)
def test_a_json_patch_that_cannot_be_made_is_refused(operations: Any) -> None:
    with pytest.raises(PatchRefused):
        apply_json_patch(read_exactly(BEFORE), operations)


@pytest.mark.parametrize(
    ("asked", "was", "becomes"),
    [
        (operation(type="replace", path="Observation.status", value={"valueCode": "amended"}), '"final"', '"amended"'),
        (operation(type="replace", path="Observation.value", value={"valueQuantity": {"value": 5}}), "72.50", "5"),
        (operation(type="replace", path="Observation.code.coding[1].code", value={"valueCode": "w"}), '"y"', '"w"'),
        (operation(type="replace", path="Observation.component.where(code.text = 'p').value", value={"valueBoolean": True}), '"valueString":"q"', '"valueBoolean":true'),
        (operation(type="add", path="Observation.code", name="text", value={"valueString": "t"}), '"y"}]', '"y"}],"text":"t"'),
        (operation(type="add", path="Observation", name="component", value={"part": [{"name": "code", "valueCodeableConcept": {"text": "n"}}, {"name": "value", "valueInteger": 3}]}), SECOND, SECOND + ',{"code":{"text":"n"},"valueInteger":3}'),
        (operation(type="insert", path="Observation.code.coding", index=1, value={"valueCoding": {"code": "m"}}), '{"code":"y"}', '{"code":"m"},{"code":"y"}'),
        (operation(type="move", path="Observation.component", source=1, destination=0), f"{FIRST},{SECOND}", f"{SECOND},{FIRST}"),
        (operation(type="delete", path="Observation.component.last()"), f",{SECOND}", ""),
        (operation(type="delete", path="Observation.component.where(code.text = 'nobody')"), "", ""),
        (operation(type="delete", path="Observation.value.ofType(Quantity)"), f"{VALUE},", ""),
    ],
)  # fmt: skip
def test_a_fhirpath_patch_changes_what_it_names(asked: dict[str, Any], was: str, becomes: str) -> None:
    changed = apply_fhirpath_patch(read_exactly(BEFORE), parameters(asked))
    assert read_exactly_plain(text_of(changed, place="")) == read_exactly_plain(BEFORE.replace(was, becomes))


def read_exactly_plain(text: str | bytes) -> Any:
    return json.loads(text, parse_float=str)


@pytest.mark.parametrize(
    "asked",
    [
        operation(type="replace", path="Observation.component", value={"valueString": "x"}),
        operation(type="replace", path="Patient.status", value={"valueString": "x"}),
        operation(type="replace", path="Observation.colour", value={"valueString": "x"}),
        operation(type="replace", path="Observation.status"),
        operation(type="delete", path="Observation"),
        operation(type="delete", path="Observation.component"),
        operation(type="delete", path="Observation.component.count()"),
        operation(type="delete", path="Observation.component.where("),
        operation(type="add", path="Observation", name="status", value={"valueCode": "final"}),
        operation(type="add", path="Observation", name="value", value={"valueString": "a second value"}),
        operation(type="insert", path="Observation.code.coding", index=3, value={"valueCoding": {"code": "m"}}),
        operation(type="insert", path="Observation.code.coding", value={"valueCoding": {"code": "m"}}),
        operation(type="move", path="Observation.component", source=2, destination=0),
        operation(type="rename", path="Observation.status"),
        {"name": "something"},
    ],
    ids=lambda asked: "/".join(str(part.get("valueCode", part.get("valueString"))) for part in asked.get("part", ()))[:60] or "no operation",
)  # fmt: skip
def test_a_fhirpath_patch_that_cannot_be_made_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(PatchRefused) as refused:
        apply_fhirpath_patch(read_exactly(BEFORE), parameters(asked))
    assert refused.value.place == "Parameters.parameter[0]"


def test_both_kinds_make_a_version_that_is_checked_as_an_update(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World
) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    amended = send(machine, address, [{"op": "replace", "path": "/status", "value": "amended"}])
    assert (amended.status_code, amended.headers["etag"]) == (200, 'W/"2"'), amended.text
    assert sent_part(amended.json()) == sent_part(stored | {"status": "amended"})
    named = parameters(operation(type="replace", path="Observation.value", value={"valueString": "5,6"}))
    put = send(machine, address, named, kind="application/fhir+json", if_match='W/"2"')
    assert put.json()["valueString"] == "5,6" and "valueQuantity" not in put.json()
    assert world.run("SELECT value_text FROM record.item WHERE id = %s", stored["id"]) == [("5,6",)]
    detail = "SELECT e.detail FROM log.entry e JOIN record.version v ON v.entry_id = e.id WHERE v.item_id = %s AND v.version = 2"
    assert world.run(detail, stored["id"]) == [({"interaction": "patch"},)]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ([{"op": "replace", "path": "/status", "value": "done"}], {}, 422),
        ([{"op": "remove", "path": "/code"}], {}, 422),
        ([{"op": "replace", "path": "/id", "value": "other"}], {}, 400),
        ([{"op": "replace", "path": "/resourceType", "value": "Condition"}], {}, 422),
        ([{"op": "remove", "path": "/note"}], {}, 422),
        ([{"op": "replace", "path": "/status", "value": "amended"}], {"if_match": 'W/"9"'}, 412),
        ([{"op": "replace", "path": "/status", "value": "amended"}], {"kind": "text/plain"}, 415),
        ({"resourceType": "Patient"}, {"kind": "application/fhir+json"}, 400),
        (
            parameters(operation(type="delete", path="Observation.code")),
            {"kind": "application/fhir+json"},
            422,
        ),
    ],
)
def test_what_cannot_be_changed_so_stays_as_it_is(
    machine: Sender, stored: dict[str, Any], body: Any, headers: dict[str, str], status: int
) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    answer = send(machine, address, body, **headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert status != 415 or "application/json-patch+json" in answer.text  # what can be sent is told
    assert machine.get(address).headers["etag"] == 'W/"1"'


def test_who_may_not_see_it_patches_nothing_and_learns_nothing(
    physician: Sender, stored: dict[str, Any]
) -> None:
    change = [{"op": "replace", "path": "/status", "value": "amended"}]
    answers = [send(physician, f"/fhir/Observation/{one}", change) for one in (stored["id"], uuid4())]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


def test_a_condition_names_what_is_patched(machine: Sender, known: UUID) -> None:
    number = uuid4().hex
    sent = observation(known, identifier=[{"system": "urn:lab", "value": number}])
    machine.post("/fhir/Observation", sent)
    change = [{"op": "replace", "path": "/status", "value": "amended"}]
    asked = f"/fhir/Observation?identifier=urn:lab|{number}&patient={known}"
    assert send(machine, asked, change).json()["status"] == "amended"
    assert send(machine, asked.replace(number, "none"), change).status_code == 404
    machine.post("/fhir/Observation", sent)
    assert send(machine, asked, change).status_code == 412
