"""What a good grant must not show: other records, others' drafts, what is held back (REC-10, CON-10, MY-5).

Each row that must stay hidden stands beside one of the same record that is shown.
"""

import os
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest

from tests.gate.scene import Scene
from tests.gate.world import FOR_EVER, LONG_AGO
from unidossier.kernel.category import Category

SELECT = "SELECT id FROM record.item"


def _shown(scene: Scene, token: bytes) -> set[UUID]:
    return {item for (item,) in scene.reader.read(token, SELECT)}


# queries under a grant for one record that aim at the other
AIMS = {
    "by name": "SELECT title FROM record.item WHERE patient_id = %(stranger)s",
    "by item": "SELECT title FROM record.item WHERE id = %(item)s",
    "by negation": "SELECT title FROM record.item WHERE patient_id <> %(treated)s",
    "by or": "SELECT title FROM record.item WHERE id = %(item)s OR true AND patient_id <> %(treated)s",
    "by title": "SELECT title FROM record.item WHERE title LIKE 'Report%%' AND patient_id <> %(treated)s",
    "by self join": (
        "SELECT b.title FROM record.item a JOIN record.item b ON a.category = b.category"
        " WHERE b.patient_id <> a.patient_id"
    ),
    "demographics": "SELECT family FROM registry.patient WHERE id = %(stranger)s",
    "numbers": "SELECT value FROM registry.patient_identifier WHERE patient_id = %(stranger)s",
    "relations": "SELECT kind FROM relations.relation WHERE patient_id <> %(treated)s",
    "presence": "SELECT institution_id FROM record.presence WHERE patient_id <> %(treated)s",
    "content": "SELECT resource FROM record.version WHERE item_id = %(item)s",
    "attachments": "SELECT name FROM record.attachment WHERE patient_id <> %(treated)s",
    "appointments": "SELECT reason FROM relations.appointment WHERE patient_id <> %(treated)s",
    "stays": "SELECT bed FROM relations.stay WHERE patient_id <> %(treated)s",
    "persons": "SELECT family FROM registry.person WHERE NOT professional",
}


@pytest.mark.parametrize("name", AIMS)
def test_a_grant_for_one_record_shows_nothing_of_another(
    scene: Scene, filled: None, record_property, name: str
):
    record_property("attacks", 1)
    granted = scene.readable_grant(items=[scene.treated_item, scene.stranger_item])
    values = {"stranger": scene.stranger, "treated": scene.treated, "item": scene.stranger_item}
    with scene.reader.reading(granted.token) as connection:
        assert connection.execute(AIMS[name], values).fetchall() == []


