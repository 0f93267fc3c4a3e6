"""Who sees an item that is not yet validated, kept inside, held back or confidential (REC-10, CON-10, MY-5, REP-2).

One table: each reader against each item, in the list and in its content. What is refused stands beside what is shown.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.world import FOR_EVER, LONG_AGO, World
from unidossier.actions.open_item import ItemNotFound, open_item
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id

ITEMS: dict[str, dict[str, Any]] = {
    "final": {},
    "draft": {"status": "draft"},
    "amended": {"status": "amended"},
    "withdrawn": {"status": "entered-in-error"},
    "internal": {"internal_only": True},
    "internal draft": {"internal_only": True, "status": "draft"},
    "held": {"held_until": FOR_EVER, "held_reason": "to be told at the visit"},
    "held before": {"held_until": LONG_AGO, "held_reason": "to be told at the visit"},
    "confidential": {"confidential": True},
    "confidential and internal": {"confidential": True, "internal_only": True},
}
VALIDATED = {"final", "amended", "withdrawn", "held before"}
INSIDE = set(ITEMS)  # the institution of origin
ELSEWHERE = VALIDATED | {"held", "confidential"}


def _represented(kind: str) -> Callable[[Clinic], bytes]:
    def opened(clinic: Clinic) -> bytes:
        person = clinic.world.person(professional=False)
        clinic.world.represent(clinic.patient, person, kind=kind)
        return clinic.world.representative_session(person)

    return opened


def _own(clinic: Clinic) -> bytes:
    return clinic.world.own_session(clinic.patient)


READERS: dict[str, tuple[Callable[[Clinic], bytes], set[str]]] = {
    "author": (lambda clinic: clinic.secret, INSIDE),
    "colleague": (lambda clinic: clinic.colleague(), INSIDE),
    "nurse of the house": (lambda clinic: clinic.colleague("nurse"), INSIDE),
    "machine of the house": (lambda clinic: clinic.machine_secret, INSIDE),
    "other institution": (lambda clinic: clinic.colleague(house=clinic.world.institution()), ELSEWHERE),
    "machine of another institution": (
        lambda clinic: _foreign_machine(clinic),
        set(),
    ),
    "outside carer, by work": (lambda clinic: clinic.outsider(), ELSEWHERE),
    "outside carer, by consent": (lambda clinic: clinic.outsider(kind="granted", consented=True), ELSEWHERE),
    "function without reports": (lambda clinic: clinic.colleague("pharmacist-hospital"), set()),
    "patient": (_own, VALIDATED | {"internal", "confidential", "confidential and internal"}),
    "parent": (_represented("parent"), VALIDATED | {"internal"}),
    "legal representative": (_represented("legal"), VALIDATED | {"internal"}),
    "mandate": (_represented("mandate"), VALIDATED),
    "foster": (_represented("foster"), VALIDATED),
    "trusted person": (_represented("trusted"), VALIDATED),
}


def _foreign_machine(clinic: Clinic) -> bytes:
    house = clinic.world.institution()
    clinic.world.run("INSERT INTO record.presence VALUES (%s, %s)", clinic.patient, house)
    return clinic.world.session(clinic.world.worker("machine", house), face="api", purpose="exchange")


def _make_child(world: World, clinic: Clinic) -> None:
    birth = datetime.now(UTC).date() - timedelta(days=365 * 8)
    world.run("UPDATE registry.patient SET birth_date = %s WHERE id = %s", birth, clinic.patient)


@pytest.mark.parametrize("reader", READERS)
def test_who_sees_which_item(clinic: Clinic, world: World, reader: str) -> None:
    if reader == "parent":
        _make_child(world, clinic)
    items = {name: world.item(clinic.patient, clinic.id, **columns) for name, columns in ITEMS.items()}
    opens, expected = READERS[reader]
    secret = opens(clinic)
    listed = clinic.listed(secret)
    assert {name for name, item in items.items() if item in listed} == expected
    assert {name for name, item in items.items() if clinic.contents(secret, item)} == expected


def test_what_is_not_shown_is_told_like_what_does_not_exist(clinic: Clinic) -> None:  # ACD-8
    draft = clinic.world.item(clinic.patient, clinic.id, status="draft")
    elsewhere = clinic.colleague(house=clinic.world.institution())
    told = []
    for item in (draft, new_id()):
        with pytest.raises(ItemNotFound) as missing:
            open_item(elsewhere, item=item, patient=clinic.patient)
        told.append(str(missing.value).replace(str(item), "?"))
    assert told == ["?", "?"]
    assert open_item(clinic.secret, item=draft).line["id"] == draft


def test_what_was_a_draft_is_not_opened_by_validating_it(clinic: Clinic) -> None:  # REC-10
    item = new_id()
    clinic.store(row(item, status="draft", resource=json.dumps({"told": "first thoughts"})))
    readers = {
        "other institution": clinic.colleague(house=clinic.world.institution()),
        "outside": clinic.outsider(),
        "patient": _own(clinic),
    }
    assert {name: clinic.contents(secret, item) for name, secret in readers.items()} == {
        name: [] for name in readers
    }
    clinic.store(row(item, status="final", resource=json.dumps({"told": "validated"})))
    assert {name: clinic.contents(secret, item) for name, secret in readers.items()} == {
        name: [2] for name in readers
    }
    assert clinic.contents(clinic.secret, item) == [2, 1]


def test_what_was_withdrawn_as_a_draft_is_seen_by_nobody_new(clinic: Clinic) -> None:  # REC-6, REC-10
    """Written in the wrong record and taken back: neither the patient nor another house ever sees a word of it."""
    readers = {
        "other institution": clinic.colleague(house=clinic.world.institution()),
        "outside": clinic.outsider(),
        "patient": _own(clinic),
    }
    lives = {
        ("draft", "entered-in-error"): False,
        ("draft", "draft", "entered-in-error"): False,
        ("draft", "final", "entered-in-error"): True,
        ("final", "entered-in-error"): True,
    }
    for life, is_seen in lives.items():
        item = new_id()
        for step, status in enumerate(life):
            clinic.store(row(item, status=status, resource=json.dumps({"told": f"{status} {step}"})))
        for name, secret in readers.items():
            assert (item in clinic.listed(secret)) == bool(clinic.contents(secret, item)) == is_seen, (
                life,
                name,
            )
        assert len(clinic.contents(clinic.secret, item)) == len(life)


def test_what_is_taken_back_stays_of_its_category(clinic: Clinic) -> None:  # REC-3, REC-6
    item = new_id()
    clinic.store(row(item, category=int(Category.PSYCHIATRY)))
    clinic.store(row(item, category=int(Category.REPORT), status="entered-in-error"))
    found = "SELECT category FROM record.item WHERE id = %(id)s UNION ALL SELECT category FROM record.version WHERE item_id = %(id)s"
    rows = clinic.world.run(found.replace("%(id)s", f"'{item}'"))
    assert rows == [(int(Category.PSYCHIATRY),)] * 3


def test_holding_back_ends_by_itself(clinic: Clinic) -> None:  # MY-5
    soon = datetime.now(UTC) + timedelta(seconds=1.2)
    item = clinic.world.item(clinic.patient, clinic.id, held_until=soon)
    own = _own(clinic)
    assert item not in clinic.listed(own)
    clinic.world.run("SELECT pg_sleep_until(%s)", soon)
    assert item in clinic.listed(own)


def test_an_institution_that_wants_a_signed_form_is_closed_to_outside_carers(clinic: Clinic) -> None:  # CON-4
    house = clinic.world.institution(consent_model="written-consent")
    closed = clinic.world.item(clinic.patient, house)
    open_ = clinic.world.item(clinic.patient, clinic.id)
    by_work, by_form = clinic.outsider(), clinic.outsider(kind="link", consented=True)
    assert clinic.listed(by_work) == {open_}
    assert clinic.listed(by_form) == {open_, closed}
    assert clinic.contents(by_work, closed) == []
