"""What a sender names but no record holds (Organization, Medication ...): machines bring it, each text once, under an entry."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from unidossier.actions.deliver import keep_foreign
from unidossier.gate.door import AccessRefused, SessionEnded
from unidossier.kernel.uuid7 import new_id
from unidossier.record.sent import Foreign, Sent
from unidossier.record.validation import validate


def organization(id_: UUID, name: str = "Linde") -> Foreign:
    text = json.dumps({"resourceType": "Organization", "id": str(id_), "name": name})
    return Foreign(
        id=id_, resource_type="Organization", text=text, sent=Sent(place="", checked=validate(text.encode()))
    )


def kept(clinic: Clinic, id_: UUID) -> list[tuple[Any, ...]]:
    return clinic.world.run(
        "SELECT institution_id, resource::json ->> 'name' FROM registry.foreign_resource WHERE id = %s ORDER BY entered_at",
        id_,
    )


def test_each_text_is_kept_once(clinic: Clinic) -> None:
    id_ = new_id()
    counts = [
        keep_foreign(clinic.machine_secret, resources=[organization(id_, name)])
        for name in ("Linde", "Linde", "Linde Noord", "Linde")
    ]
    assert counts == [1, 0, 1, 0]
    assert kept(clinic, id_) == [(clinic.id, "Linde"), (clinic.id, "Linde Noord")]


def test_each_institution_keeps_its_own(clinic: Clinic) -> None:
    id_, house = new_id(), clinic.world.institution()
    machine = clinic.world.worker("machine", house)
    other = clinic.world.session(machine, face="api", purpose="exchange")
    for secret in (clinic.machine_secret, other):
        assert keep_foreign(secret, resources=[organization(id_)]) == 1
    assert {institution for institution, _ in kept(clinic, id_)} == {clinic.id, house}


def test_people_bring_none(clinic: Clinic) -> None:
    id_ = new_id()
    for secret in (
        clinic.secret,
        clinic.colleague("reception"),
        clinic.outsider(),
        clinic.world.own_session(clinic.patient),
    ):
        with pytest.raises(AccessRefused):
            keep_foreign(secret, resources=[organization(id_)])
    with pytest.raises(SessionEnded):
        keep_foreign(b"never opened", resources=[organization(id_)])
    assert kept(clinic, id_) == []


def test_a_machine_without_its_second_factor_brings_none(clinic: Clinic) -> None:
    weak = clinic.world.session(clinic.machine, face="api", purpose="exchange", strong=False)
    with pytest.raises(AccessRefused):
        keep_foreign(weak, resources=[organization(new_id())])
    assert keep_foreign(clinic.machine_secret, resources=[organization(new_id())]) == 1


def test_the_entry_tells_how_many(clinic: Clinic) -> None:
    keep_foreign(clinic.machine_secret, resources=[organization(new_id()) for _ in range(3)])
    rows = clinic.world.run(
        "SELECT verb, detail, permitted FROM log.entry WHERE institution_id = %s AND verb = 'deliver'",
        clinic.id,
    )
    assert rows == [("deliver", {"foreign": 3}, True)]
