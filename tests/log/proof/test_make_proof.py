"""A patient takes home a proof: it holds what "who looked" shows him, proven, and not one byte of anybody else (MY-15, LOG-3)."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.server import Dsns
from tests.gate.world import World
from tests.log.entries import add_entries, entries_of
from tests.log.proof.small_log import Written
from tests.log.sequencer.place import Place, place_on
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.make_proof import Proof, make_proof
from unidossier.actions.open_item import open_item
from unidossier.actions.open_record import open_record, search_record
from unidossier.database.home import Home
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask, Query, RecordUnreadable
from unidossier.kernel.uuid7 import new_id
from unidossier.log.proof.bundle import Proven, read_bundle
from unidossier.log.proof.check import Trust, check_entry, checked
from unidossier.record.queries import Filter

# what "who looked" calls a field, and how its text is made
SHOWN = {
    "at": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    "who": str,
    "function": str,
    "institution_id": str,
    "verb": str,
    "categories": str,
    "items": lambda items: ",".join(str(one) for one in items),
    "rule": str,
    "purpose": str,
    "glass_reason": str,
}


@pytest.fixture(scope="module")
def no_tree_left(world: World) -> Iterator[None]:
    """Where a tree is open and nobody grows it, every act that waits for its signature waits in vain."""
    yield
    world.run("TRUNCATE log.tree, log.leaf, log.restored CASCADE")


@pytest.fixture
def tree(no_tree_left: None, product: None, dsns: Dsns) -> Place:
    """The sequencer of the database that the door opens."""
    return place_on(dsns, Home.find().path)


@pytest.fixture
def own(clinic: Clinic) -> bytes:
    return clinic.world.own_session(clinic.patient)


def _open(clinic: Clinic, secret: bytes | None = None) -> None:
    open_record(secret or clinic.secret, patient=clinic.patient, chosen=Filter())


def _proven(proof: Proof) -> dict[int, Proven]:
    """Give what a bundle proves, by the number of the entry (0: gone), after checking all of it."""
    bundle = read_bundle(proof.content)
    found = {}
    for section, _ in checked(bundle, Trust()):
        for one in section.entries:
            check_entry(one, section)
            found[int(one.entry.number) if one.entry else 0] = one
    assert len(found) == proof.entries
    return found


def _opened(one: Proven) -> dict[str, str | None]:
    assert one.entry is not None
    return {name: one.entry.shown(name) for name in one.entry.opened}


def _listed(own: bytes, patient: UUID) -> dict[int, dict[str, Any]]:
    query = Query("""SELECT * FROM gate.accesses('{"size": 10000}'::jsonb)""")
    return {one["id"]: one for one in door.read(own, Ask(verb="who-looked", patient=patient), query).rows[0]}


def _present(clinic: Clinic, how: str) -> None:
    clinic.world.setting(clinic.id, name="log.presentation", value=how)


def _name(clinic: Clinic) -> str:
    ((name,),) = clinic.world.run(
        "SELECT given || ' ' || family FROM registry.person WHERE id = %s", clinic.physician.person
    )
    return str(name)


def test_all_that_the_list_shows_is_proven(clinic: Clinic, own: bytes, tree: Place) -> None:
    item = new_id()
    clinic.store(row(item))
    _open(clinic)
    open_item(clinic.secret, item=item)
    listed = _listed(own, clinic.patient)
    tree.catch_up()
    proven = _proven(make_proof(own, patient=clinic.patient))
    assert set(listed) == set(proven), "the look at the list is in the list"
    assert len(proven) >= 5
    for number, line in listed.items():
        told = {
            ("person_name" if name == "who" else name): text(line[name])
            for name, text in SHOWN.items()
            if line[name] is not None
        }
        assert _opened(proven[number]) == told | {"permitted": "true", "patient_id": str(clinic.patient)}


@pytest.mark.parametrize("how", ["pseudonymised", "anonymised"])
def test_who_is_not_named_in_the_list_is_not_in_the_proof(
    clinic: Clinic, own: bytes, tree: Place, how: str
) -> None:
    _present(clinic, how)
    _open(clinic)
    tree.catch_up()
    at = clinic.world.run(
        "SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS.US') FROM log.entry WHERE person_id = %s AND verb = 'open-record'",
        clinic.physician.person,
    )[0][0]
    proof = make_proof(own, patient=clinic.patient)
    (line,) = [one for one in _listed(own, clinic.patient).values() if one["verb"] == "open-record"]
    opened = _opened(_proven(proof)[line["id"]])
    assert "person_name" not in opened
    assert "function" not in opened, "the only specialist of a house is no crowd"
    assert ("at" in opened) == (how == "pseudonymised")
    assert _name(clinic).encode() not in proof.content
    assert (at.encode() in proof.content) == (how == "pseudonymised")


def test_a_crowd_may_have_its_function_in_the_proof(clinic: Clinic, own: bytes, tree: Place) -> None:
    _present(clinic, "pseudonymised")
    for _ in range(2):
        clinic.world.worker("specialist", clinic.id)
    _open(clinic)
    tree.catch_up()
    proven = _proven(make_proof(own, patient=clinic.patient)).values()
    (opened,) = [told for told in map(_opened, proven) if told["verb"] == "open-record"]
    assert (opened["function"], "person_name" in opened) == ("specialist", False)


def test_a_list_proves_my_own_name_on_it_and_betrays_no_other(
    clinic: Clinic, own: bytes, tree: Place
) -> None:
    others = [clinic.world.patient() for _ in range(3)]
    for one in others:
        clinic.world.relation(one, clinic.physician)
    list_my_patients(clinic.secret)
    tree.catch_up()
    proof = make_proof(own, patient=clinic.patient)
    (listed,) = [
        one for one in _proven(proof).values() if one.entry and one.entry.shown("verb") == "list-patients"
    ]
    assert listed.entry is not None
    sealed = listed.entry.sealed["patients"]
    assert isinstance(sealed, list) and len(sealed) == 4
    assert listed.entry.shown("patients") == str(clinic.patient)
    assert listed.entry.shown("at"), "and when it was, as the list shows it"
    for one in others:
        assert str(one).encode() not in proof.content


def test_nothing_else_is_in_the_file(clinic: Clinic, own: bytes, tree: Place) -> None:
    """Not what was searched, from where, in which session, by which number of a person; and never a salt."""
    search_record(clinic.secret, patient=clinic.patient, chosen=Filter(text="unusual-word"))
    stranger = clinic.world.session(clinic.world.worker("specialist", clinic.id))
    with pytest.raises(AccessRefused):
        _open(clinic, stranger)  # a refused try is counted, not shown
    tree.catch_up()
    proof = make_proof(own, patient=clinic.patient)
    rows = clinic.world.run(
        """SELECT id, salt, session_id, person_id, detail::text, xid::text, permitted FROM log.entry
        WHERE patient_id = %s AND function <> 'patient'""",
        clinic.patient,
    )
    assert {one[-1] for one in rows} == {True, False}
    for number, salt, session, person, detail, _, permitted in rows:
        for secret in (salt.hex(), str(session), str(person)):
            assert secret.encode() not in proof.content
        assert detail == "{}" or detail.encode() not in proof.content
        assert (str(number).encode() in proof.content) == permitted
    assert b"unusual-word" not in proof.content


def test_one_line_is_proven_alone(clinic: Clinic, own: bytes, tree: Place) -> None:
    _open(clinic)
    _open(clinic)
    tree.catch_up()
    first, *_ = [n for n, one in _listed(own, clinic.patient).items() if one["verb"] == "open-record"]
    assert list(_proven(make_proof(own, patient=clinic.patient, entry=first))) == [first]
    entry = entries_of(clinic, own)[-1]
    assert (entry.verb, entry.permitted, entry.detail) == ("take-proof", True, {"entry": str(first)})


def test_no_line_of_another_patient_is_proven(clinic: Clinic, own: bytes, tree: Place) -> None:
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    open_record(clinic.secret, patient=other, chosen=Filter())
    ((number,),) = clinic.world.run("SELECT id FROM log.entry WHERE patient_id = %s", other)
    tree.catch_up()
    for entry in (number, 1):
        with pytest.raises(ActRefused, match="no-such-entry"):
            make_proof(own, patient=clinic.patient, entry=entry)
    with pytest.raises(AccessRefused):
        make_proof(own, patient=other)
    assert [one[0] for one in clinic.world.run(
        "SELECT permitted FROM log.entry WHERE verb = 'take-proof' ORDER BY id DESC LIMIT 3"
    )] == [False, True, True]  # fmt: skip


def test_a_carer_takes_no_proof(clinic: Clinic) -> None:
    """His grant opens a record, not its log."""
    with pytest.raises(RecordUnreadable):
        make_proof(clinic.secret, patient=clinic.patient)


def test_the_verb_of_the_page_gives_no_proof(clinic: Clinic, own: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        door.read(
            own, Ask(verb="who-looked", patient=clinic.patient), Query("SELECT * FROM log.proofs(NULL)")
        )


def test_who_acts_for_a_patient_proves_what_he_is_shown(clinic: Clinic, tree: Place) -> None:
    """REP-5: his list begins with his link."""
    _open(clinic)
    guardian = clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, guardian, kind="legal")
    secret = clinic.world.representative_session(guardian)
    _open(clinic)
    tree.catch_up()
    verbs = [_opened(one)["verb"] for one in _proven(make_proof(secret, patient=clinic.patient)).values()]
    assert verbs.count("open-record") == 1


def test_a_parent_proves_nothing_after_the_birthday_of_own_access(clinic: Clinic, tree: Place) -> None:
    child = clinic.world.patient(birth=date(datetime.now(UTC).year - 12, 1, 1))
    clinic.world.relation(child, clinic.physician)
    open_record(clinic.secret, patient=child, chosen=Filter())
    parent = clinic.world.person(professional=False)
    clinic.world.represent(child, parent, kind="parent", starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    secret = clinic.world.representative_session(parent)
    add_entries(clinic, 1, patient_id=child, at=datetime.now(UTC) + timedelta(days=3650), verb="open-item")
    tree.catch_up()
    verbs = {_opened(one)["verb"] for one in _proven(make_proof(secret, patient=child)).values()}
    assert "open-record" in verbs and "open-item" not in verbs


def test_what_is_too_new_waits_and_is_named(clinic: Clinic, own: bytes, tree: Place) -> None:
    tree.catch_up()
    _open(clinic)
    proof = make_proof(own, patient=clinic.patient)
    assert proof.waiting == 1
    (number,) = json.loads(proof.content)["waiting"]
    ((known,),) = clinic.world.run(
        "SELECT id FROM log.entry WHERE patient_id = %s AND verb = 'open-record'", clinic.patient
    )
    assert int(number) == known
    tree.catch_up()
    assert make_proof(own, patient=clinic.patient).waiting == 0


def test_without_the_logs_files_there_is_no_proof_now(
    clinic: Clinic,
    own: bytes,
    tree: Place,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tree.catch_up()
    monkeypatch.setenv("UNIDOSSIER_LOG", str(tmp_path_factory.mktemp("empty")))
    with pytest.raises(ActRefused, match="no-proof-now"):
        make_proof(own, patient=clinic.patient)


def test_an_erased_entry_is_proven_to_have_been_there(clinic: Clinic, own: bytes, tree: Place) -> None:
    """LOG-3: payload and salt can go, the leaf stays."""
    _open(clinic)
    tree.catch_up()
    ((number, position, leaf),) = clinic.world.run(
        """SELECT e.id, f.position, f.hash FROM log.entry e JOIN log.leaf f ON f.entry_id = e.id
        WHERE e.patient_id = %s AND e.verb = 'open-record'""",
        clinic.patient,
    )
    asker, confirmer = new_id(), new_id()
    about = json.dumps({"entry": str(number), "leaf": leaf.hex()})
    for person, verb in ((asker, "erase-entry"), (confirmer, "erase-entry"), (confirmer, "entry-erased")):
        add_entries(clinic, 1, patient_id=None, person_id=person, verb=verb, detail=about)
    said = clinic.world.run(
        "SELECT id FROM log.entry WHERE person_id IN (%s, %s) ORDER BY id", asker, confirmer
    )
    clinic.world.run(
        "SELECT log.erase(%s, 'court-order', %s, %s, %s, %s, %s, %s)",
        *(number, clinic.id, asker, confirmer),
        *(one for (one,) in said),
    )
    tree.catch_up()
    proof = make_proof(own, patient=clinic.patient)
    gone = _proven(proof)[0]
    assert (gone.position, gone.leaf, gone.gone) == (position, leaf, "erased")
    assert str(number).encode() not in proof.content


def test_the_database_writes_entries_as_the_document_says(clinic: Clinic, own: bytes, tree: Place) -> None:
    """docs/log-format.md, section 2, against log.canonical: every hash of an entry is made again by hand, from the row."""
    others = clinic.world.patient()
    clinic.world.relation(others, clinic.physician)
    list_my_patients(clinic.secret)
    _open(clinic)
    tree.catch_up()
    with psycopg.connect(clinic.world.dsns.root) as root:
        cursor = root.execute(
            "SELECT e.*, f.hash AS leaf_hash FROM log.entry e JOIN log.leaf f ON f.entry_id = e.id WHERE e.person_id = %s",
            (clinic.physician.person,),
        )
        names = [one.name for one in cursor.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in cursor]
    assert {one["verb"] for one in rows} >= {"list-patients", "open-record"}
    for one in rows:
        leaf, patients = one.pop("leaf_hash"), one.pop("patients")
        number, salt = one.pop("id"), one.pop("salt")
        one.pop("xid")
        detail = clinic.world.run("SELECT detail::text FROM log.entry WHERE id = %s", number)[0][0]
        values = {name: _text(value) for name, value in one.items()} | {"detail": detail}
        entry = Written(
            str(number), salt, values, tuple(map(str, patients)) if patients is not None else None
        )
        ((canonical,),) = clinic.world.run("SELECT log.canonical(e) FROM log.entry e WHERE id = %s", number)
        assert json.loads(canonical) == json.loads(entry.text)
        ((made,),) = clinic.world.run(
            "SELECT sha256('\\x00' || sha256(%s || convert_to(%s, 'UTF8')))", entry.leaf_salt, canonical
        )
        assert made == leaf


def _text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return None if value is None else str(value)
