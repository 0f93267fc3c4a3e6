"""A hospital whose machine stores letters, a general practitioner with a relation, one without, and a receiver for notices."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.fhir.resources import patient
from tests.fhir.subscriptions.receiver import Receiver
from tests.gate.world import Worker, World
from unidossier.jobs.subscriptions import send_waiting_notices
from unidossier.kernel.uuid7 import new_id
from unidossier.notices.subscription_bundle import BACKPORT, TOPICS_AT

Json = dict[str, Any]
BASE = "http://api.example"
CONTENT = f"{BACKPORT}/backport-payload-content"


@dataclass(frozen=True)
class Package:
    """A general practitioner and the package that acts by his account."""

    worker: Worker
    sender: Sender


@dataclass(frozen=True)
class Scene:
    """Everything is made once; `patient` is new for each test."""

    world: World
    client: Client
    machine: Sender
    account: Worker
    receiver: Receiver
    patient: UUID
    kept: list[str] = field(default_factory=list)

    def package(self, *, related: bool = True, patient: UUID | None = None) -> Package:
        """Make a practice with a general practitioner, to whom the patient has agreed."""
        worker = self.world.worker("gp", self.world.institution(network=False))
        if related:
            self.world.relation(patient or self.patient, worker, kind="link", consented=True)
        return Package(worker, Sender(self.client, self.world.session(worker, face="api")))

    def by_app(self, package: Package, opens: Json) -> Sender:
        """Let an app in with these scopes (as gate.session keeps them); return what it sends with."""
        return by_app(self.world, self.client, package.worker, opens, face="api")

    def subscribe(self, sender: Sender, topic: str = "new-letter", **changes: Any) -> str:
        """Subscribe and let the handshake happen; return the id."""
        answer = sender.post("/fhir/Subscription", subscription(self.receiver.origin, topic=topic, **changes))
        assert answer.status_code == 201, answer.text
        told: Json = answer.json()
        send()
        assert sender.get(f"/fhir/Subscription/{told['id']}").json()["status"] == "active"
        self.receiver.told.clear()
        self.receiver.headers.clear()
        return str(told["id"])

    def letter(self, **changes: Any) -> str:
        """The hospital stores a letter; return its reference."""
        return self.store(letter(self.patient, **changes))

    def store(self, resource: Json) -> str:
        answer = self.machine.post(f"/fhir/{resource['resourceType']}", resource)
        assert answer.status_code == 201, answer.text
        return f"{resource['resourceType']}/{answer.json()['id']}"


def by_app(world: World, client: Client, worker: Worker, opens: Json, **claims: Any) -> Sender:
    """A session of an app, registered and let in as the world is before anybody asks."""
    secret = world.session(worker, **claims)
    world.run(
        """WITH app AS (
            INSERT INTO gate.app (id, name, institution_id, kind, redirect_uris, scopes, opens, registered_by) VALUES (gen_random_uuid(), 'Package', %s, 'public', '{https://a.example/}', '', %s, 'test') RETURNING id
        ) UPDATE gate.session SET app_id = app.id, app_name = 'Package', app_opens = %s FROM app WHERE secret_hash = sha256(%s)""",
        *(worker.institution, Jsonb(opens), Jsonb(opens), secret),
    )
    return Sender(client, secret)


def send() -> int:
    """Let the worker send what is due."""
    return send_waiting_notices(slice_s=10, origin=BASE)


def subscription(
    origin: str | None, *, topic: str = "new-letter", content: str | None = None, **changes: Any
) -> Json:
    """A Subscription by rest-hook, or by websocket without an origin."""
    channel: Json = {"type": "rest-hook" if origin else "websocket", "payload": "application/fhir+json"}
    if origin:
        channel["endpoint"] = f"{origin}/notices?of=unidossier"
    if content:
        channel["_payload"] = {"extension": [{"url": CONTENT, "valueCode": content}]}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Letters for the practice",
        "criteria": f"{TOPICS_AT}/{topic}",
        "channel": channel | changes.pop("channel", {}),
    } | changes


def letter(subject: UUID, **changes: Any) -> Json:
    """A letter about the patient."""
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {
            "coding": [{"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}]
        },
        "subject": {"reference": f"Patient/{subject}"},
        "date": "2026-11-20T10:00:00+01:00",
        "author": [{"display": "Dr. A. Peeters"}],
        "title": "Discharge letter of a fictional stay",
    } | changes


def make_scene(world: World, client: Client) -> Scene:
    """Make the hospital and the receiver, whose address a security officer allowed."""
    house = world.institution()
    account = world.worker("machine", house)
    machine = Sender(client, world.session(account, face="api", purpose="exchange"))
    receiver = Receiver()
    world.run(
        "INSERT INTO notices.hook_address (id, origin, private, reason, institution_id, made_by, entry_id) VALUES (%s, %s, true, 'test', %s, %s, 0)",
        *(new_id(), receiver.origin, house, world.person()),
    )
    return Scene(world, client, machine, account, receiver, new_patient(machine))


def new_patient(machine: Sender) -> UUID:
    """Store a Patient; return his id."""
    answer = machine.post("/fhir/Patient", patient())
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])
