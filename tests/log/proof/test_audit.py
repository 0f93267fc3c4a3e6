"""An audit finds whatever an administrator of database and files changes, by what was kept before (LOG-3). Long form: make prove-log."""

import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.log.proof.tamper import COVERED, WAYS, Hand, Way, insert_leaf
from tests.log.sequencer.place import Place
from unidossier.log.proof.audit import Audited, Known, check_signatures
from unidossier.log.proof.database import LogDatabase
from unidossier.log.proof.export import opened_file, write_export
from unidossier.log.proof.files import LogFilesUnreadable, read_state
from unidossier.log.proof.make import Placed, make_bundle
from unidossier.log.proof.whole import (
    Asked,
    audit_export,
    audit_files,
    audit_installation,
    read_known,
    trusted,
)
from unidossier.log.sequencer.keys import open_keys
from unidossier.log.tree.merkle import consistency_proof
from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable
from unidossier.log.tree.tiles import Tiles
from unidossier.log.witness.judge import Witness
from unidossier.log.witness.memory import Memory
from unidossier.log.witness.request import AddCheckpoint
from unidossier.log.witness.trust import Trust

TRIES = int(os.environ.get("LOG_TAMPERINGS", "50"))
ENTRIES = 290  # a whole tile and a part of one
SEED = int(os.environ.get("LOG_SEED", "7"))


@pytest.fixture
def whole(place: Place) -> Place:
    """A log of a few hundred entries, signed; a checkpoint and a bundle of it taken home."""
    place.add(200)
    place.catch_up()
    place.add(ENTRIES - 201)
    place.catch_up()
    return place


def _audit(place: Place, connection: psycopg.Connection, *known: Known, late: float | None = None) -> Audited:
    asked = Asked(folder=place.home.log_folder, known=known, late=late, patience=0)
    ((told, compared),) = audit_installation(LogDatabase(connection), asked)
    keys = trusted(place.home.log_folder, [])
    check_signatures(told, compared, keys=keys, witnesses=())
    return told


def _taken(place: Place, positions: tuple[int, ...] = ()) -> list[Known]:
    """Take a bundle of some entries home, and read it again as the audit does."""
    ((year,),) = place.rows("SELECT max(year) FROM log.tree")
    rows = place.rows(
        """SELECT f.position, e.id, f.hash, log.canonical(e), log.opening_key(e.salt, 'leaf') FROM log.leaf f JOIN log.entry e ON e.id = f.entry_id
        WHERE f.position = ANY (%s)""",
        list(positions or (0,)),
    )
    placed = [
        Placed(number=str(number), year=year, position=at, leaf=leaf, text=text, salt=salt)
        for at, number, leaf, text, salt in rows
    ]
    path = place.home.path / "bundle.json"
    path.write_bytes(make_bundle(placed, folder=place.home.log_folder, made_at=datetime.now(UTC)))
    return read_known(path)


@contextmanager
def _hand(place: Place, chance: random.Random) -> Iterator[Hand]:
    """Lend the administrator's hand; afterwards database and files are as before."""
    folder = place.folder
    saved = folder.parent / "saved"
    shutil.copytree(folder, saved)
    ((size, year),) = place.rows("SELECT size, year FROM log.tree")
    with psycopg.connect(place.dsns.root) as connection:
        try:
            yield Hand(connection=connection, folder=folder, size=size, chance=chance, year=year)
        finally:
            connection.rollback()
            shutil.rmtree(folder)
            saved.rename(folder)


def _found(place: Place, hand: Hand, known: list[Known]) -> bool:
    """Whether an audit finds it: a fault, or files that cannot be read."""
    try:
        return bool(_audit(place, hand.connection, *known).faults)
    except (LogFilesUnreadable, NoteUnreadable):
        return True


def test_a_log_as_it_was_written_has_no_fault(whole: Place) -> None:
    with whole.root() as connection:
        told = _audit(whole, connection, *_taken(whole), late=60)
    assert (told.size, told.faults, told.gone) == (ENTRIES, [], {})
    assert told.agreed == ENTRIES
    ((files, _),) = audit_files(Asked(folder=whole.home.log_folder))
    assert (files.size, files.root, files.faults) == (told.size, told.root, [])


