"""The function table (ACS-1): every function is there, holds what the rulebook says, and a new version holds at once."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.reader import Reader
from tests.gate.world import World
from unidossier.gate.door import AccessRefused
from unidossier.kernel.category import Category, in_mask
from unidossier.kernel.function import CARERS, GOVERNANCE, PATIENT_SIDE, PHYSICIANS, STAFF, Function, group_of
from unidossier.kernel.uuid7 import new_id

ACTIONS = ("read", "enter", "plan", "deliver", "break-the-glass")
C = Category
Rights = Callable[[str, str], set[Category]]


@pytest.fixture
def may(world: World) -> Rights:
    """Tell which categories a function may read, enter ... as the decision reads the table."""

    def asked(function: str, action: str) -> set[Category]:
        ((bits,),) = world.run("SELECT gate.rights_of(%s, %s)", function, action)
        return set(in_mask(bits))

    return asked


KINDS = {
    "carers": "carer",
    "staff": "staff",
    "governance": "governance",
    "researchers": "carer",
    "machines": "machine",
}


def test_every_function_is_in_the_table_under_its_kind(world: World) -> None:
    rows = dict(world.run("SELECT slug, kind FROM gate.function"))
    expected = {
        str(one): KINDS.get(group_of(one), str(one)) for one in Function
    }  # patient and representative are their own kinds
    assert rows == expected


def test_every_function_and_verb_has_words_in_four_languages(world: World) -> None:
    for table in ("function", "verb", "rule", "category"):
        for (words,) in world.run(f"SELECT words FROM gate.{table}"):
            assert set(words) == {"en", "fr", "nl", "de"}
            assert all(text.strip() for text in words.values())


def test_the_categories_are_those_of_the_code(world: World) -> None:
    assert dict(world.run("SELECT code, slug FROM gate.category")) == {int(one): one.slug for one in Category}


def test_only_known_functions_hold_rights(world: World) -> None:
    assert {name for (name,) in world.run("SELECT DISTINCT function FROM gate.rights")} <= set(Function)


@pytest.mark.parametrize("function", sorted(GOVERNANCE))
def test_governance_holds_nothing(may: Rights, function: str) -> None:  # ACS-4
    assert [may(function, action) for action in ACTIONS] == [set()] * len(ACTIONS)


@pytest.mark.parametrize("function", sorted(STAFF))
def test_staff_sees_agenda_and_administrative_data_alone(may: Rights, function: str) -> None:  # ACS-2
    assert may(function, "read") == {C.ADMINISTRATIVE, C.AGENDA}
    assert may(function, "plan") <= {C.ADMINISTRATIVE, C.AGENDA}
    assert may(function, "enter") == may(function, "break-the-glass") == may(function, "deliver") == set()


@pytest.mark.parametrize("function", ["pharmacist-hospital", "pharmacist-public"])
def test_a_pharmacist_sees_medication_and_no_laboratory(may: Rights, function: str) -> None:  # ACS-2
    assert C.LABORATORY not in may(function, "read") | may(function, "enter")
    assert {C.MEDICATION, C.ALLERGY, C.PRESCRIPTION} <= may(function, "read")


@pytest.mark.parametrize("function", sorted(PHYSICIANS))
def test_a_physician_reads_and_writes_all(may: Rights, function: str) -> None:
    assert may(function, "read") == may(function, "enter") == set(Category)
    assert may(function, "break-the-glass")


@pytest.mark.parametrize("function", sorted(CARERS - PHYSICIANS))
def test_every_other_carer_sees_something_and_less_than_a_gp(may: Rights, function: str) -> None:
    assert set() < may(function, "read") < may("gp", "read")
    assert may(function, "enter") < may("gp", "enter")


# who sees less than whom (strictly): the second reads all that the first reads, and more
LESS = [
    ("physiotherapist", "gp"),
    ("physiotherapist", "nurse"),
    ("practical-nurse", "nurse"),
    ("laboratory-technologist", "clinical-biologist"),
    ("nurse", "specialist"),
    ("billing", "nurse"),
    ("reception", "social-worker"),
]


@pytest.mark.parametrize(("less", "more"), LESS)
def test_who_reads_less_than_whom(may: Rights, less: str, more: str) -> None:
    assert may(less, "read") < may(more, "read")


SENSITIVE = {C.PSYCHIATRY: {"psychologist"}, C.GYNAECOLOGY: {"midwife"}}


@pytest.mark.parametrize("category", SENSITIVE)
def test_sensitive_content_is_for_physicians_and_its_own_profession(may: Rights, category: Category) -> None:
    readers = {one for one in CARERS | STAFF | GOVERNANCE if category in may(one, "read")}
    assert readers == set(PHYSICIANS) | SENSITIVE[category]


@pytest.mark.parametrize("function", sorted(CARERS))
def test_nobody_enters_where_he_may_not_look(may: Rights, function: str) -> None:
    """What one wrote one must be able to read again."""
    blind = may(function, "enter") - may(function, "read")
    assert blind == set()


@pytest.mark.parametrize("function", sorted(PATIENT_SIDE))
def test_the_patient_reads_all_and_enters_what_is_his(may: Rights, function: str) -> None:
    assert may(function, "read") == set(Category)
    assert may(function, "enter") == {C.QUESTIONNAIRE, C.PATIENT_DOCUMENT}
    assert may(function, "plan") == may(function, "break-the-glass") == set()


def test_only_machines_deliver_and_they_do_nothing_else(may: Rights) -> None:
    assert {one for one in Function if may(one, "deliver")} == {Function.MACHINE}
    assert may("machine", "deliver") == set(Category)
    assert may("machine", "enter") == may("machine", "plan") == may("machine", "break-the-glass") == set()


def test_who_may_break_the_glass(may: Rights) -> None:  # BTG-2
    allowed = {one for one in Function if may(one, "break-the-glass")}
    others = {"dentist", "clinical-biologist", "pharmacist-hospital", "nurse", "midwife"}
    assert allowed == set(PHYSICIANS) | others


# versions


@pytest.fixture
def new_version(world: World) -> Iterator[Callable[..., None]]:
    """Make a version of the table without one function's right to one category; taken back after the test."""
    ((last,),) = world.run("SELECT max(version) FROM gate.rights_version WHERE from_at <= now()")
    assert world.run("SELECT count(*) FROM gate.rights_version WHERE version > %s", last) == [(0,)]

    def made(function: str, action: str, category: Category, *, from_at: str = "now()") -> None:
        with psycopg.connect(world.dsns.root) as connection:
            connection.execute(
                f"INSERT INTO gate.rights_version (version, from_at, made_by, reason) VALUES (%s, {from_at}, 'board', 'ACS-1 review')",
                (last + 1,),
            )
            connection.execute(
                """INSERT INTO gate.rights SELECT %s, function, action, category FROM gate.rights
                WHERE version = %s AND NOT (function = %s AND action = %s AND category = %s)""",
                (last + 1, last, function, action, int(category)),
            )

    yield made
    world.run("DELETE FROM gate.rights WHERE version > %s", last)
    world.run("DELETE FROM gate.rights_version WHERE version > %s", last)


