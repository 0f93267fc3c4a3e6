"""Search over HTTP in one record: forms, pages, what comes along, and who is answered at all."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.fhir.resources import bundle, entry, observation, patient
from tests.fhir.search.record import Record, stored, visit
from tests.gate.world import World
from unidossier.actions.write_report import Author, Report, write_report

Json = dict[str, Any]


def test_an_unknown_parameter_is_told_or_refused_as_is_preferred(record: Record) -> None:
    *matches, told = record.entries("colour=red&code=2823-3&_sort=colour")
    assert len(matches) == 2
    assert told["search"]["mode"] == "outcome"
    assert [issue["severity"] for issue in told["resource"]["issue"]] == ["warning", "warning"]
    strict = record.machine.get(
        f"/fhir/Observation?patient={record.patient}&colour=red", prefer="handling=strict"
    )
    assert strict.status_code == 400
    assert "'colour'" in strict.json()["issue"][0]["diagnostics"]


def test_a_form_and_the_compartment_find_the_same(record: Record) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    wanted = [record.late, record.early]
    for address, body in (
        ("/fhir/Observation/_search", f"patient={record.patient}&code=2823-3"),
        (f"/fhir/Observation/_search?patient={record.patient}", "code=2823-3"),
        (f"/fhir/Patient/{record.patient}/Observation/_search", "code=2823-3"),
    ):
        answer = record.machine.client.request(
            "POST", address, content=body, headers=record.machine.headers | form
        )
        assert answer.status_code == 200, answer.text
        assert [one["resource"]["id"] for one in answer.json()["entry"]] == wanted
    within = record.machine.get(f"/fhir/Patient/{record.patient}/Observation?code=2823-3")
    assert [one["resource"]["id"] for one in within.json()["entry"]] == wanted
    refused = record.machine.client.request(
        "POST",
        "/fhir/Observation/_search",
        content="{}",
        headers=record.machine.headers | {"content-type": "application/json"},
    )
    assert refused.status_code == 415


def test_pages_follow_one_another_while_data_arrive(record: Record, world: World) -> None:
    """Nothing twice, nothing left out of what was there; the address of a page is of no use to anybody else."""
    first = record.machine.get(f"/fhir/Observation?patient={record.patient}&_count=1&_total=accurate").json()
    assert first["total"] == 3
    arrived = stored(record.machine, observation(record.patient, effectiveDateTime="2026-11-22"))
    try:
        seen, page = [first["entry"][0]["resource"]["id"]], first
        while following := _link(page, "next"):
            answer = record.machine.get(following)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            seen += [one["resource"]["id"] for one in page["entry"]]
        assert seen == [record.late, record.early, record.glucose]
        assert [one["relation"] for one in page["link"]] == ["self", "first", "previous"]
        middle = record.machine.get(_link(page, "previous")).json()
        assert [one["resource"]["id"] for one in middle["entry"]] == [record.early]
        assert _link(middle, "previous") == _link(middle, "first") == _link(first, "self")
        again = record.machine.get(_link(middle, "next")).json()
        assert [one["resource"]["id"] for one in again["entry"]] == [record.glucose]
        stolen = record.physician.get(_link(first, "next"))
        assert stolen.status_code == 400
        assert str(record.patient) not in (_link(first, "next") or "")
        bent = record.machine.get(_link(first, "next").replace("_cursor=", "_cursor=A"))
        assert bent.status_code == 400
    finally:
        assert record.machine.client.request(
            "DELETE", f"/fhir/Observation/{arrived}", headers=record.machine.headers
        ).status_code in (200, 204)
    assert arrived not in record.find("")


def _link(bundle: Json, relation: str) -> str | None:
    found = [one["url"] for one in bundle["link"] if one["relation"] == relation]
    return found[0].removeprefix("http://api.example") if found else None


ALONG = {
    "_include=Observation:encounter": {"Encounter"},
    "_include=Observation:encounter&_include=Observation:subject": {"Encounter", "Patient"},
    "_include=Observation:subject:Group": set(),
    "_include=Observation:*": {"Encounter", "Patient"},
    "_include:iterate=Encounter:patient&_include=Observation:encounter": {"Encounter", "Patient"},
    "_revinclude=Provenance:target": {"Provenance"},
    "_revinclude=Observation:derived-from": {"Observation"},
}


@pytest.mark.parametrize("query", ALONG)
def test_what_is_referred_to_comes_along(record: Record, query: str) -> None:
    entries = record.entries(f"_id={record.early}&{query}")
    assert [one["search"]["mode"] for one in entries] == ["match"] + ["include"] * len(ALONG[query])
    assert {one["resource"]["resourceType"] for one in entries[1:]} == ALONG[query]


def test_the_patient_is_found_by_his_id_and_by_what_is_said_of_him(record: Record) -> None:
    by_id = f"_id={record.patient}"
    assert record.find(by_id, kind="Patient") == [str(record.patient)]
    assert record.find(f"{by_id}&gender=male", kind="Patient") == []
    assert record.find(f"{by_id}&_has:Observation:patient:code=2345-7", kind="Patient") == [
        str(record.patient)
    ]
    along = record.entries(f"{by_id}&_revinclude=Encounter:patient", kind="Patient")
    assert [one["resource"]["resourceType"] for one in along] == ["Patient", "Encounter"]


def test_only_what_the_reader_may_see_is_found_counted_or_brought_along(record: Record) -> None:
    """A nurse sees no draft of nobody's; a nurse without relation, and somebody who is nobody, are told the same."""
    assert record.find("", sender=record.physician) == [record.late, record.early, record.glucose]
    # the patient sees what is validated
    assert record.find("", sender=record.own) == [record.late, record.early]
    counted = record.own.get(f"/fhir/Observation?patient={record.patient}&_summary=count").json()
    assert counted["total"] == 2
    assert "entry" not in counted
    drafts = record.entries(f"_id={record.early}&_revinclude=Observation:derived-from", sender=record.own)
    assert [one["resource"]["id"] for one in drafts] == [record.early]
    for chain in (
        "_has:Observation:derived-from:status=preliminary",
        f"_has:Observation:derived-from:_id={record.glucose}",
    ):
        assert record.find(chain) == [record.early]
        assert record.find(chain, sender=record.own) == []
    refused = [
        record.stranger.get(f"/fhir/Observation?patient={whom}")
        for whom in (record.patient, uuid4(), "nonsense")
    ] + [
        record.stranger.get(f"/fhir/Patient/{whom}/Observation")
        for whom in (record.patient, uuid4(), "nonsense")
    ]
    assert {(one.status_code, one.text) for one in refused} == {(404, refused[0].text)}


