"""Import: a line that is lost on the way costs a second try; a database that will not take it is told, with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.gate.world import World
from tests.import_.conftest import House, Write, counts
from tests.import_.resources import condition, patient, transaction


@contextmanager
def hanging_up(world: World, *, times: int) -> Iterator[None]:
    """End the line that stores a version, so many times."""
    world.run("CREATE SEQUENCE record.hung_up")
    world.run(
        f"""CREATE FUNCTION record.hang_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        IF nextval('record.hung_up') <= {times} THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$"""
    )
    world.run("GRANT EXECUTE ON FUNCTION record.hang_up TO unidossier_store")
    world.run(
        "CREATE TRIGGER hang_up BEFORE INSERT ON record.version FOR EACH STATEMENT EXECUTE FUNCTION record.hang_up()"
    )
    try:
        yield
    finally:
        world.run("DROP FUNCTION record.hang_up() CASCADE")
        world.run("DROP SEQUENCE record.hung_up")


def test_a_line_lost_once_loses_nothing(house: House, write: Write) -> None:
    path = write("a.json", transaction(patient(), condition()))
    with hanging_up(house.world, times=1):
        assert counts(house.take(path)) == {"created": 2}
    assert counts(house.take(path)) == {"unchanged": 2}


def test_a_line_lost_twice_is_told_and_the_file_can_be_sent_again(house: House, write: Write) -> None:
    path = write("a.json", transaction(patient(), condition()))
    with hanging_up(house.world, times=2):
        report = house.take(path)
    assert {(one.code, one.reason) for one in report.refused} == {
        ("transient", "the database did not take it; import the file again")
    }
    assert house.versions() == []
    assert counts(house.take(path)) == {"created": 2}
