"""No statement of the product reads a table about patients from end to end (goal G7; issue figure "no sequential scan").

The statements are the product's own (queries of record, registry, relations, log; the functions of the gate). The
database counts sequential scans itself, inside the functions too.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.gate.crowd import CODES, Crowd, make_crowd
from tests.gate.reader import Reader
from tests.gate.server import Dsns, make_database
from unidossier.database.server import EmbeddedServer
from unidossier.gate.door import Query
from unidossier.log import queries as log
from unidossier.log.queries import Chosen
from unidossier.record import queries as record
from unidossier.record.searching.across import include_told, told
from unidossier.record.searching.page import Include, Key, Search, total
from unidossier.record.searching.page import page as found_page
from unidossier.record.searching.terms import All, Entered, Fact, Found, Ids, Leads, LedTo, Not, Term
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations

# a table of a few rows (a month of the log that has not begun) is read whole by any sound plan
GUARDED = """
SELECT relid::regclass::text, seq_scan FROM pg_stat_user_tables
WHERE (SELECT reltuples FROM pg_class WHERE oid = relid) > 1000 AND (schemaname IN ('record', 'relations', 'log') OR relid::regclass::text IN (
    'registry.patient', 'registry.patient_identifier', 'registry.person', 'registry.person_identifier',
    'registry.employment', 'gate.session', 'gate.epoch')) AND seq_scan > 0"""

NOW = datetime.now(UTC)
CODE = Found((CODES[3],), keyed=True)
DATE = Fact('$."date"[*] ? (@.v >= 10 && @.w <= 400)')
LEADS = Leads(names=("part-of",), types=("Observation",), term=CODE)
LED_TO = LedTo(names=("part-of",), type="Observation", term=CODE)
ALONG = (
    Include(source="Observation", names=("part-of",)),
    Include(source="Observation", names=("part-of",), reverse=True, iterate=True),
)


def _searched(term: Term, **wanted: Any) -> Search:
    return Search(type="Observation", term=term, size=50, **wanted)


def _across(term: Term, **wanted: Any) -> dict[str, Any]:
    """Return a search over all patients of the hospital, as record.search_across takes it."""
    asked = {"type": "Observation", "term": told(term), "size": 50, "by": "entered_at", "descending": True}
    return asked | {"after": [], "includes": [], "count": False, "search": ""} | wanted


ITEM = uuid4()
SINCE = NOW - timedelta(days=300)
OPEN: dict[str, Query] = {
    "page": record.page(record.Filter()),
    "next page": record.page(record.Filter(), after=record.Place(SINCE, ITEM)),
    "page of a category": record.page(record.Filter(categories=(8, 9))),
    "page of a period": record.page(record.Filter(since=SINCE, until=NOW)),
    "search": record.page(record.Filter(text="value 12")),
    "shape": record.shape(record.Filter()),
    "summary": record.summary(),
    "latest results": record.latest_results(),
    "trend": record.trend("code3"),
    "item": record.item(ITEM),
    "parts": record.parts(ITEM),
    "versions": record.versions(ITEM),
    "attachments": record.attachments([ITEM]),
    "API: by code": found_page(_searched(CODE)),
    "API: by code and date": found_page(_searched(All((CODE, DATE)))),
    "API: all, the next page": found_page(_searched(All(), after=(NOW.isoformat(), str(ITEM)))),
    "API: in another order": found_page(_searched(CODE, keys=(Key(by="number", name="date"), Key(by="id")))),
    "API: chain": found_page(_searched(LEADS)),
    "API: _has": found_page(_searched(LED_TO)),
    "API: along": found_page(_searched(CODE, includes=ALONG)),
    "API: total": total(_searched(All((CODE, Not(DATE))))),
    "patient": registry.patient(),
    "who was merged into the patient": Query("SELECT registry.replaces()"),
    "versions of the patient": Query("SELECT * FROM registry.patient_versions((SELECT gate.patient()))"),
    "relations": relations.in_force(),
    "stays": relations.stays(),
    "agenda": relations.agenda(since=SINCE, until=NOW + timedelta(days=7)),
    "a forgotten filter": Query("SELECT count(*) FROM record.item"),
    "content without a filter": Query("SELECT count(*) FROM record.version"),
    "attachments without a filter": Query("SELECT count(*) FROM record.attachment"),
    "numbers without a filter": Query("SELECT count(*) FROM registry.patient_identifier"),
    "presence without a filter": Query("SELECT count(*) FROM record.presence"),
    "representations": Query("SELECT count(*) FROM relations.representation"),
}
LIST: dict[str, Query] = {
    "listed patients": registry.listed(),
    "agenda of many": relations.agenda(since=SINCE, until=NOW + timedelta(days=7)),
    "stays of many": relations.stays(),
}
ACROSS: dict[str, dict[str, Any]] = {
    "newest": _across(All()),
    "by code": _across(CODE),
    "by code and date": _across(All((CODE, DATE))),
    "by id": _across(Ids((ITEM,))),
    "by arrival": _across(Entered(NOW - timedelta(hours=1), None)),
    "next page": _across(All(), after=[NOW.isoformat(), str(ITEM)]),
    "along": _across(Ids((ITEM,)), includes=[include_told(one) for one in ALONG]),
    "chain": _across(Leads(names=("part-of",), types=("Observation",), term=Ids((ITEM,)))),
}
LOG: dict[str, Query] = {
    "accesses": log.visits(Chosen()),
    "accesses of machines, filtered": log.visits(Chosen(side="machines", category=8)),
    "places of accesses": log.places("people"),
    "following": log.follow("people"),
    "refused": log.refused(),
    "exclusions": Query("SELECT count(*) FROM relations.exclusion"),
}


@pytest.fixture(scope="module")
def crowd(database_server: EmbeddedServer, dsns: Dsns) -> Iterator[Crowd]:
    crowded = dsns.with_database("crowd")
    make_database(crowded, maintenance_dsn=database_server.dsn())
    made = make_crowd(crowded)
    yield made
    made.world.close()


@pytest.fixture
def crowd_reader(crowd: Crowd) -> Iterator[Reader]:
    made = Reader(crowd.world.dsns.app)
    yield made
    made.close()


def scans(crowd: Crowd, reader: Reader, work: Callable[[], object]) -> dict[str, int]:
    """Run `work` and return the guarded tables that were read from end to end, with the number of scans."""
    _wait_for_those_who_left(crowd)
    crowd.world.run("SELECT pg_stat_reset()")
    work()
    for connection in (reader.grants, reader.reads):
        connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT 1")
    return dict(crowd.world.run(GUARDED))


def _wait_for_those_who_left(crowd: Crowd) -> None:
    """Connections that were closed count what they read when they end: the counting begins after them."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    crowd.world.leave_app()
    for _ in range(200):
        crowd.world.run("SELECT pg_stat_force_next_flush()")
        ((there,),) = crowd.world.run(others)
        if there <= OF_THE_TEST:
            return
        crowd.world.run("SELECT pg_sleep(0.02)")