def test_every_tampering_is_found(whole: Place, record_property: Callable[[str, object], None]) -> None:
    known, chance = _taken(whole), random.Random(SEED)
    found: Counter[str] = Counter()
    for number in range(TRIES):
        way = WAYS[number % len(WAYS)]
        with _hand(whole, chance) as hand:
            what = way(hand)
            assert _found(whole, hand, known), f"{way.__name__}: {what}"
        found[way.__name__] += 1
    assert set(found) == {way.__name__ for way in WAYS}
    with whole.root() as connection:
        assert _audit(whole, connection, *known).faults == [], "what was tampered with was put back"
    for name, times in found.items():
        record_property(f"found_{name}", times)
    record_property("tamperings", sum(found.values()))


@pytest.fixture
def witness(whole: Place, tmp_path: Path) -> Iterator[Witness]:
    """A witness that has seen the log as it was written."""
    memory = Memory(tmp_path / "witness", name="witness.example")
    origin = read_state(whole.folder / "checkpoint").checkpoint.origin
    made = Witness(memory, (Trust.parse(f"{origin}=@{whole.home.log_folder / 'keys'}"),))
    assert made.add_checkpoint(_request(whole.folder, old=0)).status == 200
    yield made
    memory.close()


def _request(folder: Path, *, old: int) -> bytes:
    """Ask a witness to cosign what lies in the files, with the proof that these files give."""
    state = read_state(folder / "checkpoint")
    new = state.checkpoint
    path = consistency_proof(Tiles(folder).nodes(new.size), old=old, new=new.size) if old <= new.size else []
    return bytes(
        AddCheckpoint(old=old, proof=tuple(path), note=Note.parse(state.note), checkpoint=state.checkpoint)
    )


