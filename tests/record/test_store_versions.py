"""The one writer: versions are only ever added, each under the entry that allowed it (REC-5, REC-6, LOG-2)."""

import json
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.actions.clinic import Clinic, row
from unidossier.gate.door import AccessRefused, ItemChanged, RecordUnreadable
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record

TEXTS = tuple(json.dumps({"resourceType": "DocumentReference", "n": n}) for n in range(3))


def _corrected(clinic: Clinic) -> UUID:
    """Store a draft, validate it, correct it."""
    item = new_id()
    for status, text in zip(("draft", "final", "amended"), TEXTS, strict=True):
        clinic.store(row(item, status=status, resource=text))
    return item


def test_every_version_stays_as_it_was_stored(clinic: Clinic) -> None:
    item = _corrected(clinic)
    assert clinic.versions(item) == [(1, "draft", TEXTS[0]), (2, "final", TEXTS[1]), (3, "amended", TEXTS[2])]
    ((line,),) = clinic.read(clinic.secret, record.item(item))
    assert (line["version"], line["status"]) == (3, "amended")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record.version SET resource = '{}' WHERE item_id = %s",
        "DELETE FROM record.version WHERE item_id = %s",
        "UPDATE record.item SET title = 'another' WHERE id = %s",
        "DELETE FROM record.item WHERE id = %s",
        "INSERT INTO record.presence SELECT id, id FROM (SELECT %s::uuid AS id) x",
    ],
)
def test_the_application_changes_no_row_by_itself(clinic: Clinic, change: str) -> None:
    item = _corrected(clinic)
    before = clinic.versions(item)
    with pytest.raises(RecordUnreadable, match="42501"):
        clinic.read(clinic.secret, record.Query(change.replace("%s", "%(id)s"), {"id": item}), items=(item,))
    assert clinic.versions(item) == before