OF_THE_TEST = 3  # the administrator, and the two of the reader


def _list_token(crowd: Crowd, reader: Reader, secret: bytes, wanted: dict[str, str]) -> bytes:
    token = os.urandom(32)
    reader.grants.execute(
        "SELECT gate.grant_list(%s, 'list-patients', %s, %s)", (secret, Jsonb(wanted), sha256(token).digest())
    )
    return token


def _check(found: dict[str, int], record_property) -> None:
    record_property("plans", 1)
    record_property("sequential_scans", sum(found.values()))
    assert found == {}


@pytest.mark.parametrize("name", OPEN)
def test_reading_a_record_scans_nothing(crowd: Crowd, crowd_reader: Reader, record_property, name: str):
    secret = crowd.world.session(crowd.physician)
    granted = crowd_reader.grant(secret, crowd.long_record, items=[ITEM])
    query = OPEN[name]

    def work() -> None:
        with crowd_reader.reading(granted.token) as connection:
            connection.execute(query.sql, query.params)

    _check(scans(crowd, crowd_reader, work), record_property)


@pytest.mark.parametrize("name", LIST)
def test_reading_a_list_scans_nothing(crowd: Crowd, crowd_reader: Reader, record_property, name: str):
    secret = crowd.world.session(crowd.physician)
    token = _list_token(crowd, crowd_reader, secret, {})
    query = LIST[name]

    def work() -> None:
        with crowd_reader.reading(token) as connection:
            connection.execute(query.sql, query.params)

    _check(scans(crowd, crowd_reader, work), record_property)