def test_a_rewriting_operator_is_found_by_what_was_taken_home_and_by_a_witness(
    whole: Place, witness: Witness, record_property: Callable[[str, object], None]
) -> None:
    """Leaves, tiles and tree made to fit again, and signed with the log's own key: nothing here contradicts itself any more."""
    known, chance = _taken(whole), random.Random(SEED + 1)
    signers = open_keys(whole.home).signers
    found = refused = 0
    for number in range(max(len(COVERED) * 2, TRIES // 9)):
        way: Way = COVERED[number % len(COVERED)]
        with _hand(whole, chance) as hand:
            what = way(hand)
            hand.rehash()
            root = hand.rewrite_tiles()
            ((origin, size),) = hand.connection.execute("SELECT origin, size FROM log.tree").fetchall()
            note = Checkpoint(origin, size, root).signed(*signers(datetime.now(UTC)))
            (hand.folder / "checkpoint").write_text(note)
            hand.connection.execute("UPDATE log.tree SET checkpoint = %s", (note,))
            if way is not insert_leaf:
                assert not _audit(whole, hand.connection).faults, f"{way.__name__}: {what} was not covered"
            found += _found(whole, hand, known)
            refused += witness.add_checkpoint(_request(hand.folder, old=ENTRIES)).status != 200
            assert found == refused == number + 1, f"{way.__name__}: {what}"
    whole.add(3)
    whole.catch_up()
    assert witness.add_checkpoint(_request(whole.folder, old=ENTRIES)).status == 200, (
        "what only grew is cosigned"
    )
    record_property("rewritten", found)
    record_property("refused_by_witness", refused)


def test_the_first_bad_position_is_named(whole: Place) -> None:
    known = _taken(whole, (17, 40, 260))
    with _hand(whole, random.Random(1)) as hand:
        hand.run(
            "UPDATE log.entry SET verb = 'sign-in' WHERE id IN (SELECT entry_id FROM log.leaf WHERE position IN (40, 260))"
        )
        first, second, *_ = _audit(whole, hand.connection).faults
        assert (first.position, second.position) == (40, 260)
        hand.rehash()
        hand.rewrite_tiles()
        with suppress(OSError):
            (hand.folder / "checkpoint").write_text("")
        (hand.folder / "checkpoint").write_text(str(known[0].note))
        faults = _audit(whole, hand.connection, *known).faults
    assert [one.position for one in faults if "taken home" in one.what] == [40, 260]


def test_a_database_that_was_set_back_is_told_as_such_before_its_first_start(whole: Place) -> None:
    """What a restore leaves is the beginning of what the files hold; whatever else is wrong takes the advice away."""
    known = _taken(whole)
    ((root, checkpoint),) = whole.rows("SELECT root, checkpoint FROM log.tree")
    whole.add(20)
    whole.catch_up()
    with _hand(whole, random.Random(1)) as hand:
        hand.run("DELETE FROM log.leaf WHERE position >= %s", ENTRIES)
        hand.run("UPDATE log.tree SET size = %s, root = %s, checkpoint = %s", ENTRIES, root, checkpoint)
        hand.run("DELETE FROM log.entry e WHERE NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)")
        told = _audit(whole, hand.connection, *known)
        assert told.faults == [told.cut] and "After a restore" in told.advice
        hand.run(
            "UPDATE log.entry SET verb = 'sign-in' WHERE id IN (SELECT entry_id FROM log.leaf WHERE position = 40)"
        )
        told = _audit(whole, hand.connection, *known)
        assert told.cut in told.faults and len(told.faults) == 2 and not told.advice


@pytest.mark.parametrize("position", [0, 128, ENTRIES - 1])
def test_a_leaf_that_is_missing_is_named(whole: Place, position: int) -> None:
    with _hand(whole, random.Random(1)) as hand:
        hand.run("DELETE FROM log.leaf WHERE position = %s", position)
        assert _audit(whole, hand.connection).faults[0].position == position


def test_what_is_lawfully_gone_is_counted_and_what_is_not_is_a_fault(whole: Place) -> None:
    ((one, other),) = whole.rows(
        "SELECT max(entry_id) FILTER (WHERE position = 5), max(entry_id) FILTER (WHERE position = 6) FROM log.leaf"
    )
    ((leaf,),) = whole.rows("SELECT encode(hash, 'hex') FROM log.leaf WHERE position = 5")
    said = []
    with whole.root() as root:
        for person, verb in ((1, "erase-entry"), (2, "erase-entry"), (2, "entry-erased")):
            ((number,),) = root.execute(
                """INSERT INTO log.entry (id, person_id, verb, rule, permitted, detail)
                SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'),
                    lpad(%s::text, 32, '0')::uuid, %s, 'LOG-3.tree', true, %s RETURNING id""",
                (person, verb, json.dumps({"entry": str(one), "leaf": leaf})),
            ).fetchall()
            said.append(number)
        root.execute(
            "SELECT log.erase(%s, 'court-order', gen_random_uuid(), lpad('1', 32, '0')::uuid, lpad('2', 32, '0')::uuid, %s, %s, %s)",
            (one, *said),
        )
    with whole.root() as connection:
        (fault,) = _audit(whole, connection).faults
        assert (fault.position, "emptied" in fault.what) == (5, True), "its own entry is not in the tree yet"
    whole.catch_up()
    with whole.root() as connection:
        told = _audit(whole, connection)
        assert (told.gone, told.faults) == ({"erased": 1}, [])
    with _hand(whole, random.Random(1)) as hand:
        hand.run("UPDATE log.entry SET salt = '' WHERE id = %s", other)
        assert [one.position for one in _audit(whole, hand.connection).faults] == [6]
        hand.run("DELETE FROM log.erasure WHERE entry_id = %s", one)
        assert [one.position for one in _audit(whole, hand.connection).faults] == [5, 6]


def test_an_entry_added_later_with_an_earlier_time_is_told(whole: Place) -> None:
    with whole.root() as root:
        root.execute(
            """INSERT INTO log.entry (id, at, verb, rule, permitted)
            SELECT max(id) + 1, now() - interval '2 days', 'open-record', 'ACD-2.work', true FROM log.entry"""
        )
    whole.catch_up()
    with whole.root() as connection:
        assert _audit(whole, connection).faults == []
        (fault,) = _audit(whole, connection, late=3600).faults
    assert fault.position == ENTRIES


def test_a_year_that_does_not_continue_the_one_before_is_told(place: Place) -> None:
    place.add(10)
    place.catch_up(year=2026)
    place.catch_up(year=2027)
    place.add(3)
    place.catch_up(year=2027)
    with place.root() as connection:
        asked = Asked(folder=place.home.log_folder, patience=0)
        both = [told for told, _ in audit_installation(LogDatabase(connection), asked)]
        assert [(told.origin[-4:], told.faults) for told in both] == [("2026", []), ("2027", [])]
    with psycopg.connect(place.dsns.root) as connection:
        connection.execute("DELETE FROM log.leaf WHERE year = 2026 AND position = 10")
        connection.execute("UPDATE log.tree SET size = 10 WHERE year = 2026")
        both = [told for told, _ in audit_installation(LogDatabase(connection), asked)]
        assert any("does not continue" in one.what for one in both[1].faults)
        connection.rollback()


def test_an_export_is_audited_elsewhere(whole: Place, tmp_path: Path) -> None:
    state = read_state(whole.folder / "checkpoint")
    head = {"checkpoint": state.note, "keys": [], "witnesses": []}
    for name, fields in (("hashes.jsonl", False), ("fields.jsonl.gz", True)):
        path = tmp_path / name
        with whole.root() as connection, opened_file(path, "x") as file:
            written = write_export(
                connection, file, head=head, year=int(whole.folder.name), size=ENTRIES, fields=fields
            )
        assert (written, path.stat().st_mode & 0o777) == (ENTRIES, 0o600)
        ((told, _, _),) = audit_export(path, Asked(folder=tmp_path, known=tuple(_taken(whole))))
        assert (told.size, told.faults, told.agreed) == (ENTRIES, [], ENTRIES)
        with opened_file(path, "r") as file:
            lines = file.readlines()
        assert ("Jo Doe" in "".join(lines)) == fields
    place_7 = json.loads(lines[8])
    assert place_7["position"] == 7
    place_7["fields"]["verb"]["value"] = "sign-in"
    for change, position in (
        (json.dumps(place_7) + "\n", 7),
        (lines[8].replace('"entry": "{', '"entry": " {'), 7),
        (json.dumps({"position": 7, "leaf": "00" * 32}) + "\n", 0),
    ):
        path = tmp_path / "changed.jsonl"
        path.write_text("".join([*lines[:8], change, *lines[9:]]))
        ((told, _, _),) = audit_export(path, Asked(folder=tmp_path))
        assert told.faults[0].position == position
    path.write_text("".join(lines[:-1]))
    ((told, _, _),) = audit_export(path, Asked(folder=tmp_path))
    assert "there are 289" in told.faults[0].what


def test_consistency_between_any_two_checkpoints(whole: Place) -> None:
    """Of two that were kept, the larger extends the smaller, or the audit says between which the change lies."""
    early = _taken(whole)[0]
    whole.add(50)
    whole.catch_up()
    late = replace(_taken(whole)[0], name="later")
    with whole.root() as connection:
        assert _audit(whole, connection, early, late).agreed == late.checkpoint.size
    with _hand(whole, random.Random(1)) as hand:
        hand.run(
            "UPDATE log.entry SET verb = 'sign-in' WHERE id = (SELECT entry_id FROM log.leaf WHERE position = %s)",
            ENTRIES + 5,
        )
        hand.rehash()
        hand.rewrite_tiles()
        told = _audit(whole, hand.connection, early, late)
    (fault,) = [one for one in told.faults if one.what.startswith("later")]
    assert (fault.position, told.agreed) == (ENTRIES, ENTRIES)