# functions that tell what they see by failing or by notices; the planner likes to run the cheap ones early
LEAKS = {
    "division": "SELECT 1 / (CASE WHEN id = '{item}' THEN 0 ELSE 1 END) FROM record.item",
    "division in WHERE": "SELECT 1 FROM record.item WHERE 1 / (id <> '{item}')::int = 1",
    "division by the patient": "SELECT 1 FROM record.item WHERE 1 / (patient_id <> '{stranger}')::int = 1",
    "cast in WHERE": "SELECT 1 FROM record.item WHERE (CASE id WHEN '{item}' THEN title ELSE '1' END)::int = 1",
    "cast in ORDER BY": "SELECT 1 FROM record.item ORDER BY (CASE id WHEN '{item}' THEN title ELSE '1' END)::int",
    "cast in a join": (
        "SELECT 1 FROM record.item i JOIN gate.category c"
        " ON c.code = (CASE WHEN i.id = '{item}' THEN i.title ELSE '9' END)::int"
    ),
    "cast of a name": "SELECT 1 FROM registry.patient WHERE (CASE id WHEN '{stranger}' THEN family END)::int = 1",
    "regular expression": "SELECT 1 FROM record.item WHERE title ~ (CASE id WHEN '{item}' THEN '(' ELSE '.' END)",
    "json": "SELECT 1 FROM record.item WHERE (CASE WHEN id = '{item}' THEN title ELSE '1' END)::jsonb = '1'",
    "substring": "SELECT substr(title, 1, CASE WHEN id = '{item}' THEN -1 ELSE 1 END) FROM record.item",
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_function_that_leaks_sees_only_what_is_shown(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    granted = scene.readable_grant()
    hidden = LEAKS[name].format(item=scene.stranger_item, stranger=scene.stranger)
    scene.reader.read(granted.token, hidden.replace("%", "%%"))
    # the twin: aimed at what is shown, the same statement does fail
    shown = LEAKS[name].format(item=scene.treated_item, stranger=scene.treated)
    with pytest.raises(psycopg.errors.DataError):
        scene.reader.read(granted.token, shown.replace("%", "%%"))


@pytest.mark.parametrize("plan", ["force_generic_plan", "force_custom_plan", "auto"])
def test_a_prepared_statement_follows_the_grant(scene: Scene, record_property, plan: str):
    record_property("attacks", 1)
    other = scene.world.patient()
    scene.world.relation(other, scene.physician)
    expected = {scene.treated: scene.treated_item, other: scene.world.item(other, scene.hospital)}
    reads = scene.reader.reads
    reads.execute(f"SET plan_cache_mode = {plan}")
    reads.execute(f"PREPARE mine AS {SELECT}")
    for patient in [scene.treated, other] * 8:
        granted = scene.reader.grant(scene.secret, patient)
        with scene.reader.reading(granted.token):
            assert reads.execute("EXECUTE mine").fetchall() == [(expected[patient],)]
    reads.execute("DEALLOCATE mine")


def test_a_held_cursor_keeps_only_what_its_grant_showed(scene: Scene, record_property):
    record_property("attacks", 1)
    granted = scene.readable_grant()
    with scene.reader.reading(granted.token) as connection:
        connection.execute(f"DECLARE held CURSOR WITH HOLD FOR {SELECT}")
    assert scene.reader.reads.execute("FETCH ALL FROM held").fetchall() == [(scene.treated_item,)]
    scene.reader.reads.execute("CLOSE held")


@pytest.mark.parametrize(
    "setting", ["debug_parallel_query = regress", "enable_indexscan = off", "enable_bitmapscan = off"]
)
def test_the_planner_cannot_be_bent(scene: Scene, record_property, setting: str):
    record_property("attacks", 1)
    scene.reader.reads.execute(f"SET {setting}")
    assert _shown(scene, scene.readable_grant().token) == {scene.treated_item}


# id -> (columns of an item that must be hidden from the physician of the hospital, whose item it is)
HIDDEN_FROM_OTHER_HOUSES = {
    "draft": {"status": "draft"},
    "internal only": {"internal_only": True},
    "internal draft": {"status": "draft", "internal_only": True},
}


@pytest.mark.parametrize("name", HIDDEN_FROM_OTHER_HOUSES)
def test_other_houses_keep_their_own(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    columns = HIDDEN_FROM_OTHER_HOUSES[name]
    elsewhere = scene.world.institution()
    hidden = scene.world.item(scene.treated, elsewhere, **columns)
    own = scene.world.item(scene.treated, scene.hospital, **columns)
    final = scene.world.item(scene.treated, elsewhere)
    granted = scene.grant(items=[hidden, own, final])
    assert _shown(scene, granted.token) == {scene.treated_item, own, final}
    contents = {row[0] for row in scene.reader.read(granted.token, "SELECT item_id FROM record.version")}
    assert contents == {own, final}


@pytest.mark.parametrize(
    "function", ["practical-nurse", "pharmacist-hospital", "physiotherapist", "reception"]
)
def test_a_function_sees_its_own_categories(scene: Scene, record_property, function: str):
    record_property("attacks", 1)
    items = {
        category: scene.world.item(scene.treated, scene.hospital, category=int(category))
        for category in Category
    }
    worker = scene.world.worker(function, scene.hospital)
    scene.world.relation(scene.treated, worker)
    granted = scene.reader.grant(scene.world.session(worker), scene.treated, items=list(items.values()))
    may = {
        Category(code)
        for (code,) in scene.world.run(
            "SELECT category FROM gate.rights WHERE function = %s AND action = 'read'", function
        )
    }
    assert may < set(Category)
    assert _shown(scene, granted.token) - {scene.treated_item} == {items[category] for category in may}
    contents = {row[0] for row in scene.reader.read(granted.token, "SELECT item_id FROM record.version")}
    assert contents == {items[category] for category in may}


def test_a_relation_opens_no_more_than_its_categories(scene: Scene, record_property):
    record_property("attacks", 1)
    laboratory = scene.world.item(scene.treated, scene.hospital, category=int(Category.LABORATORY))
    biologist = scene.world.worker("specialist", scene.hospital)
    scene.world.relation(scene.treated, biologist, kind="order", categories=Category.LABORATORY.bit)
    granted = scene.reader.grant(scene.world.session(biologist), scene.treated)
    assert _shown(scene, granted.token) == {laboratory}


def test_content_needs_an_entry_that_names_the_item(scene: Scene, record_property):
    record_property("attacks", 1)
    select = "SELECT item_id FROM record.version"
    assert scene.reader.read(scene.readable_grant().token, select) == []
    named = scene.grant(items=[scene.treated_item], verb="open-item")
    assert scene.reader.read(named.token, select) == [(scene.treated_item,)]


def test_the_patient_sees_no_draft_and_nothing_held_back(scene: Scene, record_property):
    record_property("attacks", 2)
    draft = scene.world.item(scene.treated, scene.hospital, status="draft")
    held = scene.world.item(scene.treated, scene.hospital, held_until=FOR_EVER, held_reason="bad news first")
    free = scene.world.item(scene.treated, scene.hospital, held_until=LONG_AGO)
    internal = scene.world.item(scene.treated, scene.hospital, internal_only=True)
    granted = scene.reader.grant(scene.world.own_session(scene.treated), scene.treated, items=[draft, held])
    assert _shown(scene, granted.token) == {scene.treated_item, free, internal}
    assert scene.reader.read(granted.token, "SELECT * FROM record.version") == []


def test_a_representative_does_not_see_what_is_confidential(scene: Scene, record_property):
    record_property("attacks", 1)
    secret = scene.world.item(scene.treated, scene.hospital, confidential=True)
    guardian = scene.world.person(professional=False)
    scene.world.represent(scene.treated, guardian, kind="legal")
    session = scene.world.representative_session(guardian)
    granted = scene.reader.grant(session, scene.treated, items=[secret])
    assert _shown(scene, granted.token) == {scene.treated_item}
    assert scene.reader.read(granted.token, "SELECT * FROM record.version") == []


def test_a_machine_sees_its_own_institution_alone(scene: Scene, record_property):
    record_property("attacks", 1)
    other = scene.world.item(scene.treated, scene.world.institution())
    machine = scene.world.worker("machine", scene.hospital)
    session = scene.world.session(machine, purpose="exchange", face="api")
    granted = scene.reader.grant(session, scene.treated, verb="fhir-read", items=[other])
    assert _shown(scene, granted.token) == {scene.treated_item}


WRITE_ONLY = (
    *("registry.patient", "registry.patient_identifier", "relations.relation", "relations.appointment"),
    *("relations.stay", "record.item", "record.presence", "relations.representation"),
)


@pytest.mark.parametrize("table", WRITE_ONLY)
def test_planning_and_delivering_show_nothing(scene: Scene, record_property, table: str):
    record_property("attacks", 2)
    scene.world.appointment(scene.stranger, scene.hospital)
    scene.world.stay(scene.stranger, scene.hospital)
    scene.world.relation(scene.stranger, scene.world.worker("specialist", scene.hospital))
    scene.world.represent(scene.stranger, scene.world.person(professional=False), kind="legal")
    machine = scene.world.session(scene.world.worker("machine", scene.hospital), purpose="exchange")
    for session, verb in ((scene.secret, "plan"), (machine, "deliver")):
        granted = scene.reader.grant(session, scene.stranger, verb=verb)
        assert granted.allowed
        try:
            assert scene.reader.read(granted.token, f"SELECT count(*) FROM {table}") == [(0,)], verb
        except psycopg.Error as refusal:
            assert refusal.sqlstate == "UD002"


def test_a_laboratory_order_does_not_show_the_agenda(scene: Scene, record_property):
    record_property("attacks", 1)
    scene.world.appointment(scene.treated, scene.hospital)
    scene.world.stay(scene.treated, scene.hospital)
    agenda = "SELECT id FROM relations.appointment UNION ALL SELECT id FROM relations.stay"
    assert len(scene.reader.read(scene.grant().token, agenda)) == 2
    biologist = scene.world.worker("specialist", scene.hospital)
    scene.world.relation(scene.treated, biologist, kind="order", categories=Category.LABORATORY.bit)
    granted = scene.reader.grant(scene.world.session(biologist), scene.treated)
    assert scene.reader.read(granted.token, agenda) == []


def test_the_patients_log_names_no_other_patient(scene: Scene, record_property):
    record_property("attacks", 1)
    other = scene.world.patient()
    scene.world.relation(other, scene.physician)
    token = os.urandom(32)
    scene.reader.grants.execute(
        "SELECT gate.grant_list(%s, 'list-patients', '{\"name\": \"roe\"}', %s)",
        (scene.secret, sha256(token).digest()),
    )
    own = scene.reader.grant(scene.world.own_session(scene.treated), scene.treated, verb="who-looked")
    shown = scene.reader.read(
        own.token, "SELECT row_to_json(a)::text FROM gate.accesses('{}') a WHERE in_list"
    )
    assert len(shown) == 1
    assert str(other) not in shown[0][0]
    for column in ("patients", "detail", "salt", "session_id", "glass_text"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            scene.reader.read(own.token, f"SELECT {column} FROM log.entry")
    for table in ("log.entry", "log.listed"):  # as each institution presents its people, never raw (MY-15)
        with pytest.raises(psycopg.Error) as refusal:
            scene.reader.read(own.token, f"SELECT person_name FROM {table}")
        assert refusal.value.sqlstate == "UD002"