@pytest.mark.parametrize("name", ACROSS)
def test_searching_over_patients_scans_nothing(
    crowd: Crowd, crowd_reader: Reader, record_property, name: str
):
    secret = crowd.world.session(crowd.world.worker("machine", crowd.hospital), purpose="exchange")
    token = os.urandom(32)

    def work() -> None:
        crowd_reader.grants.execute(
            "SELECT record.search_across(%s, %s, %s)", (secret, Jsonb(ACROSS[name]), sha256(token).digest())
        )
        with crowd_reader.reading(token) as connection:
            connection.execute("SELECT count(*) FROM record.found()")

    _check(scans(crowd, crowd_reader, work), record_property)


@pytest.mark.parametrize("name", LOG)
def test_reading_the_log_scans_nothing(crowd: Crowd, crowd_reader: Reader, record_property, name: str):
    granted = crowd_reader.grant(
        crowd.world.own_session(crowd.long_record), crowd.long_record, verb="who-looked"
    )
    query = LOG[name]

    def work() -> None:
        with crowd_reader.reading(granted.token) as connection:
            connection.execute(query.sql, query.params)

    _check(scans(crowd, crowd_reader, work), record_property)


def test_deciding_scans_nothing(crowd: Crowd, crowd_reader: Reader, record_property):
    sessions = [
        crowd.world.session(crowd.physician),
        crowd.world.own_session(crowd.long_record),
        crowd.world.session(crowd.world.worker("machine", crowd.hospital), purpose="exchange"),
    ]

    def work() -> None:
        for secret in sessions:
            crowd_reader.grant(secret, crowd.long_record)
            crowd_reader.grant(secret, None, items=[ITEM])

    _check(scans(crowd, crowd_reader, work), record_property)


@pytest.mark.parametrize("wanted", [{}, {"name": "roe"}, {"birth": "1950-01-02"}, {"number": "Roe1"}])
def test_deciding_about_a_list_scans_nothing(
    crowd: Crowd, crowd_reader: Reader, record_property, wanted: dict[str, str]
):
    secret = crowd.world.session(crowd.physician)

    def work() -> None:
        _list_token(crowd, crowd_reader, secret, wanted)

    _check(scans(crowd, crowd_reader, work), record_property)


def test_noting_what_a_patient_became_scans_nothing(crowd: Crowd, crowd_reader: Reader, record_property):
    change = (
        "UPDATE registry.patient SET language = CASE language WHEN 'fr' THEN 'nl' ELSE 'fr' END WHERE id = %s"
    )
    _check(
        scans(crowd, crowd_reader, lambda: crowd.world.run(change, crowd.long_record) and None),
        record_property,
    )


@pytest.mark.parametrize("query", [record.page, record.shape])
def test_the_words_searched_are_taken_apart_once_a_statement(
    crowd_reader: Reader, query: Callable[[record.Filter], Query]
):
    # in the plan that is kept for all parameters, where the words are no constant
    asked = query(record.Filter(text="value 12"))
    numbers = {f"%({name})s": f"${number}" for number, name in enumerate(asked.params, 1)}
    text = re.sub(r"%\(\w+\)s", lambda found: numbers[found[0]], asked.sql)
    plan = [line for (line,) in crowd_reader.reads.execute("EXPLAIN (GENERIC_PLAN) " + text)]
    of_each_line = [line for line in plan if "Filter:" in line and "@@" in line]
    assert of_each_line, plan
    assert not any("tsquery(" in line for line in of_each_line)


def test_the_counter_does_count(crowd: Crowd, crowd_reader: Reader):
    def work() -> None:
        crowd.world.run("SELECT count(*) FROM record.attachment WHERE name = 'x'")
        crowd.world.run("SELECT pg_stat_force_next_flush()")

    assert scans(crowd, crowd_reader, work) == {"record.attachment": 1}
