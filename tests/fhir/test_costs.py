"""What one request may cost: bodies, patches, chains, batches and pages that would be too much, and strangers who ask at length (T28)."""

import base64
import gzip
import json
import resource
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation
from unidossier.exchange.fhir.patching import PatchRefused, apply_fhirpath_patch, apply_json_patch

MB = 1024 * 1024


def test_a_patch_costs_no_more_than_it_may() -> None:
    parts = [{"valueInteger": nth} for nth in range(800)]
    looks = " and ".join(["valueInteger = 1"] * 40)
    given = [
        {
            "name": "operation",
            "part": [{"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": path}],
        }
        for path in [f"Observation.component.where({looks}).code"] * 200
    ]
    whole = {"resourceType": "Observation", "component": parts}
    with pytest.raises(PatchRefused, match="too many elements"):
        apply_fhirpath_patch(whole, {"parameter": given})
    assert apply_fhirpath_patch(whole, {"parameter": given[:1]}) == whole
    test = {"op": "test", "path": "/component", "value": parts}
    with pytest.raises(PatchRefused, match="too large"):
        apply_json_patch(whole, [test] * 200)
    assert apply_json_patch(whole, [test]) == whole


@pytest.mark.parametrize("more", ["another", "behind"])
def test_packed_text_is_read_to_its_end_and_no_further(machine: Sender, known: UUID, more: str) -> None:
    """What follows the end of a gzip text would be kept whole; empty blocks say nothing, for ever."""
    packed = gzip.compress(json.dumps(observation(known)).encode())
    nothing = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" if more == "another" else packed
    block = b"\0\0\0\xff\xff" * 200_000 if more == "another" else b"\0" * MB

    async def body() -> AsyncIterator[bytes]:
        yield nothing
        for _ in range(60):
            yield block

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = machine.post("/fhir/Observation", body(), content_encoding="gzip")
    assert answer.status_code == (413 if more == "another" else 400), answer.text
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 40 * MB
    assert machine.post("/fhir/Observation", packed, content_encoding="gzip").status_code == 201


def test_nothing_is_kept_of_what_nobody_holds(machine: Sender, known: UUID) -> None:
    """Names of a client's own making would fill the memory of the server one by one."""
    from unidossier.record.searching import definitions
    from unidossier.terminology import code_systems, value_sets

    kept = (value_sets._made, code_systems._made)
    before = [len(one) for one in kept]
    machine.get(f"/fhir/Observation?patient={known}&code:in=urn:of-nobody&_include=OfNobody:code")
    machine.get("/fhir/CodeSystem/$lookup?system=urn:of-nobody&code=1")
    assert [len(one) for one in kept] == before
    types = definitions._parameters_of.cache_info().currsize
    machine.get(f"/fhir/Observation?patient={known}&_include=OfSomebodyElse:code&_has:OfNobody:patient:_id=1")
    assert definitions._parameters_of.cache_info().currsize == types


ICD = "http://hl7.org/fhir/sid/icd-10"


