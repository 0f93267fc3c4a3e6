"""EXC-3, EXC-5, EXC-6: federal exclusions are taken over, hold at once, follow the human being, and end only by the platform's word."""

from dataclasses import replace

import pytest

from tests.actions.clinic import Clinic
from tests.federal.platform import BEGAN, fresh_nihdi, fresh_ssin, number_carer, number_patient
from tests.gate.world import hours
from unidossier.actions.import_federal import import_federal
from unidossier.actions.open_record import open_record
from unidossier.gate.door import AccessRefused
from unidossier.kernel.identifiers import SSIN
from unidossier.record.queries import Filter


def opens(clinic: Clinic, secret: bytes | None = None) -> bool:
    """Tell whether the record opens; an exclusion refuses by its own rule."""
    try:
        open_record(secret or clinic.secret, patient=clinic.patient, chosen=Filter())
    except AccessRefused as refused:
        assert refused.rule == "EXC-2.excluded"
        return False
    return True


def test_an_exclusion_holds_from_the_feed_that_brings_it(platform, clinic, ssin, nihdi):  # EXC-3
    assert opens(clinic)
    platform.exclude(ssin, nihdi)
    assert platform.bring(platform.feed()).outcome == "applied"
    assert not opens(clinic)


def test_it_ends_by_an_explicit_end_alone(platform, clinic, ssin, nihdi):  # EXC-5
    made = platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())
    platform.end(made)
    assert platform.bring(platform.feed("delta", since=1)).changed == 1
    assert opens(clinic)


def test_another_qualification_is_the_same_carer(platform, clinic, ssin, nihdi):  # EXC-6
    platform.exclude(ssin, nihdi[:8] + "004")
    platform.bring(platform.feed())
    assert not opens(clinic)


def test_a_carer_is_known_by_his_national_number_too(platform, clinic, ssin):
    number = fresh_ssin()
    clinic.world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin', %s)",
        clinic.physician.person,
        number,
    )
    platform.exclude(ssin, "", ssin=number)
    platform.bring(platform.feed())
    assert not opens(clinic)


def test_a_colleague_is_not_touched(platform, clinic, ssin, nihdi):
    colleague = clinic.colleague()
    platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())
    assert opens(clinic, colleague) and not opens(clinic)


def test_an_unknown_carer_is_kept_and_bound_when_he_appears(platform, clinic, ssin):
    number = fresh_nihdi()
    made = platform.exclude(ssin, number)
    assert platform.bring(platform.feed()).fresh == 1
    assert opens(clinic) and platform.in_force() == set()
    number_carer(clinic.world, clinic.physician, number)
    assert not opens(clinic) and platform.in_force() == {made}


def test_an_unknown_patient_is_kept_and_bound_when_he_appears(platform, clinic, nihdi):
    number = fresh_ssin()
    platform.exclude(number, nihdi)
    platform.consent(number)
    platform.bring(platform.feed())
    assert opens(clinic)
    clinic.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin', %s)",
        clinic.patient,
        number,
    )
    assert not opens(clinic)
    bound = clinic.world.run(
        "SELECT patient_id FROM relations.federal_consent WHERE patient_ssin = %s", number
    )
    assert bound == [(clinic.patient,)]


def test_what_ended_before_he_appeared_binds_nothing(platform, clinic, ssin):
    number = fresh_nihdi()
    platform.end(platform.exclude(ssin, number))
    platform.bring(platform.feed())
    number_carer(clinic.world, clinic.physician, number)
    assert opens(clinic)


def test_two_accounts_of_one_number_are_both_excluded(platform, clinic, ssin, nihdi):
    # one living number a system is held by an index: the second account carries the older form of it
    second = clinic.world.worker("specialist", clinic.id)
    clinic.world.relation(clinic.patient, second)
    clinic.world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi', %s)",
        second.person,
        nihdi[:8],
    )
    platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())
    assert not opens(clinic) and not opens(clinic, clinic.world.session(second))


def test_a_line_that_names_others_under_a_known_number_changes_nothing(platform, clinic, ssin, nihdi):
    made = platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())
    platform.sequence += 1
    platform.lines[made] = replace(
        platform.lines[made], patient_ssin=fresh_ssin(), until=hours(-1), sequence=2
    )
    told = platform.bring(platform.feed())
    assert (told.outcome, told.contradicting, told.changed) == ("applied", 1, 0)
    assert not opens(clinic)


