"""Settings are data with a history: a change holds at once, for everybody, and says who made it and why (ACD-7)."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.actions.clinic import Clinic, days
from tests.relations.work import appointment, person
from unidossier.gate.door import AccessRefused, RecordUnreadable
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record

EVERYBODY = "00000000-0000-0000-0000-000000000000"


def setting(clinic: Clinic, name: str) -> str | None:
    ((value,),) = clinic.world.run("SELECT gate.setting(%s, %s)", clinic.id, name)
    return value


def change(clinic: Clinic, name: str, value: str, *, house: UUID | None = None) -> None:
    """End the setting that holds now and begin another, in one transaction."""
    with psycopg.connect(clinic.world.dsns.root) as connection:
        connection.execute(
            "UPDATE registry.institution_setting SET until_at = now() WHERE institution_id = %s AND name = %s AND until_at IS NULL",
            (house or clinic.id, name),
        )
        connection.execute(
            """INSERT INTO registry.institution_setting (institution_id, name, value, changed_by, reason)
            VALUES (%s, %s, %s, %s, 'decided by the board')""",
            (house or clinic.id, name, value, clinic.physician.person),
        )


def epoch_of_all(clinic: Clinic) -> int:
    rows = clinic.world.run("SELECT epoch FROM gate.epoch WHERE subject = %s", EVERYBODY)
    return rows[0][0] if rows else 0


def test_without_a_choice_the_default_holds(clinic: Clinic) -> None:
    assert setting(clinic, "length.stay") == "3 months"
    assert setting(clinic, "no-such-setting") is None


def test_a_change_holds_at_once_and_keeps_its_history(clinic: Clinic) -> None:
    for value in ("1 month", "2 months"):
        change(clinic, "length.stay", value)
        assert setting(clinic, "length.stay") == value
    rows = clinic.world.run(
        """SELECT value, until_at IS NULL, changed_by, reason FROM registry.institution_setting
        WHERE institution_id = %s AND name = 'length.stay' ORDER BY from_at""",
        clinic.id,
    )
    who = clinic.physician.person
    assert rows == [
        ("1 month", False, who, "decided by the board"),
        ("2 months", True, who, "decided by the board"),
    ]


def test_two_values_never_hold_at_once(clinic: Clinic) -> None:
    change(clinic, "length.stay", "1 month")
    with pytest.raises(psycopg.errors.UniqueViolation):
        clinic.world.setting(clinic.id, name="length.stay", value="2 months")
    assert setting(clinic, "length.stay") == "1 month"


def test_a_setting_is_of_one_institution(clinic: Clinic) -> None:
    other = clinic.world.institution()
    change(clinic, "length.stay", "1 day", house=other)
    assert setting(clinic, "length.stay") == "3 months"


def test_a_change_raises_the_epoch_of_everybody(clinic: Clinic) -> None:
    before = epoch_of_all(clinic)
    assert setting(clinic, "length.stay") is not None
    assert epoch_of_all(clinic) == before  # reading one does not
    change(clinic, "length.stay", "1 month")
    assert epoch_of_all(clinic) > before


def test_a_choice_of_the_consent_model_is_obeyed_at_once(clinic: Clinic) -> None:  # CON-3, CON-4
    item = clinic.world.item(clinic.patient, clinic.id)
    gp = clinic.outsider(kind="gp")
    assert clinic.listed(gp) == {item}
    change(clinic, "consent-model", "written-consent")
    with pytest.raises(AccessRefused, match=r"CON-4\.consent"):
        clinic.listed(gp)
    change(clinic, "consent-model", "gp-default")
    assert clinic.listed(gp) == {item}


def test_a_new_length_is_for_the_work_told_from_then_on(clinic: Clinic) -> None:
    def months(item: Any) -> int:
        ((n,),) = clinic.world.run(
            """SELECT n FROM relations.relation r JOIN relations.appointment a ON a.id = r.source_id, generate_series(0, 12) n
            WHERE r.source_id = %s AND r.ends_at AT TIME ZONE 'Europe/Brussels' =
                (a.ends_at AT TIME ZONE 'Europe/Brussels') + make_interval(months => n)""",
            item,
        )
        return n

    first, second = new_id(), new_id()
    clinic.send(appointment(person(clinic.physician.person), starts=1, item=first))
    change(clinic, "length.appointment", "1 month")
    clinic.send(appointment(person(clinic.physician.person), starts=1, item=second))
    assert (months(first), months(second)) == (3, 1)
    clinic.send(appointment(person(clinic.physician.person), starts=days(2), item=first))  # moved
    assert months(first) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registry.institution_setting SELECT id, 'sms', 'on', now(), NULL, NULL, 'me' FROM registry.institution",
        "UPDATE registry.institution_setting SET value = 'gp-default'",
        "UPDATE gate.setting_default SET value = '99 years'",
        "INSERT INTO gate.rights_version VALUES (99, now(), 'me', 'more')",
        "INSERT INTO gate.rights VALUES (1, 'billing', 'read', 19)",
        "UPDATE gate.verb SET action = 'read'",
        "UPDATE gate.rule SET permits = true",
    ],
)
def test_the_application_decides_on_none_of_them(clinic: Clinic, statement: str) -> None:
    with pytest.raises(RecordUnreadable, match="42501"):
        clinic.read(clinic.secret, record.Query(statement))
    assert clinic.listed(clinic.secret) == set()  # the session itself is good
