"""The general practitioner of record is told: of an emergency access and of a death, nothing clinical (BTG-4, DTH-1)."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.actions.clinic import Clinic, days
from tests.gate.world import Worker
from tests.relations.outside import as_application
from tests.relations.test_emergency import TEXT, emergency
from unidossier.actions.open_in_emergency import open_in_emergency
from unidossier.actions.open_record import open_record
from unidossier.actions.read_told import read_told
from unidossier.actions.register_death import record_death
from unidossier.gate.door import AccessRefused
from unidossier.record.queries import Filter


@pytest.fixture
def gp(clinic: Clinic) -> Worker:
    """The practitioner of record, of a practice with a mailbox."""
    clinic.world.run(
        "INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", clinic.patient, clinic.id
    )
    practice = clinic.world.institution(network=False)
    clinic.world.run(
        "UPDATE registry.institution SET contact = %s WHERE id = %s",
        Jsonb({"email": "practice@post.example"}),
        practice,
    )
    made = clinic.world.worker("gp", practice)
    clinic.world.relation(clinic.patient, made, kind="gp", source_type="desk")
    return made


def open_by_glass(clinic: Clinic) -> None:
    physician = clinic.world.worker("emergency-physician", clinic.id)
    open_in_emergency(clinic.world.session(physician), emergency=emergency(clinic.patient))


def dies(clinic: Clinic) -> None:
    desk = clinic.world.session(
        clinic.world.worker("registration-desk", clinic.id), face="desk", purpose="governance"
    )
    record_death(desk, patient=clinic.patient, at=days(-1), source="Certificate of the ward")


def reads(clinic: Clinic, gp: Worker) -> list[dict[str, Any]]:
    return read_told(clinic.world.session(gp, face="consult"))


def test_the_gp_reads_of_an_emergency_access_without_anything_clinical(
    clinic: Clinic, gp: Worker
) -> None:  # BTG-4
    open_by_glass(clinic)
    (told,) = reads(clinic, gp)
    assert (told["kind"], told["is_new"]) == ("glass", True)
    assert {"name", "birth", "who", "function", "reason"} <= told["facts"].keys()
    assert TEXT not in str(told["facts"])
    assert [one["is_new"] for one in reads(clinic, gp)] == [False]


def test_the_gp_reads_of_a_death_though_the_record_is_closed_to_him(
    clinic: Clinic, gp: Worker
) -> None:  # DTH-1
    dies(clinic)
    (told,) = reads(clinic, gp)
    assert told["kind"] == "death" and told["facts"]["day"]
    with pytest.raises(AccessRefused, match=r"DTH-1\.outside"):
        open_record(clinic.world.session(gp, face="consult"), patient=clinic.patient, chosen=Filter())


def test_his_entry_names_the_patient_and_nobody_else_reads_it(clinic: Clinic, gp: Worker) -> None:  # LOG-1
    dies(clinic)
    reads(clinic, gp)
    assert clinic.world.run(
        "SELECT t.verb, e.verb FROM log.entry e JOIN log.listed t ON e.id = t.entry_id WHERE t.patient_id = %s AND t.person_id = %s",
        clinic.patient, gp.person,
    ) == [("read-told", "read-told")]  # fmt: skip
    another = clinic.world.worker("gp", clinic.world.institution(network=False))
    assert reads(clinic, another) == []


SILENT = {
    "excluded him (EXC-2)": lambda c, g: c.world.exclude(c.patient, g.person),
    "refuses access from outside (CON-10)": lambda c, g: c.world.run(
        "UPDATE registry.patient SET refuses_outside = true WHERE id = %s", c.patient
    ),
    "his relation ended (ACD-4)": lambda c, g: c.world.run(
        "UPDATE relations.relation SET ends_at = now() WHERE patient_id = %s AND kind = 'gp'", c.patient
    ),
    "signed consent is asked first (CON-4)": lambda c, g: c.world.run(
        "UPDATE registry.institution_setting SET value = 'written-consent' WHERE institution_id = %s AND name = 'consent-model'",
        c.id,
    ),
}


@pytest.mark.parametrize("why", SILENT)
@pytest.mark.parametrize("act", [dies, open_by_glass])
def test_who_may_not_see_is_not_told(clinic: Clinic, gp: Worker, why: str, act: Any) -> None:
    SILENT[why](clinic, gp)
    act(clinic)
    assert reads(clinic, gp) == []
    assert clinic.world.run(
        "SELECT count(*) FROM notices.dispatch WHERE patient_id = %s AND person_id = %s", clinic.patient, gp.person
    ) == [(0,)]  # fmt: skip


def test_who_is_excluded_afterwards_reads_it_no_more(clinic: Clinic, gp: Worker) -> None:  # EXC-2
    dies(clinic)
    clinic.world.exclude(clinic.patient, gp.person)
    assert reads(clinic, gp) == []


def test_the_mail_to_the_practice_names_nobody(clinic: Clinic, gp: Worker) -> None:
    from unidossier.notices.text import mail

    dies(clinic)
    assert clinic.world.run(
        "SELECT way, address FROM notices.dispatch WHERE patient_id = %s AND person_id = %s", clinic.patient, gp.person
    ) == [("mail", "practice@post.example")]  # fmt: skip
    written = mail("carer", language="nl", name="Hilde Lemmens", portal="https://x.example/consult/messages/")
    assert "overl" not in written.body and "/consult/messages/" in written.body


def test_a_death_that_a_machine_reports_is_told_once_and_looked_at_by_the_desk(
    clinic: Clinic, gp: Worker
) -> None:
    # security T19: a false message would lock a living patient out
    number = f"T19-{clinic.patient.hex[:12]}"
    clinic.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value, institution_id) VALUES (%s, 'urn:test', %s, %s)",
        clinic.patient, number, clinic.id,
    )  # fmt: skip
    told = {"family": "Roe", "given": "Al", "sort_key": "roe al", "deceased_at": "2026-11-20T08:00:00+01:00"}
    for _ in range(2):
        as_application(
            clinic.world,
            "SELECT patient FROM registry.register_patient(%s, gen_random_uuid(), %s, %s)",
            clinic.machine_secret,
            Jsonb(told),
            Jsonb([{"system": "urn:test", "value": number, "local": True}]),
        )
    assert [one["facts"]["day"] for one in reads(clinic, gp)] == ["2026-11-20"]
    assert clinic.world.run(
        "SELECT function, institution_id, state FROM cases.task WHERE patient_id = %s AND kind = 'death'", clinic.patient
    ) == [("registration-desk", clinic.id, "open")]  # fmt: skip
