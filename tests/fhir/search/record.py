"""A record to search in: two values of potassium, one of glucose, an encounter, a provenance; and those who ask."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True)
class Record:
    """A record with an encounter, two values of potassium, one of glucose and a provenance; who may see it, who may not."""

    machine: Sender
    physician: Sender
    stranger: Sender
    own: Sender
    patient: UUID
    encounter: str
    early: str
    late: str
    glucose: str
    provenance: str

    def find(self, query: str, *, kind: str = "Observation", sender: Sender | None = None) -> list[str]:
        """Return the ids that match, in order."""
        return [
            one["resource"]["id"]
            for one in self.entries(query, kind=kind, sender=sender)
            if one["search"]["mode"] == "match"
        ]

    def entries(self, query: str, *, kind: str = "Observation", sender: Sender | None = None) -> list[Json]:
        address = f"/fhir/{kind}?{query}"
        answer = (sender or self.machine).get(
            f"{address}&patient={self.patient}" if kind != "Patient" else address
        )
        assert answer.status_code == 200, (query, answer.text)
        return answer.json().get("entry", [])


def fill_record(client: Any, world: World) -> Record:
    """Make the record, in an institution of its own."""
    house = world.institution()
    machine = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    known = UUID(machine.post("/fhir/Patient", patient()).json()["id"])
    stay = stored(machine, visit(f"Patient/{known}"))
    early = stored(machine, observation(known, encounter={"reference": f"Encounter/{stay}"}))
    late = stored(machine, _later(known))
    glucose = stored(
        machine,
        observation(
            known,
            status="preliminary",
            code={"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "Glycémie à jeun"},
            effectiveDateTime="2026-11-10",
            derivedFrom=[{"reference": f"Observation/{early}"}],
        ),
    )
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": f"Observation/{early}"}],
        "recorded": "2026-11-20T12:00:00+01:00",
        "agent": [{"who": {"display": "Laboratory"}}],
    }
    doctor, other = world.worker("nurse", house), world.worker("nurse", house)
    world.relation(known, doctor)
    return Record(
        machine=machine,
        physician=Sender(client, world.session(doctor, face="api")),
        stranger=Sender(client, world.session(other, face="api")),
        own=Sender(client, world.own_session(known, face="api")),
        patient=known,
        encounter=stay,
        early=early,
        late=late,
        glucose=glucose,
        provenance=stored(machine, provenance),
    )


def visit(subject: str) -> Json:
    """An Encounter that is over."""
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": subject},
        "period": {"start": "2026-11-20T09:00:00+01:00", "end": "2026-11-20T11:00:00+01:00"},
    }


def _later(known: UUID) -> Json:
    value = {"value": 7.2, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"}
    return observation(
        known,
        effectiveDateTime="2026-11-21T10:00:00+01:00",
        valueQuantity=value,
        method={"text": "Ion-selective"},
    )


def stored(machine: Sender, resource: Json) -> str:
    """Store one resource; by transaction, as a Provenance comes by no other way."""
    answer = machine.post("/fhir", bundle(entry(resource)))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["entry"][0]["response"]["location"].split("/")[1])


def named(record: Record, names: str) -> list[str]:
    """Return the ids of what is called so."""
    return [str(getattr(record, name)) for name in names.split()]
