"""What an open page may learn: counters, never whose they are or whether they exist (ACD-7, ACD-8)."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest

from tests.gate.reader import Reader, grant_values
from tests.gate.scene import NO_PRIVILEGE, Scene, make_scene
from tests.gate.world import World

GRANT = "SELECT allowed, lasts, subjects, epochs::bigint FROM gate.grant_access(%s, %s, %s, %s, %s, %s, %s)"
LIST = "SELECT allowed, lasts, subjects, epochs::bigint FROM gate.grant_list(%s, 'list-patients', '{}', %s)"
WATCH = "SELECT subject, epoch FROM gate.watch(%s)"


@pytest.fixture
def scene(world: World, reader: Reader) -> Scene:
    return make_scene(world, reader)


def asked(scene: Scene, patient: object) -> tuple:
    values = grant_values(scene.secret, patient, uuid4().bytes, verb="open-record")  # type: ignore[arg-type]
    row = scene.reader.grants.execute(GRANT, values).fetchone()
    assert row is not None
    return row


def listed(scene: Scene) -> tuple:
    row = scene.reader.grants.execute(LIST, (scene.secret, sha256(uuid4().bytes).digest())).fetchone()
    assert row is not None
    return row


def counted(scene: Scene, subjects: list) -> dict:
    return dict(scene.reader.grants.execute(WATCH, (subjects,)).fetchall())


def test_a_permitted_grant_tells_whose_rights_it_stands_on(scene: Scene):
    for allowed, lasts, subjects, epochs in (asked(scene, scene.treated), listed(scene)):
        assert allowed and lasts is not None
        assert {scene.treated, scene.physician.person} < set(subjects)
        assert sum(counted(scene, subjects).values()) == epochs


def test_a_list_tells_of_nobody_whom_it_does_not_show(scene: Scene):
    """How many it leaves out would stand in the length of what the page carries (ACD-8)."""
    before = listed(scene)
    hidden = scene.world.patient()
    scene.world.relation(hidden, scene.physician)
    assert hidden in listed(scene)[2]
    scene.world.exclude(hidden, scene.physician.person)
    _, _, subjects, epochs = listed(scene)
    assert set(subjects) == set(before[2])
    assert sum(counted(scene, subjects).values()) == epochs


def test_a_refused_grant_tells_nothing_of_it(scene: Scene):
    for patient in (scene.stranger, uuid4()):
        assert asked(scene, patient) == (False, None, None, None)


def test_the_sum_grows_with_every_change(scene: Scene):
    _, _, subjects, epochs = asked(scene, scene.treated)
    scene.world.exclude(scene.treated, scene.world.person())
    assert sum(counted(scene, subjects).values()) == epochs + 1
    scene.world.exclude(scene.stranger, scene.physician.person)
    assert sum(counted(scene, subjects).values()) == epochs + 1


def test_who_is_absent_counts_like_who_never_changed(scene: Scene):
    never = scene.world.patient()
    assert counted(scene, [never, absent := uuid4()]) == {never: 0, absent: 0}


def test_counters_are_all_that_is_told(scene: Scene):
    described = scene.reader.grants.execute(WATCH, ([],)).description
    assert described is not None and [column.name for column in described] == ["subject", "epoch"]
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.grants.execute("SELECT * FROM gate.epoch")
    assert refusal.value.sqlstate == NO_PRIVILEGE


def test_a_gesture_lengthens_no_fact(scene: Scene):
    """Idle time is counted anew at each gesture; what a page stands on ends by facts alone."""
    _, before, *_ = asked(scene, scene.treated)
    scene.world.run(
        "UPDATE gate.session SET seen_at = seen_at - interval '5 minutes' WHERE person_id = %s",
        scene.physician.person,
    )
    _, after, *_ = asked(scene, scene.treated)
    assert after == before


def test_an_idle_session_still_ends(scene: Scene):
    scene.world.run(
        "UPDATE gate.session SET seen_at = seen_at - interval '1 hour', started_at = started_at - interval '1 hour' WHERE person_id = %s",
        scene.physician.person,
    )
    assert asked(scene, scene.treated)[0] is False
    assert listed(scene)[0] is False
    scene.world.run(
        "UPDATE gate.session SET seen_at = clock_timestamp() - idle + interval '20 seconds' WHERE person_id = %s",
        scene.physician.person,
    )
    assert asked(scene, scene.treated)[0] is True
    [(left,)] = scene.world.run(
        "SELECT extract(epoch FROM max(expires_at) - clock_timestamp()) FROM gate.live WHERE person_id = %s",
        scene.physician.person,
    )
    assert left <= 20, "a grant outlives the session"


UNTIL = "UPDATE relations.exclusion SET until_at = now() + %s::interval WHERE id = %s"


@pytest.mark.parametrize(
    ("ends", "minutes"),
    [((10,), 10), ((30,), 20), ((10, 15), 15), ((10, None), 20)],
    ids=["exclusion first", "lifting first", "the last of two exclusions", "one without an end"],
)
def test_a_lifting_counts_as_long_as_there_is_something_to_lift(scene: Scene, ends: tuple, minutes: int):
    """EXC-7: when the exclusion is over, something behind it may be closed, for instance to those outside (CON-10)."""
    for one in ends:
        made = scene.world.exclude(scene.treated, scene.physician.person)
        if one:
            scene.world.run(UNTIL, f"{one} minutes", made)
    assert not asked(scene, scene.treated)[0]
    scene.world.lift(scene.treated, scene.physician.person, ends=datetime.now(UTC) + timedelta(minutes=20))
    allowed, lasts, *_ = asked(scene, scene.treated)
    assert allowed
    assert abs(lasts - datetime.now(UTC) - timedelta(minutes=minutes)) < timedelta(minutes=1)


def test_a_lifting_does_not_last_to_the_end_of_an_exclusion_to_come(scene: Scene):
    """EXC-7: between the two, what stands behind the exclusion decides."""
    minutes = timedelta(minutes=1)
    for begins, ends in ((0, 10), (12, 30)):
        made = scene.world.exclude(scene.treated, scene.physician.person)
        scene.world.run(
            "UPDATE relations.exclusion SET from_at = now() + %s, until_at = now() + %s WHERE id = %s",
            *(begins * minutes, ends * minutes, made),
        )
    scene.world.lift(scene.treated, scene.physician.person, ends=datetime.now(UTC) + 20 * minutes)
    allowed, lasts, *_ = asked(scene, scene.treated)
    assert allowed and abs(lasts - datetime.now(UTC) - 10 * minutes) < minutes
