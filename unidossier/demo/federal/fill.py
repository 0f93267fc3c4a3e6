"""What the federal platform knows about the fictional people, and the machine account that brings it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psycopg

from unidossier.actions.import_federal import import_federal
from unidossier.database.home import Home
from unidossier.demo.federal.book import Book, changed, load, now, path_of
from unidossier.demo.fill.ids import institution_id, line_id, person_id
from unidossier.demo.world import World
from unidossier.kernel.sortkey import name_key
from unidossier.relations.federal import FederalConsent, FederalExclusion, Feed
from unidossier.signin.tokens import open_machine_session

KEY = "ehealth"
NAMES = {
    "nl": "eHealth-platform",
    "fr": "Plateforme eHealth",
    "de": "eHealth-Plattform",
    "en": "eHealth platform",
}
# who excluded whom at the federal portal: chosen so that nobody's hint stops working
EXCLUSIONS = (
    ("p-000014", "aldegonde.neurology.specialist.1"),
    ("p-000018", "scheldedal.cardiology.specialist.2"),
    ("p-000020", "scheldedal.emergency.emergency-physician.1"),
    # the last two come after the first filling: their patients are told, by mail and by letter
    ("p-000001", "vennblick.internal.specialist.1"),
    ("p-000024", "aldegonde.neurology.specialist.1"),
)
TOLD = 2
ELSEWHERE = (
    "19888859730"  # NIHDI number of a carer who works in no institution of the network: it waits for him
)
CONSENTS = 30  # of the first patients with a national number


def fill_federal(connection: psycopg.Connection, world: World) -> None:
    """Make the platform's account and its book once, and take it over; what is there already stays."""
    with connection.transaction():
        _account(connection)
    path = path_of(Home.find().path)
    if not path.exists():
        with changed(path) as book:
            _write(book, world)
    secret, book = open_machine_session(KEY), load(path)
    first = book.sequence - TOLD
    import_federal(secret, _feed(book, "full", until=first))
    import_federal(secret, _feed(book, "delta", since=first, until=book.sequence))


def _account(connection: psycopg.Connection) -> None:
    house, person = institution_id(KEY), person_id(f"{KEY}.machine")
    connection.execute(
        "INSERT INTO registry.institution (id, key, names, language, network, contact) VALUES (%s, %s, %s, 'fr', false, %s) ON CONFLICT DO NOTHING",
        (house, KEY, json.dumps(NAMES), json.dumps({"address": "Bruxelles / Brussel"})),
    )
    connection.execute(
        """INSERT INTO registry.institution_setting (institution_id, name, value, reason) SELECT %s, 'federal.import', 'on', 'first setting'
        WHERE NOT EXISTS (SELECT FROM registry.institution_setting WHERE institution_id = %s AND name = 'federal.import')""",
        (house, house),
    )
    connection.execute("SET LOCAL ROLE unidossier_store")
    connection.execute(
        """INSERT INTO registry.person (id, human_id, family, given, sort_key, language, professional) VALUES (%s, %s, 'eHealth', 'Interface', %s, 'fr', true)
        ON CONFLICT DO NOTHING""",
        (person, person, name_key("eHealth", given="Interface")),
    )
    connection.execute("RESET ROLE")
    connection.execute(
        "INSERT INTO registry.employment (id, person_id, institution_id, function, from_at) VALUES (%s, %s, %s, 'machine', '2020-01-01') ON CONFLICT DO NOTHING",
        (line_id("employment", f"{KEY}.machine", KEY, "machine"), person, house),
    )


def _feed(book: Book, kind: Literal["full", "delta"], *, since: int = 0, until: int) -> Feed:
    """The lines of the book numbered above `since` and up to `until`, as the client would have read them."""
    exclusions = tuple(
        FederalExclusion(**_line(one), nihdi=one["nihdi"])
        for one in book.exclusions
        if since < one["sequence"] <= until
    )
    consents = tuple(
        FederalConsent(**_line(one)) for one in book.consents if since < one["sequence"] <= until
    )
    return Feed(
        kind=kind,
        since=since,
        sequence=until,
        made_at=now(),
        exclusions=exclusions,
        consents=consents,
        counts=(len(exclusions), len(consents)),
    )


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": one["id"],
        "patient_ssin": one["patient"],
        "from_at": datetime.fromisoformat(one["from"]),
        "until": datetime.fromisoformat(one["until"]) if one["until"] else None,
        "sequence": one["sequence"],
    }


def _write(book: Book, world: World) -> None:
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(days=200)
    ssin = {one.key: one.ssin for one in world.patients[:CONSENTS] if one.ssin}
    nihdi = {one.key: one.nihdi for one in world.persons if one.nihdi}
    for nth, number in enumerate(ssin.values()):
        book.consent(patient=number, now=began + timedelta(days=nth))
    first = next(iter(ssin.values()), "")
    if first:
        book.exclude(patient=first, nihdi=ELSEWHERE, now=began)
    for nth, (patient, carer) in enumerate(EXCLUSIONS):
        if ssin.get(patient) and nihdi.get(carer):
            book.exclude(patient=ssin[patient], nihdi=nihdi[carer], now=began + timedelta(days=30 * nth))
