"""Every verb leaves an entry: permitted, refused, and about a patient who does not exist (LOG-1, LOG-2)."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import unidossier.actions
from tests.actions.clinic import Clinic, days, row
from tests.log.elsewhere import ELSEWHERE
from tests.log.entries import entries_of
from unidossier.actions.deliver import PatientUnknown, deliver, keep_foreign, register_patient
from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.list_accesses import list_accesses, take_accesses
from unidossier.actions.list_my_patients import Sought, find_patient, list_my_patients
from unidossier.actions.open_item import ItemNotFound, open_attachment, open_item
from unidossier.actions.open_my_home import open_my_home
from unidossier.actions.open_record import open_record, search_record, show_patient
from unidossier.actions.show_agenda import show_agenda
from unidossier.actions.show_trend import show_trend
from unidossier.actions.write_report import Author, Report, write_report
from unidossier.gate.door import AccessRefused, SessionEnded
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.log.queries import Chosen
from unidossier.record.queries import Filter
from unidossier.record.registration import Registration

SUM = bytes(32)
Act = Callable[[bytes, UUID], Any]  # secret, patient (or the item, for those that know no patient)


def _report(secret: bytes, patient: UUID) -> Any:
    report = Report(kind="letter", title="Letter", body="Dear colleague", language="en")
    author = Author(person=new_id(), name="Jo Doe", institution=new_id())
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return write_report(secret, patient=patient, report=report, step="draft", author=author, at=at)


ABOUT_A_PATIENT: dict[str, tuple[str, Act]] = {
    "open_record": ("open-record", lambda s, p: open_record(s, patient=p, chosen=Filter())),
    "show_patient": ("open-record", lambda s, p: show_patient(s, patient=p)),
    "open_record, filtered": (
        "search-record",
        lambda s, p: open_record(s, patient=p, chosen=Filter(text="hip")),
    ),
    "search_record": ("search-record", lambda s, p: search_record(s, patient=p, chosen=Filter(text="hip"))),
    "show_trend": ("show-trend", lambda s, p: show_trend(s, patient=p, code="2823-3")),
    "write_report": ("write-report", _report),
    "end_emergency": ("end-emergency", lambda s, p: end_emergency(s, patient=p)),
}
OF_THE_PATIENT: dict[str, tuple[str, Act]] = {
    "list_accesses": ("who-looked", lambda s, p: list_accesses(s, patient=p)),
    "take_accesses": ("take-accesses", lambda s, p: take_accesses(s, patient=p, chosen=Chosen())),
    "open_my_home": ("who-looked", lambda s, p: open_my_home(s, patient=p, since=days(-1), until=days(1))),
}
ABOUT_AN_ITEM: dict[str, tuple[str, Act]] = {
    "open_item": ("open-item", lambda s, i: open_item(s, item=i)),
    "open_attachment": ("open-attachment", lambda s, i: open_attachment(s, item=i, sha256=SUM)),
}
ABOUT_MANY: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "list_my_patients": ("list-patients", lambda s: list_my_patients(s)),
    "find_patient": (
        "find-patient",
        lambda s: find_patient(s, sought=Sought(name="Roe")),
    ),
    "show_agenda": ("show-agenda", lambda s: show_agenda(s, since=days(-1), until=days(2))),
}
OF_MACHINES = {"deliver", "register_patient", "keep_foreign", "find_own_patients"}


@dataclass(frozen=True)
class Told:
    """Who asks about whom, once permitted and once refused."""

    clinic: Clinic
    stranger: bytes


@pytest.fixture
def told(clinic: Clinic) -> Told:
    """A physician of the same house without a relation."""
    stranger = clinic.world.session(clinic.world.worker("specialist", clinic.id))
    return Told(clinic=clinic, stranger=stranger)


def test_every_verb_is_proven_here() -> None:
    folder = Path(unidossier.actions.__file__).parent
    found = {
        node.name
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.args.args[:1] and node.args.args[0].arg == "secret"
    }
    public = {name for name in found if not name.startswith("_")}
    tables = (ABOUT_A_PATIENT, OF_THE_PATIENT, ABOUT_AN_ITEM, ABOUT_MANY)
    proven = {name.split(",")[0] for table in tables for name in table} | OF_MACHINES
    assert public == proven | ELSEWHERE.keys()


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_act_proven_elsewhere_looks_at_its_entry_there(name: str) -> None:
    text = (Path(__file__).parents[2] / ELSEWHERE[name]).read_text()
    assert f"{name}(" in text
    assert "FROM log.entry" in text


@pytest.mark.parametrize("name", ABOUT_A_PATIENT)
def test_a_permitted_act_is_an_entry(told: Told, name: str) -> None:
    verb, act = ABOUT_A_PATIENT[name]
    clinic = told.clinic
    act(clinic.secret, clinic.patient)
    (entry,) = entries_of(clinic, clinic.secret)
    assert (entry.verb, entry.permitted, entry.rule, entry.patient) == (
        verb,
        True,
        "ACD-2.work",
        clinic.patient,
    )
    assert (entry.person, entry.function, entry.purpose) == (clinic.physician.person, "specialist", "care")
    assert entry.categories == (1 << len(Category)) - 1


@pytest.mark.parametrize("name", [*ABOUT_A_PATIENT, *OF_THE_PATIENT])
def test_a_refused_act_is_an_entry_and_so_is_one_about_nobody(told: Told, name: str) -> None:
    verb, act = (ABOUT_A_PATIENT | OF_THE_PATIENT)[name]
    for patient in (told.clinic.patient, new_id()):
        with pytest.raises(AccessRefused) as refused:
            act(told.stranger, patient)
        assert refused.value.rule == "ACD-1.none"  # the same for both (ACD-8)
    entries = entries_of(told.clinic, told.stranger)
    assert [(one.verb, one.permitted, one.patient) for one in entries] == [
        (verb, False, told.clinic.patient),
        (verb, False, None),
    ]
    assert {one.rule for one in entries} == {"ACD-1.none"}
    assert {one.categories for one in entries} == {0}


@pytest.mark.parametrize("name", OF_THE_PATIENT)
def test_what_the_patient_looks_at_is_an_entry(told: Told, name: str) -> None:
    verb, act = OF_THE_PATIENT[name]
    own = told.clinic.world.own_session(told.clinic.patient)
    act(own, told.clinic.patient)
    (entry,) = entries_of(told.clinic, own)
    assert (entry.verb, entry.permitted, entry.rule, entry.purpose) == (verb, True, "MY-4.own", "own")


@pytest.mark.parametrize("name", ABOUT_AN_ITEM)
def test_opening_an_item_names_it(told: Told, name: str) -> None:
    verb, act = ABOUT_AN_ITEM[name]
    clinic, item = told.clinic, new_id()
    file = {"sha256": SUM.hex(), "name": "scan.pdf", "media_type": "application/pdf", "size": 1}
    clinic.store(row(item, attachments=[file]))
    act(clinic.secret, item)
    entry = entries_of(clinic, clinic.secret)[-1]
    assert (entry.verb, entry.permitted, entry.items, entry.patient) == (verb, True, [item], clinic.patient)
    for unseen in (item, new_id()):
        with pytest.raises((AccessRefused, ItemNotFound)):
            act(told.stranger, unseen)
    entries = entries_of(clinic, told.stranger)
    assert [(one.permitted, one.patient) for one in entries] == [(False, clinic.patient), (False, None)]


@pytest.mark.parametrize("name", ABOUT_MANY)
def test_a_list_is_one_entry_naming_all(told: Told, name: str) -> None:
    verb, act = ABOUT_MANY[name]
    clinic = told.clinic
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    for patient in (clinic.patient, other):
        appointment = clinic.world.appointment(patient, clinic.id)
        clinic.world.run(
            "UPDATE relations.appointment SET person_id = %s WHERE id = %s",
            clinic.physician.person,
            appointment,
        )
    act(clinic.secret)
    (entry,) = entries_of(clinic, clinic.secret)
    assert (entry.verb, entry.permitted, entry.rule, entry.patient) == (verb, True, "ACD-1.list", None)
    named = clinic.world.run(
        "SELECT patient_id FROM log.listed l WHERE patient_id IN (%s, %s)", clinic.patient, other
    )
    assert {patient for (patient,) in named} == {clinic.patient, other}


@pytest.mark.parametrize("name", ABOUT_MANY)
def test_a_refused_list_is_an_entry_naming_nobody(told: Told, name: str) -> None:
    verb, act = ABOUT_MANY[name]
    clinic = told.clinic
    officer = clinic.world.session(clinic.world.worker("security-officer", clinic.id))
    weak = clinic.world.session(clinic.physician, strong=False)
    for secret, rule, error in (
        (officer, "ACS-1.function", AccessRefused),
        (weak, "ALL-3.second-factor", SessionEnded),
    ):
        with pytest.raises(error):
            act(secret)
        (entry,) = entries_of(clinic, secret)
        assert (entry.verb, entry.permitted, entry.rule) == (verb, False, rule)
    assert clinic.world.run("SELECT 1 FROM log.listed WHERE patient_id = %s", clinic.patient) == []


def test_what_machines_do_is_an_entry(told: Told) -> None:
    clinic = told.clinic
    registration = Registration(
        identity={"family": "Roe", "given": "Al", "sort_key": "roe\x01al"}, numbers=[]
    )
    made = register_patient(clinic.machine_secret, id=new_id(), registration=registration)
    deliver(clinic.machine_secret, versions=[], patient=made)
    keep_foreign(clinic.machine_secret, resources=[])
    told_ = [(one.verb, one.permitted, one.patient) for one in entries_of(clinic, clinic.machine_secret)]
    assert told_ == [("register-patient", True, made), ("deliver", True, made), ("deliver", True, None)]
    for patient in (made, new_id()):
        with pytest.raises(PatientUnknown):
            deliver(told.stranger, versions=[], patient=patient)
    with pytest.raises(AccessRefused):
        keep_foreign(told.stranger, resources=[])
    refused = [(one.verb, one.permitted, one.patient) for one in entries_of(clinic, told.stranger)]
    assert refused[:2] == [("deliver", False, made), ("deliver", False, None)]


def test_an_entry_tells_what_was_searched_and_opened(told: Told) -> None:
    clinic = told.clinic
    chosen = Filter(text="hip", categories=(9, 13), institutions=(clinic.id,), since=days(-10), until=days(0))
    search_record(clinic.secret, patient=clinic.patient, chosen=chosen)
    show_trend(clinic.secret, patient=clinic.patient, code="2823-3")
    searched, trend = entries_of(clinic, clinic.secret)
    assert (searched.detail["text"], searched.detail["categories"]) == ("hip", [9, 13])
    assert searched.detail["institutions"] == [str(clinic.id)]
    assert {"since", "until"} <= searched.detail.keys()
    assert trend.detail == {"code": "2823-3"}


def test_an_entry_stays_when_nothing_could_be_read(told: Told) -> None:
    """The entry is committed before the first row is read: a reading that fails leaves its trace."""
    clinic = told.clinic
    with pytest.raises(ItemNotFound):
        open_item(clinic.secret, item=new_id(), patient=clinic.patient)
    (entry,) = entries_of(clinic, clinic.secret)
    assert (entry.verb, entry.permitted) == ("open-item", True)


def test_signing_in_and_out_are_entries(told: Told) -> None:
    clinic = told.clinic
    with psycopg.connect(clinic.world.dsns.app, autocommit=True) as connection:
        connection.execute("SELECT gate.close_session(%s)", (told.stranger,))
    rows = clinic.world.run(
        """SELECT verb FROM log.entry WHERE session_id = (SELECT id FROM gate.session WHERE secret_hash = sha256(%s))
        ORDER BY id""",
        told.stranger,
    )
    assert rows == [("sign-in",), ("sign-out",)]
    with pytest.raises(SessionEnded):
        open_record(told.stranger, patient=clinic.patient, chosen=Filter())
    assert entries_of(clinic, told.stranger)[-1].rule == "ACD-7.ended"


def test_the_application_neither_changes_nor_deletes_an_entry(told: Told) -> None:
    open_record(told.clinic.secret, patient=told.clinic.patient, chosen=Filter())
    before = entries_of(told.clinic, told.clinic.secret)
    for role in ("unidossier_app", "unidossier_gate", "unidossier_store"):
        for change in (
            "UPDATE log.entry SET permitted = false",
            "DELETE FROM log.entry",
            "TRUNCATE log.entry",
        ):
            with (
                psycopg.connect(told.clinic.world.dsns.root) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(f"SET LOCAL ROLE {role}")
                connection.execute(change)
    assert entries_of(told.clinic, told.clinic.secret) == before
