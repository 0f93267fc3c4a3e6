"""Import: every resource stored or named; whole or not at all; the same twice changes nothing."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.import_.conftest import House, Write, counts, only_refusal
from tests.import_.resources import condition, patient, transaction
from unidossier.actions.import_resources import UnknownInstitution, sources
from unidossier.kernel.uuid7 import derived_id


def test_a_transaction_is_stored_under_our_ids_and_its_text_else_untouched(
    house: House, write: Write
) -> None:
    who, value = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    text = f"""{{"resourceType":"Bundle","type":"transaction","entry":[
      {{"fullUrl":"{who}","request":{{"method":"POST","url":"Patient"}},"resource":{{"resourceType":"Patient","id":"p1","contact":[{{"id":"x"}}]}}}},
      {{"fullUrl":"{value}","request":{{"method":"POST","url":"Observation"}},"resource":{{"id": "o1",
          "resourceType":"Observation", "status":"final","code":{{"text":"Kalium"}},"subject":{{"reference":"{who}"}},
          "note":[{{"text":"see {who} and Patient/p1"}}], "performer":[{{"reference":"Practitioner\\/d7"}}],
          "valueQuantity":{{"value":72.50}}}}}}]}}"""
    assert counts(house.take(write("a.json", text))) == {"created": 2}
    ids = {kind: derived_id(house.id, resource_type=kind, source_id=name) for kind, name in _NAMED.items()}
    assert _META.sub("", house.versions()[0][2]) == (
        f'{{"id":"{ids["Observation"]}",\n          "resourceType":"Observation", "status":"final",'
        f'"code":{{"text":"Kalium"}},"subject":{{"reference":"Patient/{ids["Patient"]}"}},\n'
        f'          "note":[{{"text":"see {who} and Patient/p1"}}], '
        f'"performer":[{{"reference":"Practitioner/{ids["Practitioner"]}"}}],\n'
        '          "valueQuantity":{"value":72.50}}'
    )
    assert _META.sub("", house.versions()[1][2]) == (
        f'{{"resourceType":"Patient","id":"{ids["Patient"]}","contact":[{{"id":"x"}}]}}'
    )


# the server's own
_META = re.compile(r',"meta":\{"versionId":"1","lastUpdated":"[^"]*"\}')
_NAMED = {"Patient": "p1", "Observation": "o1", "Practitioner": "d7"}


def test_an_inner_id_that_looks_the_same_stays(house: House, write: Write) -> None:
    inner = {"resourceType": "Practitioner", "id": "c1", "name": [{"family": "Maes"}]}
    sent = transaction(patient(), {"contained": [inner]} | condition("c1"))
    house.take(write("a.json", sent))
    stored = json.loads(house.versions()[0][2])
    assert stored["contained"][0]["id"] == "c1"
    assert stored["id"] == str(derived_id(house.id, resource_type="Condition", source_id="c1"))


def test_the_same_file_twice_changes_nothing(house: House, write: Write) -> None:
    path = write("a.json", transaction(patient(), condition()))
    assert counts(house.take(path)) == {"created": 2}
    before = house.versions()
    assert counts(house.take(path)) == {"unchanged": 2}
    assert house.versions() == before


def test_a_changed_resource_is_its_next_version(house: House, write: Write) -> None:  # REC-5
    house.take(write("a.json", transaction(patient(), condition())))
    report = house.take(write("b.json", condition(code={"text": "Arterial hypertension"})))
    assert counts(report) == {"updated": 1}
    assert [(kind, version) for kind, version, _ in house.versions()] == [
        ("Condition", 1),
        ("Condition", 2),
        ("Patient", 1),
    ]


@pytest.mark.parametrize("type", ["transaction", "document"])
def test_one_faulty_entry_and_nothing_of_the_bundle_is_stored(house: House, write: Write, type: str) -> None:
    faulty = condition("c2", recordedDate="2021-02-30")
    sent = transaction(patient(), condition(), faulty, type=type)
    report = house.take(write("a.json", sent), write("b.json", transaction(patient("p2"))))
    assert counts(report) == {"refused": 3, "created": 1}
    told = {one.place: one for one in report.refused}
    assert told["entry 2"].expression == "Bundle.entry[2].resource.recordedDate"
    assert "2021-02-30" in told["entry 2"].reason
    assert told["entry 0"].source_id == "p1"
    assert [kind for kind, _, _ in house.versions()] == ["Patient"]
    sent["entry"].pop()
    assert counts(house.take(write("a.json", sent))) == {"created": 2}


def test_in_a_collection_each_resource_stands_for_itself(house: House, write: Write) -> None:
    faulty = condition("c2", recordedDate="2021-02-30")
    report = house.take(write("a.json", transaction(patient(), faulty, condition(), type="collection")))
    assert counts(report) == {"created": 2, "refused": 1}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b'{"resourceType":"Bundle","type":"transaction","entry":[{"res', "not JSON", id="cut"),
        pytest.param('{"resourceType":"Patient","id":"é"}'.encode("latin-1"), "not UTF-8", id="Latin-1"),
        pytest.param(b"\xff\xfe{\x00}\x00", "not UTF-8", id="UTF-16"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"<Patient/>", "XML", id="XML"),
        pytest.param(b'{"resourceType":"Pateint","id":"p"}', "Patient?", id="unknown type"),
        pytest.param(b"[1]", "expected a resource", id="a list"),
    ],
)
def test_a_broken_file_is_named_and_stops_nothing_else(
    house: House, write: Write, content: bytes, told: str
) -> None:
    report = house.take(write("a.json", content), write("b.json", transaction(patient(), condition())))
    assert counts(report) == {"refused": 1, "created": 2}
    assert only_refusal(report).file.endswith("a.json")
    assert told in only_refusal(report).reason
    assert told in str(report)


def test_lines_stand_for_themselves_and_are_named_by_their_number(house: House, write: Write) -> None:
    lines = [patient(), condition("c1"), condition("c2", recordedDate="2021-02-30"), condition("c3")]
    path = write("a.ndjson", lines)
    path.write_bytes(path.read_bytes() + b"\n" + b'{"resourceType":"Condi')
    report = house.take(path)
    assert counts(report) == {"created": 3, "refused": 2}
    assert [one.place for one in report.refused] == ["line 3", "line 6"]


def test_a_patient_may_come_in_a_later_file(house: House, write: Write) -> None:
    early = write("Condition.ndjson", [condition(), condition("c2", of="Patient/nobody")])
    late = write("Patient.ndjson", [patient()])
    report = house.take(early.parent)
    assert late.exists()
    assert counts(report) == {"created": 2, "refused": 1}
    assert only_refusal(report).source_id == "c2"


def test_a_patient_of_an_earlier_import_is_known(house: House, write: Write) -> None:
    assert counts(house.take(write("a.json", condition()))) == {"refused": 1}
    house.take(write("b.json", patient()))
    assert counts(house.take(write("a.json", condition()))) == {"created": 1}


def test_ids_of_another_institution_are_not_ours(
    house: House, write: Write, world: Any, product: None
) -> None:
    house.take(write("a.json", transaction(patient(), condition())))
    other_id = world.institution()
    secret = world.session(world.worker("machine", other_id), face="api", purpose="exchange")
    other = House(id=other_id, key=other_id.hex, secret=secret, world=world)
    assert counts(other.take(write("b.json", condition("c9")))) == {"refused": 1}


def test_a_number_joins_two_houses_on_one_patient(house: House, write: Write, world: Any) -> None:
    identifier = [{"system": "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin"}]
    identifier[0]["value"] = _ssin(world)
    other_id = world.institution()
    secret = world.session(world.worker("machine", other_id), face="api", purpose="exchange")
    other = House(id=other_id, key=other_id.hex, secret=secret, world=world)
    for each in (house, other):
        assert counts(
            each.take(write("a.json", transaction(patient(identifier=identifier), condition())))
        ) == {"created": 2}
    rows = world.run(
        "SELECT DISTINCT patient_id FROM record.item WHERE institution_id = ANY (%s)", [house.id, other.id]
    )
    assert len(rows) == 1


def test_a_wrong_national_number_is_refused_and_not_repeated(house: House, write: Write) -> None:
    identifier = [{"system": "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin"}]
    identifier[0]["value"] = "85073003327"
    report = house.take(write("a.json", patient(identifier=identifier)))
    assert only_refusal(report).expression == "Patient.identifier[0].value"
    assert "85073003327" not in str(report)


def test_the_same_id_twice_in_one_bundle_is_refused(house: House, write: Write) -> None:
    sent = transaction(patient(), condition(), condition(code={"text": "Gout"}))
    report = house.take(write("a.json", sent))
    assert counts(report) == {"refused": 3}
    assert any("comes twice" in one.reason for one in report.refused)


def test_a_bundle_of_two_patients_is_stored_in_two_records(house: House, write: Write) -> None:
    sent = transaction(patient(), patient("p2"), condition(), condition("c2", of="Patient/p2"))
    assert counts(house.take(write("a.json", sent))) == {"created": 4}
    rows = house.world.run(
        "SELECT count(*) FROM record.item WHERE institution_id = %s GROUP BY patient_id", house.id
    )
    assert rows == [(2,), (2,)]


def test_a_large_file_inside_is_taken_out(house: House, write: Write) -> None:
    data = base64.b64encode(os.urandom(60_000)).decode()
    attachment = {"contentType": "application/pdf", "data": data}
    document = {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": attachment}],
    }
    path = write("a.json", transaction(patient(), document))
    assert counts(house.take(path)) == {"created": 2}
    assert len(house.versions()[0][2]) < 1000
    assert counts(house.take(path)) == {"unchanged": 2}


def test_what_is_about_nobody_is_kept_once(house: House, write: Write) -> None:
    path = write("a.json", {"resourceType": "Organization", "id": "o1", "name": "Linde"})
    for _ in range(2):
        assert counts(house.take(path)) == {"kept": 1}
    rows = house.world.run("SELECT type FROM registry.foreign_resource WHERE institution_id = %s", house.id)
    assert rows == [("Organization",)]


def test_a_file_beyond_the_limit_is_refused_with_a_way_out(
    house: House, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST_FILE", 1024 * 1024)
    path = write("a.json", transaction(patient()))
    assert counts(house.take(path)) == {"created": 1}
    path.write_bytes(path.read_bytes() + b" " * 1024 * 1024)
    assert "NDJSON" in only_refusal(house.take(path)).reason


def test_the_report_names_every_resource(house: House, write: Write, tmp_path: Path) -> None:
    source = write("in/a.json", transaction(patient(), condition(), type="collection"))
    lines = tmp_path / "report.ndjson"
    house.take(source, report_file=lines)
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert {(one["place"], one["source_id"], one["outcome"]) for one in told} == {
        ("entry 0", "p1", "created"),
        ("entry 1", "c1", "created"),
    }
    whole = tmp_path / "report.json"
    house.take(source, report_file=whole)
    assert json.loads(whole.read_text())["counts"] == {"unchanged": 2}


def test_an_unknown_institution_is_told_with_those_there_are(house: House, write: Write) -> None:
    with pytest.raises(UnknownInstitution, match=house.key):
        House(id=house.id, key="nowhere", secret=house.secret, world=house.world).take(
            write("a.json", patient())
        )


def _ssin(world: Any) -> str:
    """Give a valid national number that nobody here has yet."""
    ((taken,),) = world.run("SELECT count(*) FROM registry.patient_identifier")
    nine = f"620301{taken % 1000:03}"
    return f"{nine}{97 - int(nine) % 97:02}"


def test_a_search_finds_it_by_what_its_references_became(house: House, write: Write) -> None:
    """XCH-1: a sender's own ids are rewritten once, in the text and in what a search finds it by alike."""
    stay = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/p1"},
    }
    sent = transaction(patient(), stay, condition(encounter={"reference": "Encounter/e1"}))
    house.take(write("a.json", sent))
    ((facts,),) = house.world.run(
        "SELECT facts FROM record.item WHERE institution_id = %s AND type = 'Condition'", house.id
    )
    ours = {kind: derived_id(house.id, resource_type=kind, source_id=name) for kind, name in _SENT.items()}
    assert facts["encounter"] == [f"Encounter/{ours['Encounter']}"]
    assert facts["subject"] == [f"Patient/{ours['Patient']}"]


_SENT = {"Patient": "p1", "Encounter": "e1"}
