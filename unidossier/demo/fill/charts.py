"""One fictional patient's record, delivered by the machine account of each institution, as a hospital's own systems would."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import orjson

from unidossier.actions.deliver import deliver, register_patient
from unidossier.demo.fill.ids import institution_id, patient_id, person_id, team_id
from unidossier.demo.world import Institution, Patient, PatientHistory, Resource, World
from unidossier.gate.door import ItemChanged
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.sortkey import name_key, sort_key
from unidossier.record import blobs
from unidossier.record.arrival import arrange
from unidossier.record.references import Addresses
from unidossier.record.registration import LOCAL, Registration
from unidossier.record.sent import Sender, Sent
from unidossier.record.store import Delivery
from unidossier.record.validation import validate
from unidossier.record.work import Party
from unidossier.signin.tokens import open_machine_session

AT_ONCE = 1_500  # versions in one transaction: far below what its time allows, on a busy machine too


class ResourceNotStored(Exception):
    """The generator made a resource that the record refuses: a fault of the demo, told with its place."""


@dataclass
class Filling:
    """What one process needs to deliver charts; sessions are opened when first needed."""

    world: World
    secrets: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._institutions: dict[str, Institution] = {one.key: one for one in self.world.institutions}
        self._parties: dict[str, Party] = {}
        self._addresses: dict[str, str] = {}
        for person in self.world.persons:
            self._know(
                f"Practitioner/{person.key}",
                f"Practitioner/{person_id(person.key)}",
                ("person", str(person_id(person.key))),
            )
        for team in self.world.teams:
            for kind in ("Location", "HealthcareService", "Organization"):
                self._know(
                    f"{kind}/{team.key}", f"{kind}/{team_id(team.key)}", ("team", str(team_id(team.key)))
                )
        for one in self.world.institutions:
            self._addresses[f"Organization/{one.key}"] = f"Organization/{institution_id(one.key)}"

    def _know(self, reference: str, address: str, party: Party) -> None:
        self._parties[reference] = party
        self._addresses[reference] = address

    def secret(self, institution: str) -> bytes:
        """The machine session of an institution."""
        if institution not in self.secrets:
            self.secrets[institution] = open_machine_session(institution)
        return self.secrets[institution]

    def register(self, patient: Patient, *, houses: Collection[str]) -> None:
        """Make the patient known at home, with all his numbers, and then in each house that delivers for him."""
        national = [
            {"system": SSIN, "value": value, "local": False} for value in (patient.ssin, patient.bis) if value
        ]
        # who has no national number is counted by his practice too, and found there by that
        counted = {} if national else {key: f"{patient.number:06}" for key in houses}
        local = {
            key: {"system": LOCAL + key, "value": value, "local": True}
            for key, value in (counted | patient.local_numbers).items()
        }
        self._register(patient.home, patient, [*national, *local.values()])
        for key in sorted({*houses} - {patient.home}):
            self._register(key, patient, [*national, *([local[key]] if key in local else [])])

    def _register(self, key: str, patient: Patient, numbers: list[dict[str, Any]]) -> None:
        identity = {
            "family": patient.family,
            "given": patient.given,
            "sort_key": name_key(patient.family, given=patient.given),
            "birth_date": patient.birth_date,
            "sex": patient.sex,
            "language": patient.language,
            "contact": {"address": patient.address, "phone": patient.phone, "email": email(patient)},
            "deceased_at": patient.deceased_at,
        }
        register_patient(
            self.secret(key),
            id=patient_id(patient.key),
            registration=Registration(identity=identity, numbers=numbers),
        )

    def deliver(self, history: PatientHistory) -> int:
        """Store a whole history; return how many versions."""
        self.register(history.patient, houses={one.institution for one in history.resources})
        stored, now = 0, datetime.now(UTC)
        told: Counter[tuple[str, str]] = Counter()
        rounds = list(batches([one for one in history.resources if one.entered_at <= now]))
        again = {
            name for name, times in Counter(map(_name, chain.from_iterable(rounds))).items() if times > 1
        }
        for batch in rounds:
            amended = [one for one in batch if _name(one) in again]
            self._store(history.patient, [one for one in batch if _name(one) not in again])
            for one in amended:
                self._store_nth(history.patient, one, nth=told[_name(one)])
                told[_name(one)] += 1
            stored += len(batch)
        return stored

    def _store(self, patient: Patient, batch: list[Resource]) -> None:
        if batch:
            versions, secret = self._versions(patient, batch), self.secret(batch[0].institution)
            for begin in range(0, len(versions), AT_ONCE):
                deliver(
                    secret,
                    patient=patient_id(patient.key),
                    versions=versions[begin : begin + AT_ONCE],
                )

    def _store_nth(self, patient: Patient, resource: Resource, *, nth: int) -> None:
        """Store the version that follows `nth` earlier ones; a filling that was cut may have stored it, or a later one."""
        versions = self._versions(patient, [resource])
        for version in versions:
            version.row["expected"] = nth
        try:
            deliver(self.secret(resource.institution), patient=patient_id(patient.key), versions=versions)
        except ItemChanged as changed:
            if getattr(changed.__cause__, "sqlstate", None) != "UD005":
                raise

    def _versions(self, patient: Patient, batch: list[Resource]) -> list[Delivery]:
        institution = self._institutions[batch[0].institution]
        addresses = Addresses(
            institution_id(institution.key),
            known=self._addresses | {f"Patient/{patient.key}": f"Patient/{patient_id(patient.key)}"},
        )
        sent = [
            Sent(place=one.fhir["resourceType"], checked=validate(orjson.dumps(one.fhir))) for one in batch
        ]
        arrival = arrange(
            sent,
            sender=Sender(
                id=institution_id(institution.key), key=institution.key, language=institution.language
            ),
            addresses=addresses,
            parties=self._parties,
            at=datetime.now(UTC),
        )
        if arrival.refused:
            first = arrival.refused[0]
            raise ResourceNotStored(
                f"{patient.key} {first.resource_type}/{first.source_id}: {first.reason} ({first.expression})"
            )
        told = {one.checked.id: resource for one, resource in zip(sent, batch, strict=True)}
        versions = [version for versions in arrival.versions.values() for version in versions]
        for version in versions:
            source = told[arrival.sent_as[version.id].checked.id]
            version.row["internal_only"] = "internal-only" in source.flags
            version.row["attachments"] += self._files(patient, source)
        return versions

    def _files(self, patient: Patient, source: Resource) -> list[dict[str, object]]:
        rows = []
        for one in source.attachments:
            data = one.data
            sha256 = blobs.put(patient_id(patient.key), data=data)
            rows.append({"sha256": sha256, "name": one.name, "media_type": one.media_type, "size": len(data)})
        return rows


def email(patient: Patient) -> str:
    """The address of a fictional person (RFC 2606: .example is nobody's); every fourth has none and gets letters."""
    if patient.number % 4 == 0:
        return ""
    given, family = (sort_key(name).replace(" ", "-") for name in (patient.given, patient.family))
    return f"{given}.{family}.{patient.number}@post.example"


def _name(resource: Resource) -> tuple[str, str]:
    return resource.fhir["resourceType"], resource.fhir["id"]


def batches(resources: list[Resource]) -> Iterator[list[Resource]]:
    """Split a history into deliveries: of one institution each, a second version of an item in a later one.

    Order matters only between versions of one item, so that each institution's resources travel together.
    """
    rounds: list[dict[str, list[Resource]]] = []
    seen: dict[tuple[str, str], int] = {}
    for one in resources:
        name = _name(one)
        nth = seen[name] = seen.get(name, -1) + 1
        while len(rounds) <= nth:
            rounds.append({})
        rounds[nth].setdefault(one.institution, []).append(one)
    for turn in rounds:
        yield from turn.values()