def test_a_new_version_holds_for_the_next_who_asks(
    clinic: Clinic, may: Rights, new_version: Callable[..., None]
) -> None:
    laboratory = clinic.world.item(clinic.patient, clinic.id, category=int(C.LABORATORY))
    report = clinic.world.item(clinic.patient, clinic.id)
    nurse, physician = clinic.colleague("nurse"), clinic.colleague("specialist")
    assert clinic.listed(nurse) == clinic.listed(physician) == {laboratory, report}
    new_version("nurse", "read", C.LABORATORY)
    assert clinic.listed(nurse) == {report}
    assert clinic.listed(physician) == {laboratory, report}
    assert C.LABORATORY not in may("nurse", "read")


def test_a_new_version_stops_a_grant_already_given(
    clinic: Clinic, new_version: Callable[..., None]
) -> None:  # ACD-7
    clinic.world.item(clinic.patient, clinic.id, category=int(C.LABORATORY))
    reader = Reader(clinic.world.dsns.app)
    try:
        granted = reader.grant(clinic.colleague("nurse"), clinic.patient)
        assert len(reader.read(granted.token, "SELECT id FROM record.item")) == 1
        new_version("nurse", "read", C.LABORATORY)
        with pytest.raises(psycopg.Error) as stale:
            reader.read(granted.token, "SELECT id FROM record.item")
        assert stale.value.sqlstate == "UD003"
    finally:
        reader.close()


def test_a_version_for_later_changes_nothing_today(
    clinic: Clinic, may: Rights, new_version: Callable[..., None]
) -> None:
    new_version("nurse", "read", C.LABORATORY, from_at="now() + interval '1 day'")
    assert C.LABORATORY in may("nurse", "read")


def test_a_right_to_write_that_is_taken_is_gone(clinic: Clinic, new_version: Callable[..., None]) -> None:
    nurse = clinic.colleague("nurse")
    assert clinic.store(row(new_id()), secret=nurse)
    new_version("nurse", "enter", C.REPORT)
    with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
        clinic.store(row(new_id()), secret=nurse)
    assert clinic.store(row(new_id(), category=int(C.CARE_PLAN)), secret=nurse)
