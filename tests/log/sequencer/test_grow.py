"""The tree grows by committed entries, each once, whatever happens in between (LOG-3)."""

import psycopg
import pytest

from tests.log.sequencer.place import ADD, Place
from unidossier.log.sequencer.files import YearFiles, parse_checkpoint
from unidossier.log.sequencer.grow import AnotherSequencer, Sequencer
from unidossier.log.sequencer.keys import open_keys, published
from unidossier.log.tree.merkle import entry_digest, entry_leaf, nodes_of, root_of


def check_whole(place: Place) -> int:
    """Check files against database: same hashes, same root, signed, every entry once. Returns the size."""
    leaves = [bytes(row[0]) for row in place.rows("SELECT hash FROM log.leaf ORDER BY year, position")]
    files = YearFiles(place.folder)
    note = files.note()
    assert note is not None and open_keys(place.home).signed(note)
    head = parse_checkpoint(note)
    assert head.size == len(leaves)
    assert list(files.tiles.leaves(0, head.size)) == leaves
    assert head.root == root_of(nodes_of(leaves), len(leaves)) == files.root(head.size, held=head.size)
    assert place.rows("SELECT size, root, checkpoint FROM log.tree") == [(head.size, head.root, str(note))]
    assert place.missing() == []
    return head.size


def test_every_entry_gets_its_leaf_and_a_signature(place: Place) -> None:
    place.add(130)
    place.catch_up()
    assert check_whole(place) == 131  # and the entry that tells of the key
    place.add(1)
    place.catch_up()
    assert check_whole(place) == 132
    assert published(place.home) == (open_keys(place.home).keys[0].signer.verifier,)


def test_the_leaf_is_the_hash_of_what_the_database_says_of_the_entry(place: Place) -> None:
    place.add(3)
    place.catch_up()
    rows = place.rows(
        "SELECT log.opening_key(e.salt, 'leaf'), log.canonical(e), log.digest(e), l.hash FROM log.entry e JOIN log.leaf l ON l.entry_id = e.id"
    )
    assert len(rows) == 4
    for salt, canonical, digest, leaf in rows:
        assert entry_digest(salt, canonical.encode()) == digest
        assert entry_leaf(digest) == leaf


def test_a_late_commit_is_not_lost(place: Place) -> None:
    """LOG-3: by `id > last` it would be."""
    with psycopg.connect(place.dsns.root) as late:
        early = late.execute(ADD, (1,)).fetchall()[0][0]
        place.add(20)
        place.catch_up()
        integrated = {row[0] for row in place.rows("SELECT entry_id FROM log.leaf")}
        last = max([0, *integrated])
        seen_by_number = {row[0] for row in place.rows("SELECT id FROM log.entry WHERE id > %s", last)}
        naive_last = max(row[0] for row in place.rows("SELECT id FROM log.entry"))
        late.commit()
    assert early not in integrated | seen_by_number
    assert not place.rows("SELECT id FROM log.entry WHERE id > %s AND id = %s", naive_last, early), (
        "a reader by number loses it"
    )
    place.catch_up()
    check_whole(place)
    assert place.rows("SELECT 1 FROM log.leaf WHERE entry_id = %s", early)


def test_a_second_sequencer_waits(place: Place) -> None:
    with place.sequencer():
        with pytest.raises(AnotherSequencer), place.sequencer():
            pass
        other = Place(place.dsns, place.sequencer_dsn, type(place.home)(place.home.path / "other").prepare())
        with pytest.raises(AnotherSequencer, match="this database"), other.sequencer():
            pass
    place.wait_until_free()
    with place.sequencer():
        pass


@pytest.mark.parametrize("step", ["write_tiles", "sign", "put_checkpoint", "tell"])
@pytest.mark.parametrize("done", [False, True])
def test_ended_at_any_step_it_goes_on_without_gap_or_double(place: Place, step: str, done: bool) -> None:
    class Ended(Exception):
        pass

    def end(self: Sequencer, *values: object) -> None:
        if done:
            getattr(super(Ending, self), step)(*values)
        raise Ended

    Ending = type("Ending", (Sequencer,), {step: end})
    place.add(70)
    place.catch_up()
    for count in (1, 260, 50, 7):
        place.add(count)
        with pytest.raises(Ended), place.sequencer(kind=Ending) as sequencer:
            sequencer.step()
    place.catch_up()
    assert check_whole(place) == 1 + 70 + 318
    assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]


def test_the_role_reads_no_table_and_calls_its_functions_alone(place: Place) -> None:
    with psycopg.connect(place.sequencer_dsn, autocommit=True) as connection:
        tables = place.rows(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN ('log', 'gate', 'record', 'registry', 'relations', 'cases', 'notices')"
        )
        assert len(tables) > 40
        for (table,) in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"TABLE {table}")
        callable_ = connection.execute(
            """SELECT p.proname FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('log', 'gate', 'record', 'registry', 'relations', 'cases', 'notices')
               AND has_schema_privilege(p.pronamespace, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1"""
        ).fetchall()
    assert [row[0] for row in callable_] == sorted(
        [
            "trees",
            "pending",
            "unplaced",
            "settle",
            "leaves",
            "integrate",
            "begin_year",
            "note",
            "note_restore",
            "note_trouble",
        ]
    )


def test_every_column_of_an_entry_is_sealed(place: Place) -> None:
    columns = {
        row[0]
        for row in place.rows(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'log.entry'::regclass AND attnum > 0 AND NOT attisdropped"
        )
    }
    place.add(1)
    sealed = place.rows("SELECT jsonb_object_keys(log.canonical(e)::jsonb -> 'sealed') FROM log.entry e")
    assert {row[0] for row in sealed} == columns - {"id", "xid", "salt"}


def test_the_tree_that_another_reading_of_its_size_would_grow_is_refused(place: Place) -> None:
    place.add(3)
    tree = place.catch_up()
    with (
        psycopg.connect(place.sequencer_dsn, autocommit=True) as connection,
        pytest.raises(psycopg.Error) as told,
    ):
        connection.execute(
            "SELECT log.integrate(%s::smallint, 1, '{}', '{}', sha256(''), 'x', NULL, NULL)", (tree.year,)
        )
    assert told.value.sqlstate == "UD011"
