"""Files and database that tell two histories: brought together where that is honest, refused where it is not (LOG-3)."""

import shutil
from pathlib import Path

import psycopg
import pytest

from tests.gate.server import Dsns
from tests.log.sequencer.place import Place, place_on
from tests.log.sequencer.test_grow import check_whole
from unidossier.database.server import EmbeddedServer
from unidossier.log.sequencer.files import YearFiles, parse_checkpoint
from unidossier.log.sequencer.grow import Sequencer
from unidossier.log.sequencer.keys import SigningKeyMissing
from unidossier.log.sequencer.reconcile import LogContradicts
from unidossier.log.tree.merkle import nodes_of, root_of
from unidossier.log.tree.note import ED25519, Checkpoint, Ed25519PrivateKey, Signer


def copy_database(place: Place, server: EmbeddedServer, *, name: str, home: Path) -> Place:
    """Give a copy of the database as it is now, as a dump restored later would be, with another home."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        old = psycopg.conninfo.conninfo_to_dict(place.dsns.root)["dbname"]
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {old}")
    return place_on(Dsns.of(server, dbname=name), home)


def move_log(place: Place, to: Place) -> None:
    """The log folder and the keys survived; the database is another."""
    for source, target in (
        (place.home.log_folder, to.home.log_folder),
        (place.home.signing, to.home.signing),
    ):
        shutil.copytree(source, target)


@pytest.mark.parametrize("pending_at_backup", [0, 4])
def test_a_database_of_an_earlier_moment_goes_on_from_the_outside_head(
    place: Place, database_server: EmbeddedServer, tmp_path: Path, pending_at_backup: int
) -> None:
    place.add(60)
    place.catch_up()
    kept = place.add(pending_at_backup)  # in the backup, not yet in its tree
    name = f"log_restored_{pending_at_backup}"
    restored = copy_database(place, database_server, name=name, home=tmp_path / "restored")
    lost = place.add(300)
    size = place.catch_up().size
    head = (place.folder / "checkpoint").read_bytes()
    move_log(place, restored)
    fresh = restored.add(5)
    with restored.sequencer() as sequencer:
        assert (restored.folder / "checkpoint").read_bytes() == head or sequencer.frontier.size > size
        while sequencer.step():
            pass
    assert check_whole(restored) == size + 5 + 1  # and the entry that tells of the restore
    assert restored.rows("SELECT from_position, to_position, lost FROM log.restored") == [(61, size, 300)]
    leaves = dict(restored.rows("SELECT position, entry_id FROM log.leaf ORDER BY position"))
    assert [leaves[61 + nth] for nth in range(pending_at_backup)] == kept
    assert list(leaves.values()).count(None) == len(lost)
    assert [leaves[size + nth] for nth in range(5)] == fresh
    assert restored.rows("SELECT verb FROM log.entry ORDER BY id DESC LIMIT 1") == [("restore-noticed",)]
    assert restored.add(1)[0] > max(lost), "no number is given twice"
    restored.catch_up()
    assert restored.rows("SELECT count(*) FROM log.restored") == [(1,)], "noticed once"


def test_the_same_cluster_taken_back_to_an_earlier_moment_goes_on_from_the_outside_head(place: Place) -> None:
    place.add(60)
    place.catch_up()
    kept = place.add(4)  # in what was recovered, not yet in its tree
    with place.root() as connection:
        connection.execute("CREATE TABLE public.earlier AS SELECT * FROM log.tree")
    place.add(130)
    size = place.catch_up().size
    with place.root() as connection:
        connection.execute("DELETE FROM log.entry WHERE id > %s", (kept[-1],))
        connection.execute("DELETE FROM log.leaf WHERE position >= 61")
        connection.execute(
            "UPDATE log.tree t SET (size, root, last_xid, last_id, checkpoint) = (e.size, e.root, e.last_xid, e.last_id, e.checkpoint) FROM public.earlier e"
        )
    fresh = place.add(5)
    place.catch_up()
    assert check_whole(place) == size + 5 + 1
    leaves = dict(place.rows("SELECT position, entry_id FROM log.leaf"))
    assert [leaves[61 + nth] for nth in range(4)] == kept
    assert [leaves[size + nth] for nth in range(5)] == fresh
    assert place.rows("SELECT lost FROM log.restored") == [(130,)]


def test_entries_of_another_cluster_are_integrated_once(
    place: Place, database_server: EmbeddedServer, tmp_path: Path
) -> None:
    place.add(60)
    place.catch_up()
    place.add(9)
    with place.root() as connection:  # numbers of transactions that this cluster will not reach for long
        connection.execute(
            "UPDATE log.entry SET xid = '900000000' WHERE id NOT IN (SELECT entry_id FROM log.leaf)"
        )
        connection.execute("UPDATE log.tree SET cluster = 'another', last_xid = '900000000', last_id = 1")
    place.add(4)
    tree = place.catch_up()
    assert (tree.size, tree.is_here) == (74, True)
    place.add(3)
    place.catch_up()
    assert check_whole(place) == 77
    assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]


def test_a_lost_folder_is_made_again_with_the_root_that_was_signed(place: Place) -> None:
    place.add(700)
    place.catch_up()
    before = (place.folder / "checkpoint").read_bytes()
    shutil.rmtree(place.home.log_folder)
    with place.sequencer():
        assert (place.folder / "checkpoint").read_bytes() == before
    place.add(2)
    place.catch_up()
    assert check_whole(place) == 704  # 700, 2, and the key told twice: its file was lost with the folder


def test_a_folder_of_an_earlier_moment_is_brought_up_to_date(place: Place, tmp_path: Path) -> None:
    place.add(300)
    place.catch_up()
    shutil.copytree(place.home.log_folder, tmp_path / "earlier")
    place.add(300)
    place.catch_up()
    shutil.rmtree(place.home.log_folder)
    shutil.copytree(tmp_path / "earlier", place.home.log_folder)
    place.catch_up()
    assert check_whole(place) == 601


CHANGES = {
    "a leaf of the database": "UPDATE log.leaf SET hash = sha256('x') WHERE position = 7",
    "a leaf gone": "DELETE FROM log.leaf WHERE position = 7",
    "two leaves swapped": "UPDATE log.leaf l SET hash = o.hash FROM log.leaf o WHERE l.position + o.position = 15 AND l.position IN (7, 8)",
    "the root": "UPDATE log.tree SET root = sha256('x')",
    "the checkpoint": "UPDATE log.tree SET checkpoint = replace(checkpoint, '201', '200')",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_database_makes_no_folder(place: Place, change: str) -> None:
    place.add(200)
    place.catch_up()
    shutil.rmtree(place.home.log_folder)
    with place.root() as connection:
        assert connection.execute(CHANGES[change]).rowcount > 0
    with pytest.raises(LogContradicts), place.sequencer():
        pass
    assert not list(place.home.log_folder.glob("*/checkpoint"))


def _other_root(files: YearFiles, place: Place) -> None:
    place.rows("UPDATE log.tree SET root = sha256('x') RETURNING 1")


def _other_tile(files: YearFiles, place: Place) -> None:
    path = files.folder / "tile/0/000.p/201"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)


def _cut_tile(files: YearFiles, place: Place) -> None:
    path = files.folder / "tile/0/000.p/201"
    path.write_bytes(path.read_bytes()[:-1])


def _other_signer(files: YearFiles, place: Place) -> None:
    note = files.note()
    assert note is not None
    head = parse_checkpoint(note)
    signer = Signer(note.signatures[0][0], ED25519, Ed25519PrivateKey.generate())
    files.put_checkpoint(head.signed(signer))


def _other_log(files: YearFiles, place: Place) -> None:
    with place.sequencer() as sequencer:
        head = Checkpoint("somebody/else", sequencer.frontier.size, sequencer.frontier.root())
        files.put_checkpoint(head.signed(sequencer.keys.keys[0].signer))


def _no_checkpoint(files: YearFiles, place: Place) -> None:
    (files.folder / "checkpoint").unlink()


def _no_note(files: YearFiles, place: Place) -> None:
    (files.folder / "checkpoint").write_text("nothing\n")


@pytest.mark.parametrize(
    "change",
    [_other_root, _other_tile, _cut_tile, _other_signer, _other_log, _no_checkpoint, _no_note],
    ids=lambda one: one.__name__.strip("_"),
)
def test_nothing_is_signed_over_a_contradiction(place: Place, change) -> None:
    place.add(200)
    place.catch_up()
    files = YearFiles(place.folder)
    change(files, place)
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    place.add(1)
    with pytest.raises(LogContradicts, match=r"\."), place.sequencer() as sequencer:
        sequencer.step()
    assert {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()} == before
    assert len(place.missing()) == 1


def test_without_its_keys_a_log_is_not_signed_by_new_ones(place: Place) -> None:
    place.add(2)
    place.catch_up()
    shutil.rmtree(place.home.signing)
    with pytest.raises(SigningKeyMissing, match="backup"), place.sequencer():
        pass
    assert not list(place.home.signing.glob("*.key"))


def test_hashes_that_no_checkpoint_counts_are_taken_away(place: Place) -> None:
    class Ended(Exception):
        pass

    class Ending(Sequencer):
        def sign(self) -> str:
            raise Ended

    place.add(99)
    place.catch_up()
    place.add(300)
    with pytest.raises(Ended), place.sequencer(kind=Ending, batch=300) as sequencer:
        sequencer.step()
    with (
        place.root() as connection
    ):  # meanwhile the canonical text of entries changed: other leaves, the same places
        connection.execute(
            "UPDATE log.entry SET rule = 'other' WHERE id NOT IN (SELECT entry_id FROM log.leaf)"
        )
    with place.sequencer(batch=3) as sequencer:
        for _ in range(40):
            sequencer.step()
        size = sequencer.frontier.size
    leaves = [bytes(row[0]) for row in place.rows("SELECT hash FROM log.leaf ORDER BY position")]
    assert size == 100 + 120 == len(leaves)
    files, expected = YearFiles(place.folder), nodes_of(leaves)
    for earlier in range(1, size + 1):  # whoever still holds an earlier checkpoint reads its tree
        assert files.root(earlier, held=earlier) == root_of(expected, earlier)
    place.catch_up()
    assert check_whole(place) == 400