def test_one_entry_for_each_patient_touched(platform, clinic, ssin, nihdi):  # LOG-1
    other = number_patient(clinic.world, clinic.world.patient())
    for patient in (ssin, other):
        platform.exclude(patient, nihdi)
        platform.exclude(patient, fresh_nihdi())
    platform.bring(platform.feed())
    rows = clinic.world.run(
        "SELECT verb, rule, permitted FROM log.entry WHERE patient_id = %s AND verb = 'import-federal'",
        clinic.patient,
    )
    assert rows == [("import-federal", "EXC-3.federal", True)]


def test_the_patient_is_told_of_changes_but_not_of_the_first_filling(platform, clinic, ssin, nihdi):
    first = platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())

    def kinds():
        return [
            k
            for (k,) in clinic.world.run(
                "SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at", clinic.patient
            )
        ]

    assert kinds() == []
    platform.exclude(ssin, number_carer(clinic.world, clinic.world.worker("nurse", clinic.id)))
    platform.bring(platform.feed("delta", since=1))
    platform.end(first)
    platform.bring(platform.feed("delta", since=2))
    assert kinds() == ["federal", "federal-ended"]


@pytest.mark.parametrize("who", ["another machine", "a carer"])
def test_nobody_else_brings_exclusions(platform, clinic, ssin, nihdi, who):
    secret = clinic.machine_secret if who == "another machine" else clinic.secret
    platform.exclude(ssin, nihdi)
    assert import_federal(secret, platform.feed()).outcome == "refused"
    assert opens(clinic)
    refused = clinic.world.run(
        "SELECT permitted, rule FROM log.entry WHERE verb = 'import-federal' AND session_id = (SELECT id FROM gate.session WHERE secret_hash = sha256(%s))",
        secret,
    )
    assert refused == [(False, "ACS-1.function")]
    assert platform.bring(platform.feed()).outcome == "applied" and not opens(clinic)


def test_the_instants_are_those_of_the_platform(platform, clinic, ssin, nihdi):
    made = platform.exclude(ssin, nihdi, until=hours(48))
    platform.bring(platform.feed())
    ((source, channel, from_at, until_at),) = clinic.world.run(
        "SELECT source, channel, from_at, until_at FROM relations.exclusion WHERE federal_id = %s", made
    )
    assert (source, channel, from_at, until_at) == ("federal", "federal", BEGAN, platform.lines[made].until)


def desk_tasks(clinic) -> list[tuple]:
    return clinic.world.run(
        "SELECT function, institution_id, state, facts ->> 'why' FROM cases.task WHERE patient_id = %s AND kind = 'federal-identity'",
        clinic.patient,
    )


@pytest.fixture
def present(clinic) -> None:
    clinic.world.run(
        "INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", clinic.patient, clinic.id
    )


def number_of(clinic, worker) -> str:
    number = fresh_ssin()
    clinic.world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        worker.person,
        SSIN,
        number,
    )
    return number


def test_a_line_of_one_carer_by_both_numbers_holds(platform, clinic, ssin, nihdi, present):
    platform.exclude(ssin, nihdi, ssin=number_of(clinic, clinic.physician))
    platform.bring(platform.feed())
    assert not opens(clinic) and desk_tasks(clinic) == []


def test_a_line_that_names_two_carers_hits_neither_and_the_desk_looks(platform, clinic, ssin, nihdi, present):
    # security T19, T21: the numbers are of two human beings
    other = clinic.world.worker("specialist", clinic.id)
    clinic.world.relation(clinic.patient, other)
    platform.exclude(ssin, nihdi, ssin=number_of(clinic, other))
    for _ in range(2):
        platform.bring(platform.feed())
    assert opens(clinic) and opens(clinic, clinic.world.session(other))
    assert desk_tasks(clinic) == [("registration-desk", clinic.id, "open", "two-people")]


def test_a_line_holds_by_itself_once_the_wrong_number_is_corrected(platform, clinic, ssin, nihdi, present):
    other, wrong = clinic.world.worker("specialist", clinic.id), fresh_ssin()
    clinic.world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        other.person,
        SSIN,
        wrong,
    )
    platform.exclude(ssin, nihdi, ssin=wrong)
    platform.bring(platform.feed())
    assert opens(clinic)
    clinic.world.run(
        "UPDATE registry.person_identifier SET until_at = now() WHERE person_id = %s AND value = %s",
        other.person,
        wrong,
    )
    assert not opens(clinic)


def test_a_known_line_with_other_people_is_looked_at_by_the_desk(platform, clinic, ssin, nihdi, present):
    made = platform.exclude(ssin, nihdi)
    platform.bring(platform.feed())
    platform.sequence += 1
    platform.lines[made] = replace(platform.lines[made], nihdi=fresh_nihdi(), sequence=platform.sequence)
    platform.bring(platform.feed())
    assert not opens(clinic)
    assert desk_tasks(clinic) == [("registration-desk", clinic.id, "open", "other-people")]
