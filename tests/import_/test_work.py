"""Relations from imported work (ACD-2): the team of an appointment, stay, order or care team may open the record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.import_.conftest import House, Write, counts
from tests.import_.resources import patient, transaction

NOW = datetime.now(UTC)


def instant(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat(timespec="seconds")


def appointment(team: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "start": instant(1),
        "end": instant(1.02),
        "participant": [
            {"actor": {"reference": "Patient/p1"}, "status": "accepted"},
            {"actor": {"reference": f"HealthcareService/{team}"}, "status": "accepted"},
        ],
    } | changes


def encounter(team: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": instant(-1)},
        "location": [{"location": {"reference": f"Location/{team}"}, "status": "active"}],
    }


def order(team: str) -> dict[str, Any]:
    category = [{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}]
    return {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "active",
        "intent": "order",
        "category": category,
        "subject": {"reference": "Patient/p1"},
        "authoredOn": instant(-0.1),
        "performer": [{"reference": f"HealthcareService/{team}"}],
    }


def care_team(team: str) -> dict[str, Any]:
    return {
        "resourceType": "CareTeam",
        "id": "t1",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "period": {"start": instant(-1)},
        "participant": [{"member": {"reference": f"Organization/{team}"}}],
    }


def relations(house: House) -> list[tuple[Any, ...]]:
    return house.world.run(
        "SELECT kind, team_id, categories, ends_at > now() FROM relations.relation WHERE institution_id = %s",
        house.id,
    )


@pytest.mark.parametrize(
    ("make", "kind"),
    [(appointment, "appointment"), (encounter, "stay"), (order, "order"), (care_team, "care-team")],
)
def test_work_gives_its_team_a_relation(house: House, write: Write, make: Any, kind: str) -> None:
    team = house.world.team(house.id)
    report = house.take(write("a.json", transaction(patient(), make(team.hex))))
    assert counts(report) == {"created": 2}
    ((told, who, _, in_force),) = relations(house)
    assert (told, who, in_force) == (kind, team, True)


def test_an_order_opens_what_it_needs(house: House, write: Write) -> None:
    team = house.world.team(house.id, kind="laboratory")
    house.take(write("a.json", transaction(patient(), order(team.hex))))
    ((_, _, categories, _),) = relations(house)
    assert categories & (1 << 8)  # laboratory
    assert not categories & (1 << 19)  # psychiatry


def test_work_of_strangers_gives_no_relation_and_is_stored(house: House, write: Write) -> None:
    report = house.take(write("a.json", transaction(patient(), appointment("somewhere-else"))))
    assert counts(report) == {"created": 2}
    assert relations(house) == []


def test_a_cancelled_appointment_ends_its_relation(house: House, write: Write) -> None:
    team = house.world.team(house.id)
    house.take(write("a.json", transaction(patient(), appointment(team.hex))))
    assert [row[3] for row in relations(house)] == [True]
    house.take(write("b.json", appointment(team.hex, status="cancelled")))
    assert [row[3] for row in relations(house)] == [False]


def test_much_work_and_more_in_one_delivery_is_stored(house: House, write: Write) -> None:
    """Storing work changes the patient's relations, and with them his epoch: it must come last."""
    team = house.world.team(house.id)
    notes = [
        {
            "resourceType": "Condition",
            "id": f"c{n}",
            "subject": {"reference": "Patient/p1"},
            "code": {"text": "x"},
        }
        for n in range(900)
    ]
    sent = transaction(appointment(team.hex), encounter(team.hex), *notes, order(team.hex), patient())
    assert counts(house.take(write("a.json", sent))) == {"created": 904}
    assert {row[0] for row in relations(house)} == {"appointment", "stay", "order"}
