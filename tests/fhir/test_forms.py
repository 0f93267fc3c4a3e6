"""In what form something is sent and given: XML, packed, indented, a part of the elements, without its body."""

import base64
import gzip
import json
import os
from typing import Any
from uuid import UUID

import orjson
import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation, sent_part
from tests.gate.world import World
from unidossier.exchange.fhir.xml import from_xml, to_xml
from unidossier.record.validation import validate

XML = "application/fhir+xml"


def numbers_as_text(text: bytes | str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str)


def address(stored: dict[str, Any]) -> str:
    return f"/fhir/{stored['resourceType']}/{stored['id']}"


def test_what_is_sent_as_xml_is_read_as_json_and_the_other_way_round(machine: Sender, known: UUID) -> None:
    sent = observation(
        known, note=[{"text": 'a "b" <c>\n&d'}], extension=[{"url": "urn:x", "valueBoolean": True}]
    )
    text = json.dumps(sent).replace("5.6", "5.60")
    created = machine.post("/fhir/Observation", to_xml(text), content_type=XML, accept=XML)
    assert created.status_code == 201, created.text
    assert created.headers["content-type"] == XML
    told = numbers_as_text(from_xml(created.content))
    assert sent_part(told) == numbers_as_text(text) | {"id": told["id"]}
    assert numbers_as_text(machine.get(address(told)).content) == told
    read = machine.get(address(told) + "?_format=xml")
    assert from_xml(read.content) and numbers_as_text(from_xml(read.content)) == told


@pytest.mark.parametrize(
    ("asked", "accept", "given"),
    [
        ("", "text/xml", XML),
        ("", "application/fhir+json;q=0.5, application/fhir+xml", XML),
        ("", "application/fhir+xml;q=0.5, */*", "application/fhir+json"),
        ("?_format=application/fhir%2Bxml", "application/json", XML),
        ("?_format=application/fhir+xml", "*/*", XML),
        ("?_format=json", XML, "application/fhir+json"),
    ],
)
def test_the_form_is_that_of_the_address_then_that_of_accept(
    client: Any, asked: str, accept: str, given: str
) -> None:
    answer = client.get(f"/fhir/metadata{asked}", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, given)
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_errors_are_told_in_the_form_that_is_wanted(machine: Sender) -> None:
    for answer in (
        machine.get(f"/fhir/Observation/{UUID(int=1)}", accept=XML),
        machine.get("/fhir/Observation/1/2/3/4", accept=XML),
        machine.post("/fhir/Observation", b"<Observation/>", content_type=XML, accept=XML),
    ):
        assert answer.headers["content-type"] == XML
        assert orjson.loads(from_xml(answer.content))["resourceType"] == "OperationOutcome"


def test_indented_is_the_same_resource(machine: Sender, stored: dict[str, Any]) -> None:
    answer = machine.get(address(stored) + "?_pretty=true")
    assert answer.content.startswith(b'{\n  "')
    assert answer.json() == stored
    assert machine.get(address(stored) + "?_pretty=perhaps").status_code == 400
    as_xml = machine.get(address(stored) + "?_format=xml&_pretty=true")
    assert b'\n  <status value="final"/>\n' in as_xml.content
    assert orjson.loads(from_xml(as_xml.content)) == stored


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("_summary=true", {"status", "code", "subject", "effectiveDateTime", "valueQuantity"}),
        ("_summary=data", {"status", "category", "code", "subject", "effectiveDateTime", "valueQuantity"}),
        ("_summary=text", {"text", "status", "code"}),
        ("_elements=value,Observation.category", {"status", "code", "category", "valueQuantity"}),
        ("_summary=false", None),
    ],
)
def test_a_part_is_marked_as_one_and_still_valid(
    machine: Sender, known: UUID, asked: str, names: set[str] | None
) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">5.6</div>'}
    stored = machine.post("/fhir/Observation", observation(known, text=text)).json()
    answer = machine.get(f"{address(stored)}?{asked}")
    assert validate(answer.content)
    if names is None:
        assert answer.json() == stored
        return
    assert set(answer.json()) == names | {"resourceType", "id", "meta"}
    assert [tag["code"] for tag in answer.json()["meta"]["tag"]] == ["SUBSETTED"]
    assert machine.get(f"{address(stored)}?_summary=some").status_code == 400


