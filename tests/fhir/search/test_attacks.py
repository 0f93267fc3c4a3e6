"""The functions of the search over patients, called by hand as the application: every way around the gate, beside its permit."""

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from tests.gate.server import Dsns
from tests.gate.world import World

Json = dict[str, Any]
NO_GRANT, REFUSED_INPUT = "UD002", ("22P02", "42601", "UD010", "22007")


class Hand:
    """Calls by hand, each on a connection of the application."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)

    def search(self, secret: bytes, term: Json, *, token: bytes = b"", **wanted: Any) -> tuple[Any, ...]:
        """Return allowed, rule, patients, lines."""
        asked = {
            "type": "DocumentReference",
            "term": term,
            "size": 50,
            "by": "id",
            "descending": False,
            "after": [],
        }
        row = self.connection.execute(
            "SELECT allowed, rule, patients, lines FROM record.search_across(%s, %s, %s)",
            (
                secret,
                json.dumps(asked | {"includes": [], "count": False, "search": ""} | wanted),
                sha256(token or os.urandom(32)).digest(),
            ),
        ).fetchone()
        assert row is not None
        return row

    def found(self, token: bytes) -> list[Any]:
        with self.connection.transaction():
            self.connection.execute("SELECT gate.use_grant(%s)", (token,))
            return [id_ for (id_,) in self.connection.execute("SELECT id FROM record.found()").fetchall()]


@pytest.fixture
def hand(dsns: Dsns) -> Iterator[Hand]:
    made = Hand(dsns.app)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def scene(world: World) -> Json:
    house, other = world.institution(), world.institution()
    patient = world.patient()
    return {
        "patient": patient,
        "own": world.item(patient, house),
        "foreign": world.item(patient, other),
        "machine": world.worker("machine", house),
        "physician": world.worker("specialist", house),
    }


ALL: Json = {"all": []}


def test_a_machine_finds_what_its_house_made_and_only_that(hand: Hand, scene: Json, world: World) -> None:
    secret, token = world.session(scene["machine"], purpose="exchange"), os.urandom(32)
    ids = {"ids": [str(scene["own"]), str(scene["foreign"])]}
    assert hand.search(secret, ids, token=token) == (True, "ACS-5.institution", [scene["patient"]], 1)
    assert hand.found(token) == [scene["own"]]


@pytest.mark.parametrize("who", ["physician", "patient"])
def test_nobody_else_finds_anything(hand: Hand, scene: Json, world: World, who: str) -> None:
    secret = world.own_session(scene["patient"]) if who == "patient" else world.session(scene["physician"])
    token = os.urandom(32)
    allowed, rule, patients, lines = hand.search(secret, ALL, token=token)
    assert (allowed, rule, patients, lines) == (False, "ACS-1.function", [], None)
    with pytest.raises(psycopg.Error) as refused:
        hand.found(token)
    assert refused.value.sqlstate == NO_GRANT


def test_a_grant_for_one_record_gives_nothing_found(hand: Hand, scene: Json, world: World) -> None:
    secret, token = world.session(scene["machine"], purpose="exchange"), os.urandom(32)
    hand.connection.execute(
        "SELECT gate.grant_access(%s, %s, 'fhir-search', NULL, '{}', %s)",
        (secret, scene["patient"], sha256(token).digest()),
    )
    with pytest.raises(psycopg.Error) as refused:
        hand.found(token)
    assert refused.value.sqlstate == NO_GRANT


def test_what_is_found_opens_no_record(hand: Hand, scene: Json, world: World) -> None:
    secret, token = world.session(scene["machine"], purpose="exchange"), os.urandom(32)
    hand.search(secret, ALL, token=token)
    with pytest.raises(psycopg.Error) as refused, hand.connection.transaction():
        hand.connection.execute("SELECT gate.use_grant(%s)", (token,))
        hand.connection.execute("SELECT * FROM record.item")
    assert refused.value.sqlstate == NO_GRANT


def test_the_grant_of_a_search_that_was_rolled_back_gives_nothing(
    hand: Hand, scene: Json, world: World
) -> None:
    secret, token = world.session(scene["machine"], purpose="exchange"), os.urandom(32)
    with pytest.raises(psycopg.Error) as refused, hand.connection.transaction():
        hand.search(secret, ALL, token=token)
        hand.connection.execute("SELECT gate.use_grant(%s)", (token,))
        hand.connection.execute("SELECT * FROM record.found()")
    assert refused.value.sqlstate == NO_GRANT
    with pytest.raises(psycopg.Error):
        hand.found(token)


BENT: dict[str, Json] = {
    "a path that ends the literal": {"fact": "$.x') OR true --"},
    "a number that is none": {"keys": ["1]::bigint[] OR true"]},
    "an id that is none": {"ids": ["x') OR true --"]},
    "an instant that is none": {"entered": {"since": "x'"}},
    "no term": {"true": []},
    "nothing": {},
    "a deep one": {
        "not": {
            "not": {
                "not": {
                    "not": {
                        "not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": ALL}}}}}}}}
                    }
                }
            }
        }
    },
}


@pytest.mark.parametrize("name", BENT)
def test_a_bent_term_is_refused(hand: Hand, scene: Json, world: World, name: str) -> None:
    secret = world.session(scene["machine"], purpose="exchange")
    with pytest.raises(psycopg.Error) as refused:
        hand.search(secret, BENT[name])
    assert refused.value.sqlstate in REFUSED_INPUT


def test_a_quotation_mark_is_a_sign_like_others(hand: Hand, scene: Json, world: World) -> None:
    secret = world.session(scene["machine"], purpose="exchange")
    for term in (
        {"fact": '$."na\\u0027me"[*] ? (@ starts with "d\'Hondt")'},
        {"leads": {"names": ["a') OR (true"], "types": ["Patient') OR (true"], "own": [], "term": ALL}},
        {"led-to": {"names": ["a"], "type": "x' OR true --", "own": [], "term": ALL}},
        {"words": {"text": "d'Hondt", "prefix": "'d''Hondt':*"}},
    ):
        assert hand.search(secret, term)[3] == 0


def test_an_opened_search_of_one_record_shows_no_more_than_its_items(
    hand: Hand, scene: Json, world: World
) -> None:
    """ADR 21: `opens_found` opens content, of what may be seen anyway; a machine sees nothing of another house."""
    secret, token = world.session(scene["machine"], purpose="exchange"), os.urandom(32)
    hand.connection.execute(
        "SELECT gate.grant_access(%s, %s, 'fhir-search', NULL, '{}', %s)",
        (secret, scene["patient"], sha256(token).digest()),
    )
    with hand.connection.transaction():
        hand.connection.execute("SELECT gate.use_grant(%s)", (token,))
        rows = hand.connection.execute("SELECT item_id FROM record.version").fetchall()
    assert rows == [(scene["own"],)]
