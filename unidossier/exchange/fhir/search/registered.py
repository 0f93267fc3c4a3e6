"""Patients whom only the registry knows, among the matches of a search: each judged by the same values as a stored resource.

Of one's own record and of the record that is named; for the system of an institution among its own patients (registry.queries.matched).
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from unidossier.exchange.fhir.patient import version_text
from unidossier.exchange.fhir.search.asked import Asked
from unidossier.exchange.fhir.search.splitting import plain, split
from unidossier.gate import async_door, door
from unidossier.gate.door import AccessRefused, Ask, Query, Row
from unidossier.kernel.identifiers import SSIN, SSIN_SYSTEMS
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.record.searching.extract import search_values
from unidossier.record.searching.statement import Statement
from unidossier.record.searching.terms import Term, ways_through

PATIENT = "Patient"
# of the record of the grant; no line where an item has his id, or where an app may not see him
OF_THE_GRANT = Query(
    """SELECT p.id, v.version, v.at, v.facts FROM (SELECT gate.patient() AS id) p, LATERAL registry.patient_versions(p.id) v
    WHERE NOT EXISTS (SELECT FROM record.item i WHERE i.id = (SELECT gate.patient())) ORDER BY v.version DESC LIMIT 1"""
)
# of several records at once: those whom the institution never sent
OF_THE_LIST = Query(
    """SELECT p.id, v.version, v.at, v.facts FROM unnest(record.unsent_patients()) p (id),
    LATERAL (SELECT n.version, n.at, n.facts FROM registry.patient_versions(p.id) n ORDER BY n.version DESC LIMIT 1) v ORDER BY p.id"""
)
_BY_NUMBER = "fhir-match"


async def fits(secret: bytes, term: Term, row: Row, *, ask: Ask) -> bool:
    """Tell whether the patient of a line meets the term; a term about his items is asked once more, under a grant of its own."""
    query = _judged(term, row)
    if not ways_through(term):
        (judged,) = await async_door.ask_outside(query)
        return bool(judged["fits"])
    granted = await async_door.read(secret, ask, query)
    return bool(granted.rows[0][0]["fits"])


async def found_by_number(secret: bytes, asked: Asked, *, term: Term) -> list[tuple[UUID, str]]:
    """Return (id, text) of the institution's patients whom it never sent, when one criterion names them by number.

    Raises the errors of gate.door.read_list.
    """
    numbers = [number for name, value in asked.criteria if name == "identifier" for number in _numbers(value)]
    if asked.type != PATIENT or not numbers or ways_through(term):
        return []
    wanted = {"numbers": [{"system": system, "value": value} for system, value in numbers]}
    try:
        granted = await asyncio.to_thread(door.read_list, secret, _BY_NUMBER, wanted, OF_THE_LIST)
    except AccessRefused:  # an app that may not search for patients
        return []
    judged = [await async_door.ask_outside(_judged(term, row)) for row in granted.rows[0]]
    return [
        (row["id"], version_text(row["id"], row).decode())
        for row, (told,) in zip(granted.rows[0], judged, strict=True)
        if told["fits"]
    ]


def texts(rows: Sequence[Row]) -> dict[UUID, str]:
    """Return the resources that lines of these statements mean, by id."""
    return {row["id"]: version_text(row["id"], row).decode() for row in rows}


def _judged(term: Term, row: Row) -> Query:
    """Return the statement that tells whether a line of the record would meet the term that held this patient."""
    resource: dict[str, Any] = orjson.loads(version_text(row["id"], row))
    values = search_values(resource, own=frozenset({f"Patient/{row['id']}"}))
    made = Statement()
    line = f"""SELECT {made.value(row["id"])}::uuid AS id, 'Patient'::text AS type, {made.value(list(values.tokens))}::bigint[] AS tokens,
        {made.value(list(values.keys))}::bigint[] AS keys, {made.value(orjson.dumps(values.facts).decode())}::jsonb AS facts,
        {made.value(row["at"])}::timestamptz AS entered_at, ''::tsvector AS search"""
    return Query(f"SELECT coalesce(({made.where(term, of='i')}), false) AS fits FROM ({line}) i", made.params)


def _numbers(value: str) -> list[tuple[str, str]]:
    """Return the numbers that a criterion names with their systems; the national one in its digits."""
    numbers = []
    for one in split(value, ","):
        system, *rest = (plain(part) for part in split(one, "|"))
        if not system or len(rest) != 1 or not rest[0]:
            continue
        if system in SSIN_SYSTEMS:
            try:
                system, rest = SSIN, [Ssin.parse(rest[0]).digits]
            except InvalidSsin:
                continue
        numbers.append((system, rest[0]))
    return numbers
