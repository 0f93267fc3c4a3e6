"""A change of rights, confirmed between two statements of one transaction, is obeyed by the second (ACD-7).

Each change is committed by somebody else while the reader's transaction is open. Before it the reader reads
(the twin), after it he must get an error, not an old page and not an empty one.
"""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.gate.scene import NO_GRANT, STALE_GRANT, Scene
from tests.gate.world import hours

Change = Callable[[Scene], object]
SELECT = "SELECT title FROM record.item"


def _run(statement: str) -> Change:
    """Change something by one statement; $patient and $person stand for the two of the scene."""

    def change(scene: Scene) -> None:
        values = {"patient": scene.treated, "person": scene.physician.person, "house": scene.hospital}
        named = statement
        for name, value in values.items():
            named = named.replace(f"${name}", f"'{value}'")
        scene.world.run(named)

    return change


def _exclude(scene: Scene) -> None:
    scene.world.exclude(scene.treated, scene.physician.person)


def _exclude_absolutely(scene: Scene) -> None:
    scene.world.exclude(scene.treated, scene.physician.person, absolute=True, source="federal")


CHANGES: dict[str, Change] = {
    "exclusion": _exclude,
    "absolute exclusion": _exclude_absolutely,
    "exclusion of somebody else of the record": lambda scene: scene.world.exclude(
        scene.treated, scene.world.person()
    ),
    "relation withdrawn": _run(
        "UPDATE relations.relation SET state = 'withdrawn' WHERE patient_id = $patient"
    ),
    "relation suspended": _run(
        "UPDATE relations.relation SET state = 'suspended' WHERE patient_id = $patient"
    ),
    "relation ended": _run("UPDATE relations.relation SET ends_at = now() WHERE patient_id = $patient"),
    "relation narrowed": _run("UPDATE relations.relation SET categories = 1 WHERE patient_id = $patient"),
    "relation deleted": _run("DELETE FROM relations.relation WHERE patient_id = $patient"),
    "relation moved to another record": _run(
        "UPDATE relations.relation SET patient_id = gen_random_uuid() WHERE patient_id = $patient"
    ),
    "death": _run("UPDATE registry.patient SET deceased_at = now() WHERE id = $patient"),
    "refusal of all outside access": _run(
        "UPDATE registry.patient SET refuses_outside = true WHERE id = $patient"
    ),
    "merged into another record": _run(
        "UPDATE registry.patient SET merged_into = gen_random_uuid() WHERE id = $patient"
    ),
    "employment ended": _run("UPDATE registry.employment SET until_at = now() WHERE person_id = $person"),
    "function changed": _run("UPDATE registry.employment SET function = 'billing' WHERE person_id = $person"),
    "employment deleted": _run("DELETE FROM registry.employment WHERE person_id = $person"),
    "human being recognised": _run(
        "UPDATE registry.person SET human_id = gen_random_uuid() WHERE id = $person"
    ),
    "setting of an institution": lambda scene: scene.world.setting(
        scene.hospital, name="log.presentation", value="named"
    ),
    "new function table": _run(
        "INSERT INTO gate.rights_version SELECT max(version) + 1, now() + interval '1 year', 'test', 'test'"
        " FROM gate.rights_version"
    ),
    "session closed": lambda scene: scene.reader.grants.execute(
        "SELECT gate.close_session(%s)", (scene.secret,)
    ),
    "institution leaves the network": _run(
        "UPDATE registry.institution SET network = false WHERE id = $house"
    ),
    "team emptied": lambda scene: scene.world.run(
        "DELETE FROM registry.duty WHERE person_id = %s", scene.physician.person
    ),
    "lifting made": lambda scene: scene.world.lift(scene.treated, scene.physician.person, ends=hours(1)),
}


@pytest.fixture
def same_table_after(scene: Scene) -> Iterator[None]:
    """The function table is one for all tests of this process: the version that a test made is taken back."""
    yield
    scene.world.run("DELETE FROM gate.rights_version WHERE made_by = 'test'")


@pytest.mark.usefixtures("same_table_after")
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_between_two_statements_is_obeyed(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    scene.world.duty(scene.physician.person, team=scene.world.team(scene.hospital))
    granted = scene.grant()
    with pytest.raises(psycopg.Error) as refusal, scene.reader.reading(granted.token) as connection:
        assert connection.execute(SELECT).fetchall()
        CHANGES[name](scene)
        connection.execute(SELECT)
    assert refusal.value.sqlstate == STALE_GRANT


@pytest.mark.parametrize("name", ["exclusion", "death", "relation withdrawn", "session closed"])
def test_a_change_before_the_read_is_obeyed(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    granted = scene.readable_grant()
    CHANGES[name](scene)
    with pytest.raises(psycopg.Error) as refusal:
        scene.titles(granted.token)
    assert refusal.value.sqlstate == STALE_GRANT


def test_a_change_that_is_rolled_back_changes_nothing(scene: Scene):
    granted = scene.readable_grant()
    with psycopg.connect(scene.world.dsns.root) as elsewhere:
        elsewhere.execute(
            "UPDATE relations.relation SET state = 'withdrawn' WHERE patient_id = %s", (scene.treated,)
        )
        assert scene.titles(granted.token)
        elsewhere.rollback()
    assert scene.titles(granted.token)


def test_a_change_for_another_record_changes_nothing(scene: Scene):
    granted = scene.readable_grant()
    scene.world.exclude(scene.stranger, scene.physician.person)
    assert scene.titles(granted.token)


# What ends by the clock: nobody changes anything, and yet access is over at that instant (ACD-4).
ENDINGS: dict[str, Change] = {
    "relation": _run(
        "UPDATE relations.relation SET ends_at = clock_timestamp() + interval '0.8 s'"
        " WHERE patient_id = $patient"
    ),
    "employment": _run(
        "UPDATE registry.employment SET until_at = clock_timestamp() + interval '0.8 s'"
        " WHERE person_id = $person"
    ),
    "session": _run(
        "UPDATE gate.session SET ends_at = clock_timestamp() + interval '0.8 s' WHERE person_id = $person"
    ),
    "idle session": _run("UPDATE gate.session SET seen_at = now(), idle = '0.8 s' WHERE person_id = $person"),
    "coming exclusion": lambda scene: scene.world.run(
        "UPDATE relations.exclusion SET from_at = clock_timestamp() + interval '0.8 s' WHERE id = %s",
        scene.world.exclude(scene.treated, scene.physician.person),
    ),
}


# a grant is itself a sign of life: only asking again can find a session idle
@pytest.mark.parametrize("name", sorted(ENDINGS.keys() - {"idle session"}))
def test_a_grant_does_not_outlive_what_it_stands_on(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    ENDINGS[name](scene)
    granted = scene.readable_grant()
    scene.world.run("SELECT pg_sleep(0.9)")
    with pytest.raises(psycopg.Error) as refusal:
        scene.titles(granted.token)
    assert refusal.value.sqlstate in {NO_GRANT, STALE_GRANT}


@pytest.mark.parametrize("name", ENDINGS)
def test_an_old_transaction_does_not_turn_back_the_clock(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    ENDINGS[name](scene)
    with scene.reader.grants.transaction():
        scene.reader.grants.execute("SELECT 1")
        assert scene.grant().allowed, "the twin: before the end the gate permits"
        scene.world.run("SELECT pg_sleep(0.9)")
        assert not scene.reader.grant(scene.secret, scene.treated).allowed