def test_a_patient_need_not_be_named_by_himself_alone(record: Record) -> None:
    own = record.own.get("/fhir/Observation?code=2823-3")
    assert [one["resource"]["id"] for one in own.json()["entry"]] == [record.late, record.early]
    carer = record.physician.get("/fhir/Observation?code=2823-3")
    assert carer.status_code == 400
    assert "patient=[id]" in carer.json()["issue"][0]["diagnostics"]


def test_a_search_is_one_entry_that_says_what_was_sought(record: Record, world: World) -> None:
    record.find("code=2823-3&date=ge2026")
    ((verb, permitted, detail),) = world.run(
        "SELECT verb, permitted, detail FROM log.entry WHERE patient_id = %s ORDER BY id DESC LIMIT 1",
        record.patient,
    )
    assert (verb, permitted) == ("fhir-search", True)
    assert detail["type"] == "Observation"
    assert "code=2823-3" in detail["search"]


def test_elements_and_summary_shape_what_is_found(record: Record) -> None:
    found = record.machine.get(
        f"/fhir/Observation?patient={record.patient}&_id={record.early}&_elements=status"
    ).json()
    (one,) = found["entry"]
    assert "valueQuantity" not in one["resource"]
    as_xml = record.machine.get(f"/fhir/Observation?patient={record.patient}&_format=xml&_count=1")
    assert as_xml.text.startswith(("<?xml", "<Bundle"))


def test_several_patients_are_not_searched_at_once(record: Record) -> None:
    answer = record.physician.get(f"/fhir/Observation?patient={record.patient},{uuid4()}")
    assert answer.status_code == 400
    assert "one patient in one search" in answer.json()["issue"][0]["diagnostics"]


def test_a_report_written_in_ward_is_found_at_once(record: Record, world: World) -> None:
    """Every writer gives what a search finds it by (REC-2)."""
    ((person, institution),) = world.run(
        "SELECT person_id, institution_id FROM gate.session WHERE secret_hash = sha256(%s::bytea)",
        record.physician.secret,
    )
    written = write_report(
        record.physician.secret,
        patient=record.patient,
        report=Report(kind="progress-note", title="Wound", body="It heals.", language="en"),
        step="validate",
        author=Author(person=person, name="Jo Doe", institution=institution),
        at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    )
    id_ = str(written["item_id"])
    for query in ("type=http://loinc.org|11506-3", "title=wound", "date=2026-11-20", "subject.gender=female"):
        assert record.find(query, kind="Composition") == [id_], query
    assert record.find("title=scar", kind="Composition") == []


def test_what_came_together_in_a_transaction_is_found_by_its_references(record: Record) -> None:
    """`urn:uuid:` is read as what it becomes here, also where a parameter asks for the type (resolve() is Patient)."""
    whom = patient()
    person, stay = entry(whom), entry(visit(f"urn:uuid:{uuid4()}"))
    stay["resource"]["subject"]["reference"] = person["fullUrl"]
    value = entry(observation(person["fullUrl"], encounter={"reference": stay["fullUrl"]}))
    answer = record.machine.post("/fhir", bundle(value, stay, person))
    assert answer.status_code == 200, answer.text
    ids = [one["response"]["location"].split("/")[1] for one in answer.json()["entry"]]
    for query in (
        f"patient={ids[2]}",
        f"patient={ids[2]}&encounter={ids[1]}",
        f"subject=Patient/{ids[2]}&encounter.status=finished",
    ):
        found = record.machine.get(f"/fhir/Observation?{query}&patient:missing=false").json()
        assert [one["resource"]["id"] for one in found["entry"]] == [ids[0]], query
    number = whom["identifier"][0]["value"]
    found = record.machine.get(f"/fhir/Observation?patient.identifier={number}&code=2823-3").json()
    assert [one["resource"]["id"] for one in found["entry"]] == [ids[0]]