def test_head_is_get_without_its_body(machine: Sender, stored: dict[str, Any]) -> None:
    whole = machine.get(address(stored))
    answer = machine.client.request("HEAD", address(stored), headers=machine.headers)
    assert (answer.status_code, answer.content) == (200, b"")
    for name in ("etag", "last-modified", "content-length", "content-type"):
        assert answer.headers[name] == whole.headers[name]
    gone = machine.client.request("HEAD", f"/fhir/Observation/{UUID(int=1)}", headers=machine.headers)
    assert (gone.status_code, gone.content) == (404, b"")


def test_options_and_a_refused_method_say_what_is_done(machine: Sender, stored: dict[str, Any]) -> None:
    told = machine.client.request("OPTIONS", address(stored))
    assert told.status_code == 204
    assert told.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert "application/json-patch+json" in told.headers["accept-patch"]
    refused = machine.client.request("POST", address(stored), headers=machine.headers)
    assert (refused.status_code, refused.headers["allow"]) == (405, told.headers["allow"])
    assert machine.client.request("OPTIONS", "/fhir/Observation/1/2/3/4").status_code == 404


def test_options_tell_what_is_done_with_this_type(machine: Sender, known: UUID) -> None:
    patient = machine.client.request("OPTIONS", f"/fhir/Patient/{known}")
    assert patient.headers["allow"] == "GET, HEAD, OPTIONS, PATCH, PUT"
    drug = machine.client.request("OPTIONS", "/fhir/Medication")
    assert "POST" not in drug.headers["allow"].split(", ")
    assert "POST" in machine.client.request("OPTIONS", "/fhir/Observation").headers["allow"].split(", ")


def test_a_packed_body_is_unpacked_and_never_further_than_is_allowed(
    machine: Sender, known: UUID, hospital: Hospital, world: World
) -> None:
    packed = gzip.compress(json.dumps(observation(known)).encode())
    answer = machine.post("/fhir/Observation", packed, content_encoding="gzip")
    assert answer.status_code == 201, answer.text
    before = world.run("SELECT count(*) FROM record.version WHERE institution_id = %s", hospital.id)
    bomb = gzip.compress(b" " * (64 * 1024 * 1024), compresslevel=1)
    for body, encoding, status in (
        (bomb, "gzip", 413),
        (packed[:-9], "gzip", 400),
        (b"{}", "gzip", 400),
        (packed, "br", 415),
    ):
        answer = machine.post("/fhir/Observation", body, content_encoding=encoding)
        assert answer.status_code == status, answer.text
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert world.run("SELECT count(*) FROM record.version WHERE institution_id = %s", hospital.id) == before


def test_the_client_says_how_much_it_wants_back(machine: Sender, known: UUID) -> None:
    minimal = machine.post("/fhir/Observation", observation(known), prefer="return=minimal")
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert minimal.headers["last-modified"].endswith("GMT") and minimal.headers["location"]
    outcome = machine.post("/fhir/Observation", observation(known), prefer="return=OperationOutcome")
    assert outcome.json()["issue"][0]["severity"] == "information"
    whole = machine.post(
        "/fhir/Observation", observation(known), prefer="handling=strict, return=representation"
    )
    assert whole.json()["resourceType"] == "Observation"


def test_what_the_client_holds_is_not_sent_again(machine: Sender, stored: dict[str, Any]) -> None:
    first = machine.get(address(stored))
    modified = first.headers["last-modified"]
    for headers, status in (
        ({"if-none-match": first.headers["etag"]}, 304),
        ({"if-none-match": '"1"'}, 304),
        ({"if-none-match": 'W/"7", W/"1"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": 'W/"11"'}, 200),
        ({"if-modified-since": modified}, 304),
        ({"if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        # If-None-Match counts before If-Modified-Since (RFC 9110, 13.2.2)
        ({"if-none-match": 'W/"7"', "if-modified-since": modified}, 200),
    ):
        assert machine.get(address(stored), **headers).status_code == status, headers


def test_what_holds_files_is_given_as_xml_too(machine: Sender, known: UUID) -> None:
    data = base64.b64encode(os.urandom(40_000)).decode()
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
        "content": [{"attachment": {"contentType": "application/pdf", "data": data}}],
    }
    created = machine.post("/fhir/DocumentReference", document).json()
    for asked in (address(created), f"/fhir/DocumentReference?patient={known}"):
        answer = machine.get(asked, accept=XML)
        assert answer.headers["content-type"] == XML
        assert data in from_xml(answer.content).decode()
