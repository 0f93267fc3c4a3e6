"""Foreign clients walk through the API as an integrator would: fhirpy and SMART's own client in Python. Those of JavaScript: `make prove-fhir`."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.auditevent import AuditEvent
from fhirclient.models.bundle import Bundle
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRUnauthorizedException
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.fhir.test_server import running_api
from tests.gate.server import Dsns
from tests.gate.world import World

LOINC = "http://loinc.org"


@pytest.fixture(scope="module")
def api(product: None, dsns: Dsns) -> Iterator[str]:
    with running_api({"DATABASE_URL": dsns.app}) as address:
        yield f"{address}/fhir"


def test_fhirpy_walks_through(api: str, machine: Sender, known: UUID) -> None:
    client = SyncFHIRClient(api, authorization=machine.headers["authorization"])
    made = [
        client.resource("Observation", **observation(known, effectiveDateTime=f"2026-11-{day:02}"))
        for day in range(1, 6)
    ]
    for one in made:
        one.save()
    found = client.resources("Observation").search(
        patient=str(known), code=f"{LOINC}|2823-3", date__ge="2026-11-03"
    )
    assert {one.id for one in found.fetch()} == {one.id for one in made[2:]}
    assert len(found.limit(1).fetch_all()) == 3, "pages are followed to the end"
    assert found.sort("-date").first().id == made[-1].id
    whole = client.resource("Patient", id=str(known)).execute("$everything", method="get")
    assert {one["resource"]["id"] for one in whole["entry"]} >= {one.id for one in made}
    made[0]["status"] = "amended"
    made[0].save()
    assert (
        client.resources("Observation").search(patient=str(known), status="amended").first().id == made[0].id
    )
    made[1].delete()
    with pytest.raises((ResourceNotFound, OperationOutcome)):
        client.reference("Observation", made[1].id).to_resource()
    assert len(found.fetch_all()) == 3
    with pytest.raises(OperationOutcome, match="2026-02-30"):
        client.resource("Observation", **observation(known, effectiveDateTime="2026-02-30")).save()


def smart(api: str, sender: Sender) -> FHIRClient:
    client = FHIRClient(settings={"app_id": "tests", "api_base": api})
    client.server.session.headers.update(sender.headers)
    return client


def test_fhirclient_walks_through(api: str, machine: Sender, world: World, known: UUID) -> None:
    server = smart(api, machine).server
    assert server.capabilityStatement.fhirVersion == "4.0.1"
    who = Patient(patient())
    told = who.create(server)
    assert told is not None
    read = Patient.read(told["id"], server)
    assert read.name[0].family == who.name[0].family
    sent: dict[str, Any] = bundle(
        *[entry(observation(f"Patient/{told['id']}", status=status)) for status in ("final", "amended")]
    )
    answer = Bundle(server.post_json("", Bundle(sent).as_json()).json())
    assert [one.response.status[:3] for one in answer.entry] == ["201", "201"]
    search = Observation.where({"patient": told["id"], "status": "amended"})
    (found,) = list(search.perform_resources_iter(server))
    assert found.valueQuantity.value == 5.6
    found.valueQuantity.value = 4.2
    found.update(server)
    assert Observation.read(found.id, server).valueQuantity.value == 4.2
    with pytest.raises(FHIRNotFoundException):
        Observation.read(told["id"], server)
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read(told["id"], FHIRClient(settings={"app_id": "tests", "api_base": api}).server)


def test_fhirclient_reads_who_looked(
    api: str, machine: Sender, world: World, known: UUID, hospital: Any
) -> None:
    """ITI-81 by a foreign model of AuditEvent, page by page."""
    world.relation(known, hospital.physician)
    physician = Sender(machine.client, world.session(hospital.physician, face="api"))
    for _ in range(3):
        assert physician.get(f"/fhir/Patient/{known}").status_code == 200
    own = smart(api, Sender(machine.client, world.own_session(known, face="api"))).server
    search = AuditEvent.where({"patient": str(known), "subtype": "fhir-read", "_count": "1"})
    events = list(search.perform_resources_iter(own))
    assert len(events) == 3
    assert all(one.agent[2].requestor and one.agent[2].name for one in events)
    assert AuditEvent.read(events[0].id, own).as_json() == events[0].as_json()
