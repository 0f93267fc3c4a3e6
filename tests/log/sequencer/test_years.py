"""One log a year; the first leaf of the next one names the one before (LOG-3)."""

import base64
import shutil
from pathlib import Path

from tests.log.sequencer.place import Place
from tests.log.sequencer.test_reconcile import copy_database, move_log
from unidossier.database.server import EmbeddedServer
from unidossier.log.sequencer.files import YearFiles, parse_checkpoint
from unidossier.log.sequencer.grow import Sequencer


def check_years(place: Place) -> list[int]:
    """Check each year's files against its leaves; return the sizes."""
    sizes = []
    for year, size, root in place.rows("SELECT year, size, root FROM log.tree ORDER BY year"):
        files = YearFiles(place.home.log_folder / str(year))
        head = parse_checkpoint(files.note() or "")
        assert (head.size, head.root) == (size, root)
        assert head.origin.endswith(f"/log/{year}")
        assert files.root(size, held=size) == root
        leaves = place.rows("SELECT hash FROM log.leaf WHERE year = %s ORDER BY position", year)
        assert [bytes(row[0]) for row in leaves] == list(files.tiles.leaves(0, size))
        sizes.append(size)
    return sizes


def test_a_new_year_begins_with_an_entry_that_names_the_one_before(place: Place) -> None:
    place.add(20)
    place.catch_up(year=2030)
    closing = (place.home.log_folder / "2030/checkpoint").read_text()
    place.add(7)
    place.catch_up(year=2031)
    place.add(5)
    place.catch_up(year=2033)
    assert place.missing() == []
    first = place.rows(
        """SELECT e.verb, e.detail, l.position FROM log.leaf l JOIN log.entry e ON e.id = l.entry_id WHERE l.year = 2031 AND position = 0"""
    )
    before = parse_checkpoint(closing)
    assert first == [
        (
            "log-continued",
            {
                "origin": before.origin,
                "size": before.size,
                "root": base64.b64encode(before.root).decode(),
            },
            0,
        )
    ]
    assert check_years(place) == [21, 8, 6]
    assert place.rows("SELECT year, closed_at IS NULL FROM log.tree ORDER BY year") == [
        (2030, False),
        (2031, False),
        (2033, True),
    ]


def test_the_turn_of_the_year_while_running(place: Place) -> None:
    years = [2030]
    with place.sequencer() as sequencer:
        pass
    shutil.rmtree(place.home.log_folder)
    with place.root() as connection:
        connection.execute("TRUNCATE log.tree, log.leaf CASCADE")
    with place.sequencer() as sequencer:
        sequencer.close()
        sequencer._year = lambda _: years[0]
        with place.root() as connection:
            connection.execute("TRUNCATE log.tree, log.leaf CASCADE")
        shutil.rmtree(place.home.log_folder)
        sequencer.open()
        place.add(130)
        sequencer.step()
        years[0] = 2031
        while sequencer.step():
            pass
        place.add(3)
        while sequencer.step():
            pass
    assert place.missing() == []
    assert len(check_years(place)) == 2


def test_the_clock_going_back_over_the_year_changes_nothing(place: Place) -> None:
    place.add(3)
    place.catch_up(year=2031)
    place.add(3)
    place.catch_up(year=2030)
    assert check_years(place) == [7]


def test_ended_between_the_years(place: Place) -> None:
    place.add(20)
    place.catch_up(year=2030)
    place.add(7)

    class Ended(Exception):
        pass

    for step in ("write_tiles", "put_checkpoint", "tell"):

        def end(self: Sequencer, *values: object, step: str = step) -> None:
            if self.tree.year == 2031:
                raise Ended
            getattr(Sequencer, step)(self, *values)

        ending = type("Ending", (Sequencer,), {step: end})
        try:
            with place.sequencer(kind=ending, year=2031) as sequencer:
                while sequencer.step():
                    pass
        except Ended:
            continue
    place.catch_up(year=2031)
    assert place.missing() == []
    assert check_years(place) == [21, 8]


def test_a_database_of_the_year_before_takes_up_the_files_of_this_one(
    place: Place, database_server: EmbeddedServer, tmp_path: Path
) -> None:
    place.add(20)
    place.catch_up(year=2030)
    restored = copy_database(place, database_server, name="log_year_before", home=tmp_path / "restored")
    place.add(7)
    place.catch_up(year=2030)
    place.add(5)
    place.catch_up(year=2031)
    move_log(place, restored)
    restored.add(2)
    restored.catch_up(year=2031)
    assert restored.missing() == []
    assert check_years(restored) == [28, 6 + 2 + 2]  # 2 new ones, and an entry for each year that lost some
    assert restored.rows("SELECT year, lost FROM log.restored ORDER BY 1") == [(2030, 7), (2031, 6)]