def test_a_code_without_end_has_no_categories_without_end(machine: Sender, known: UUID) -> None:
    """Each beginning of an ICD-10 code is a category: of a code of 50,000 signs they would be gigabytes."""
    code = "I21." + "4" * 50_000
    condition = {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{known}"},
        "code": {"coding": [{"system": ICD, "code": code}]},
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert machine.post("/fhir/Condition", condition).status_code == 201
    form = {"content_type": "application/x-www-form-urlencoded"}
    asked = urlencode({"patient": str(known), "code:above": f"{ICD}|{code}"})
    assert machine.post("/fhir/Condition/_search", asked, **form).json()["total"] == 1
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 40 * MB
    assert machine.get(f"/fhir/Condition?patient={known}&code:below={ICD}|I21").json()["total"] == 1


def test_the_answers_of_a_batch_are_bounded_together(machine: Sender, known: UUID) -> None:
    """Sixty searches of ten megabytes each were one answer of 600."""
    notes = [{"text": "x" * 1000}] * 2000
    assert machine.post("/fhir/Observation", observation(known, note=notes)).status_code == 201
    get = {"request": {"method": "GET", "url": f"Observation?patient={known}"}}
    put = {"resource": observation(known, id=str(uuid4()), note=notes)}
    put["request"] = {"method": "PUT", "url": f"Observation/{put['resource']['id']}"}
    answer = machine.post("/fhir", bundle(*[get] * 14, put, type="batch"), prefer="return=representation")
    told = [one["response"]["status"] for one in answer.json()["entry"]]
    assert (told[0], told[-2:]) == ("200", ["413", "201"])
    assert len(answer.content) < 21 * MB
    assert machine.get(f"/fhir/Observation/{put['resource']['id']}").status_code == 200


def test_a_chain_through_every_type_is_refused(machine: Sender, known: UUID) -> None:
    """A reference that may lead to any type, four times over, was a statement of half a megabyte."""
    whole = urlencode({"patient": str(known), "subject.subject.subject.subject._id": str(uuid4())})
    named = urlencode({"patient": str(known), "subject:Basic.subject:Patient.name": "a"})
    started = time.process_time()  # of the work itself: neighbours take none of it
    answer = machine.get(f"/fhir/Basic?{whole}")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-costly")
    assert time.process_time() - started < 1
    assert machine.get(f"/fhir/Basic?{named}").status_code == 200
    assert machine.get(f"/fhir/Basic?patient={known}&subject._id={uuid4()}").status_code == 200


@pytest.mark.parametrize("address", ["Patient/{}/$everything", "Patient/{}/$summary", "Observation/_search"])
def test_of_nobody_no_body_is_read(client: Client, known: UUID, address: str) -> None:
    """A token that is none: refused before the first part of the body is taken."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(5):
            read.append(1)
            yield b" " * MB

    media = "application/x-www-form-urlencoded" if "_search" in address else "application/fhir+json"
    headers = {"authorization": f"Bearer {'0' * 64}", "content-type": media}
    answer = client.request("POST", f"/fhir/{address.format(known)}", headers=headers, content=body())
    assert answer.status_code == 401, answer.text
    assert len(read) <= 1  # what the transport takes beforehand


def test_of_nobody_no_long_query_is_understood(client: Client, machine: Sender, known: UUID) -> None:
    query = urlencode({"patient": str(known), "date": ",".join(["xx"] * 1000)})
    assert machine.get(f"/fhir/Observation?{query}").status_code == 400
    answer = client.get(f"/fhir/Observation?{query}", headers={"authorization": f"Bearer {'0' * 64}"})
    assert answer.status_code == 401


def test_a_long_way_from_item_to_item_ends(
    machine: Sender, known: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three thousand results, each derived from the one before, held the database for ten seconds."""
    from unidossier.gate import async_door

    ids = [str(uuid4()) for _ in range(300)]
    way = [
        observation(known, id=id_)
        | ({"derivedFrom": [{"reference": f"Observation/{ids[nth - 1]}"}]} if nth else {})
        for nth, id_ in enumerate(ids)
    ]
    sent = [entry(one, method="PUT", url=f"Observation/{one['id']}") for one in way]
    assert machine.post("/fhir", bundle(*sent)).status_code == 200
    address = f"/fhir/Observation?patient={known}&_id={ids[-1]}&_include:iterate=Observation:derived-from"
    assert len(machine.get(address).json()["entry"]) == len(ids)
    monkeypatch.setattr(async_door, "READ_WITHIN", "SET LOCAL statement_timeout = '3ms'")
    answer = machine.get(address)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-costly")
    assert machine.get(f"/fhir/Observation?patient={known}&_count=1").status_code == 200


def test_a_page_of_large_files_ends_where_an_answer_is_full(
    machine: Sender, known: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand letters of fifteen megabytes were one answer."""
    monkeypatch.setattr("unidossier.exchange.fhir.search.bundle.MOST_WHOLE", 250_000)
    for nth in range(3):
        file = {"contentType": "text/plain", "data": base64.b64encode(bytes([65 + nth]) * 75_000).decode()}
        letter = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": file}]}
        sent = machine.post(
            "/fhir/DocumentReference", letter | {"subject": {"reference": f"Patient/{known}"}}
        )
        assert sent.status_code == 201
    for address in (
        f"/fhir/DocumentReference?patient={known}",
        f"/fhir/DocumentReference/_history?patient={known}",
    ):
        seen, sizes = set(), []
        while address:
            page = machine.get(address).json()
            sizes.append(len(page["entry"]))
            seen |= {one["resource"]["id"] for one in page["entry"]}
            address = next((one["url"] for one in page["link"] if one["relation"] == "next"), "")
        assert (sizes, len(seen)) == ([2, 1], 3)
    across = machine.get("/fhir/DocumentReference?_count=10")
    assert (across.status_code, across.json()["issue"][0]["code"]) == (413, "too-costly")
    assert machine.get("/fhir/DocumentReference?_count=1").status_code == 200
