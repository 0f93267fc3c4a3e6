"""LOG-7 through the gate: the patient takes the AuditEvents of his own record, the Desk those that it finds; each taking is an entry."""

import json

import pytest

from tests.actions.clinic import Clinic, days
from tests.log.entries import add_entries
from unidossier.actions.list_audit_events import (
    list_found_audit_events,
    list_my_audit_events,
    read_found_audit_event,
    read_my_audit_event,
)
from unidossier.actions.open_record import open_record
from unidossier.actions.search_log import LogSearch
from unidossier.gate.door import AccessRefused
from unidossier.log.queries import Chosen
from unidossier.record.queries import Filter
from unidossier.record.validation import validate


def test_a_patient_takes_his_own_as_presented(clinic: Clinic) -> None:
    own = clinic.world.own_session(clinic.patient)
    open_record(clinic.secret, patient=clinic.patient, chosen=Filter())
    ((name,),) = clinic.world.run(
        "SELECT given || ' ' || family FROM registry.person WHERE id = %s", clinic.physician.person
    )
    for presentation, is_named in (("named", True), ("pseudonymised", False), ("anonymised", False)):
        clinic.world.run(
            "UPDATE registry.institution_setting SET until_at = now() WHERE institution_id = %s AND name = 'log.presentation' AND until_at IS NULL",
            clinic.id,
        )
        clinic.world.run(
            "INSERT INTO registry.institution_setting (institution_id, name, value, from_at, changed_by, reason) VALUES (%s, 'log.presentation', %s, clock_timestamp(), %s, 'test')",
            clinic.id,
            presentation,
            clinic.physician.person,
        )
        lines = list_my_audit_events(
            own, patient=clinic.patient, chosen=Chosen(side=None), size=20, language="nl"
        )
        events = [one for _, told in lines for one in told]
        opened = [one for one in events if "open-record" in json.dumps(one["subtype"])]
        assert len(opened) == 1
        for event in events:
            validate(json.dumps(event).encode())
        told = json.dumps(opened)
        assert (name in told, str(clinic.physician.person) in told) == (is_named, is_named)
        assert opened[0]["outcomeDesc"] == "behandelt de patiënt"
        assert [row["id"] for row, _ in lines] == sorted((row["id"] for row, _ in lines), reverse=True)
        number = next(row["id"] for row, told in lines if told == opened)
        assert read_my_audit_event(own, patient=clinic.patient, entry=number, language="nl") == opened
    ((verb, detail),) = clinic.world.run(
        "SELECT verb, detail FROM log.entry WHERE patient_id = %s ORDER BY id DESC LIMIT 1", clinic.patient
    )
    assert (verb, detail["as"]) == ("who-looked", "AuditEvent")
    with pytest.raises(AccessRefused):
        list_my_audit_events(own, patient=clinic.world.patient(), chosen=Chosen(), size=20)
    with pytest.raises(AccessRefused):
        read_my_audit_event(own, patient=clinic.world.patient(), entry=number)


def test_the_desk_takes_those_that_it_finds(clinic: Clinic) -> None:
    whence = {"origin": "ward", "device": "Ward 4 Firefox", "address": "192.0.2.4"}  # LOG-1
    looked = {"person_id": clinic.physician.person, "institution_id": clinic.id, "verb": "open-record"}
    add_entries(clinic, 2, **looked, **whence)
    officer = clinic.world.worker("data-protection-officer", clinic.id)
    secret = clinic.world.session(officer, purpose="governance", face="desk")
    search = LogSearch(since=days(-1), until=days(1), person=clinic.physician.person, verb="open-record")
    lines = list_found_audit_events(secret, institution=clinic.id, search=search, why="spot-check")
    assert lines
    for row, events in lines:
        (event,) = events
        validate(json.dumps(event).encode())
        assert str(clinic.physician.person) in json.dumps(event)
        assert all(text in json.dumps(event["agent"]) for text in whence.values())
        found = read_found_audit_event(
            secret, institution=clinic.id, search=search, why="spot-check", entry=row["id"]
        )
        assert found == events
    ((verb, detail),) = clinic.world.run(
        "SELECT verb, detail FROM log.entry WHERE person_id = %s AND verb <> 'sign-in' ORDER BY id DESC LIMIT 1",
        officer.person,
    )
    assert (verb, detail["why"]) == ("search-log", "spot-check")
    reception = clinic.world.session(
        clinic.world.worker("reception", clinic.id), purpose="governance", face="desk"
    )
    with pytest.raises(AccessRefused):
        list_found_audit_events(reception, institution=clinic.id, search=search, why="spot-check")