def test_not_even_the_writers_role_may_change_a_version(clinic: Clinic) -> None:
    item = _corrected(clinic)
    for change in ("UPDATE record.version SET status = 'final'", "DELETE FROM record.version"):
        with (
            psycopg.connect(clinic.world.dsns.root) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SET LOCAL ROLE unidossier_store")
            connection.execute(change)
    assert len(clinic.versions(item)) == 3


def test_the_same_text_twice_is_unchanged(clinic: Clinic) -> None:
    item = new_id()
    outcomes = [clinic.store(row(item))[0] for _ in range(3)]
    assert [(one["version"], one["outcome"]) for one in outcomes] == [
        (1, "created"),
        (1, "unchanged"),
        (1, "unchanged"),
    ]
    assert len(clinic.versions(item)) == 1


def test_the_same_text_with_another_status_is_a_version(clinic: Clinic) -> None:
    item = new_id()
    clinic.store(row(item, status="draft"))
    (stored,) = clinic.store(row(item, status="final"))
    assert (stored["version"], stored["outcome"]) == (2, "updated")


def test_a_text_that_comes_back_is_a_version_again(clinic: Clinic) -> None:
    item = new_id()
    for text in (TEXTS[0], TEXTS[1], TEXTS[0]):
        clinic.store(row(item, status="draft", resource=text))
    assert [text for _, _, text in clinic.versions(item)] == [TEXTS[0], TEXTS[1], TEXTS[0]]


@pytest.mark.parametrize(("seen", "fits"), [(0, False), (1, False), (2, True), (3, False), (None, True)])
def test_who_saw_another_version_does_not_overwrite(clinic: Clinic, seen: int | None, fits: bool) -> None:
    item = new_id()
    for text in TEXTS[:2]:
        clinic.store(row(item, status="draft", resource=text))
    third = row(item, status="draft", resource=TEXTS[2], expected=seen)
    if fits:
        assert clinic.store(third)[0]["version"] == 3
    else:
        with pytest.raises(ItemChanged, match=f"version {seen} expected, 2 found"):
            clinic.store(third)
        assert len(clinic.versions(item)) == 2


def test_one_refused_row_stores_none_of_the_call(clinic: Clinic) -> None:
    good, late = new_id(), new_id()
    with pytest.raises(ItemChanged):
        clinic.store(row(good), row(late, expected=4))
    assert clinic.versions(good) == clinic.versions(late) == []
    clinic.store(row(good), row(late, expected=0))
    assert len(clinic.versions(good)) == len(clinic.versions(late)) == 1


def test_an_item_of_another_institution_stays_as_it_is(clinic: Clinic) -> None:
    item = new_id()
    elsewhere = clinic.colleague(house=clinic.world.institution())
    clinic.store(row(item), secret=elsewhere)
    with pytest.raises(ItemChanged, match="another institution"):
        clinic.store(row(item, status="amended", resource=TEXTS[0]))
    assert len(clinic.versions(item)) == 1
    clinic.store(row(item, status="amended", resource=TEXTS[0]), secret=elsewhere)
    assert len(clinic.versions(item)) == 2


def test_an_item_of_another_patient_stays_where_it_is(clinic: Clinic) -> None:
    item, other = new_id(), clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    clinic.store(row(item), patient=other)
    with pytest.raises(ItemChanged, match="another institution or record"):
        clinic.store(row(item, status="amended", resource=TEXTS[0]))
    assert clinic.listed(clinic.secret) == set()
    clinic.store(row(item, status="amended", resource=TEXTS[0]), patient=other)
    assert len(clinic.versions(item)) == 2


@pytest.mark.parametrize(
    ("was", "becomes", "may"),
    [
        (None, Category.REPORT, True),
        (None, Category.PSYCHIATRY, False),
        (Category.REPORT, Category.CARE_PLAN, True),  # both are a physiotherapist's to write
        (Category.REPORT, Category.PSYCHIATRY, False),  # out of his reach
        (
            Category.PSYCHIATRY,
            Category.REPORT,
            False,
        ),  # taken from where he may not write, and learns no more (ACD-8)
    ],
)
def test_a_writer_stays_within_his_categories(
    clinic: Clinic, was: Category | None, becomes: Category, may: bool
) -> None:
    item = new_id()
    if was is not None:
        clinic.store(row(item, category=int(was)))
    physiotherapist = clinic.colleague("physiotherapist")
    changed = row(
        item, category=int(becomes), status="final" if was is None else "amended", resource=TEXTS[0]
    )
    before = clinic.versions(item)
    if may:
        assert clinic.store(changed, secret=physiotherapist)
        assert len(clinic.versions(item)) == len(before) + 1
    else:
        told, why = (
            (ItemChanged, "another kind")
            if was is Category.PSYCHIATRY
            else (AccessRefused, r"ACS-1\.function")
        )
        with pytest.raises(told, match=why):
            clinic.store(changed, secret=physiotherapist)
        assert clinic.versions(item) == before


def test_a_version_names_the_entry_that_allowed_it(clinic: Clinic) -> None:
    item = _corrected(clinic)
    rows = clinic.world.run(
        """SELECT v.version, e.verb, e.permitted, e.person_id, e.patient_id, v.entered_at >= e.at FROM record.version v
        JOIN log.entry e ON e.id = v.entry_id WHERE v.item_id = %s ORDER BY v.version""",
        item,
    )
    who, whom = clinic.physician.person, clinic.patient
    assert rows == [(n, "write-report", True, who, whom, True) for n in (1, 2, 3)]
    entries = clinic.world.run("SELECT DISTINCT entry_id FROM record.version WHERE item_id = %s", item)
    assert len(entries) == 3


def test_without_a_grant_that_writes_nothing_is_stored(clinic: Clinic) -> None:
    item = new_id()
    with pytest.raises(RecordUnreadable, match="UD002"):
        clinic.read(clinic.secret, record.store(json.dumps([row(item)])))
    assert clinic.versions(item) == []
    clinic.store(row(item))
    assert len(clinic.versions(item)) == 1


def test_files_stay_with_their_item(clinic: Clinic) -> None:
    item, other, sum_ = new_id(), new_id(), "ab" * 32
    file = {"sha256": sum_, "name": "scan.pdf", "media_type": "application/pdf", "size": 10}
    clinic.store(row(item, attachments=[file]), row(other))
    clinic.store(row(item, attachments=[file], status="amended", resource=TEXTS[0]))  # told again
    query = record.attachments([item, other])
    (files,) = clinic.read(clinic.secret, query, items=(item, other))
    assert [(one["item_id"], bytes(one["sha256"]).hex(), one["name"]) for one in files] == [
        (item, sum_, "scan.pdf"),
        (item, sum_, "scan.pdf"),
    ]
    assert [one["version"] for one in files] == [1, 2]  # each version brings its own (REC-10)
    assert clinic.read(clinic.secret, query, items=(other,)) == [[]]  # only of items that the entry names


def test_internal_only_is_never_taken_back_by_a_later_version(clinic: Clinic) -> None:  # CON-10
    item = new_id()
    clinic.store(row(item, internal_only=True))
    clinic.store(row(item, status="amended", resource=TEXTS[0]))
    elsewhere = clinic.colleague(house=clinic.world.institution())
    assert (item in clinic.listed(clinic.secret), item in clinic.listed(elsewhere)) == (True, False)


def test_an_item_is_there_the_moment_it_is_stored(clinic: Clinic) -> None:  # REC-2
    elsewhere = clinic.colleague(house=clinic.world.institution())
    for _ in range(3):
        item = new_id()
        assert item not in clinic.listed(elsewhere)
        clinic.store(row(item))
        assert item in clinic.listed(elsewhere)


def test_storing_for_nobody_is_refused_like_for_a_stranger(clinic: Clinic) -> None:  # ACD-8
    rules = []
    for who in (clinic.world.patient(), uuid4()):
        with pytest.raises(AccessRefused) as refused:
            clinic.store(row(), patient=who)
        rules.append(refused.value.rule)
    assert rules == ["ACD-1.none", "ACD-1.none"]
