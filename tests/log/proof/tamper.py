"""What an administrator of everything could do to a log: ways of tampering, each on its own, each undone again.

A way changes the database (within a transaction that the caller rolls back) or the files (a copy), by a seeded random choice.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from unidossier.log.tree.merkle import Frontier
from unidossier.log.tree.tiles import HASH, Tiles

Way = Callable[["Hand"], str]
CHANGES = {
    "person_name": "'Somebody Else'",
    "person_id": "gen_random_uuid()",
    "function": "'midwife'",
    "institution_id": "gen_random_uuid()",
    "patient_id": "gen_random_uuid()",
    "patients": "ARRAY[gen_random_uuid()]",
    "session_id": "gen_random_uuid()",
    "acting_for": "gen_random_uuid()",
    "verb": "'sign-in'",
    "categories": "categories # 1",
    "items": "ARRAY[gen_random_uuid()]",
    "detail": """'{"n": 2}'""",
    "purpose": "'research'",
    "rule": "'MY-4.own'",
    "permitted": "NOT permitted",
    "origin": "'elsewhere'",
    "device": "'another device'",
    "address": "'192.0.2.1'",
    "glass_reason": "'other'",
    "glass_text": "'never said'",
    "salt": "uuid_send(gen_random_uuid())",
}


@dataclass
class Hand:
    """The administrator's hand: the database, the files, and chance."""

    connection: psycopg.Connection[Any]
    folder: Path  # of the year
    size: int
    chance: random.Random
    year: int

    def entry(self) -> int:
        """Choose an entry that has a leaf."""
        row = self.connection.execute(
            "SELECT entry_id FROM log.leaf WHERE year = %s AND position = %s",
            (self.year, self.chance.randrange(self.size)),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def run(self, statement: str, *values: object) -> None:
        """Change something; a statement that changes nothing proves nothing."""
        assert self.connection.execute(statement, values).rowcount > 0, statement  # type: ignore[arg-type]

    def two(self) -> tuple[int, int]:
        """Choose two positions, in order."""
        one, other = sorted(self.chance.sample(range(self.size), 2))
        return one, other

    def rehash(self) -> None:
        """Make every leaf of the database fit its entry again: a clever hand covers its traces."""
        self.connection.execute(
            "UPDATE log.leaf f SET hash = sha256('\\x00'::bytea || log.digest(e)) FROM log.entry e WHERE e.id = f.entry_id"
        )

    def rewrite_tiles(self) -> bytes:
        """Make the tiles and the tree fit the leaves of the database; return the new root."""
        leaves = [
            bytes(one)
            for (one,) in self.connection.execute(
                "SELECT hash FROM log.leaf WHERE year = %s ORDER BY position", (self.year,)
            ).fetchall()
        ]
        for path in sorted(self.folder.glob("tile/**/*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        frontier = Frontier()
        made = frontier.append(leaves)
        Tiles(self.folder).write(made, size=frontier.size)
        self.connection.execute(
            "UPDATE log.tree SET root = %s, size = %s WHERE year = %s",
            (frontier.root(), frontier.size, self.year),
        )
        return frontier.root()


def change(hand: Hand) -> str:
    """Change one column of an entry."""
    column = hand.chance.choice(sorted(CHANGES))
    hand.run(f"UPDATE log.entry SET {column} = {CHANGES[column]} WHERE id = %s", hand.entry())
    return column


def back_date(hand: Hand) -> str:
    """Say that an entry was earlier."""
    seconds = hand.chance.choice([0.000001, 1, 3600, 86400])
    hand.run("UPDATE log.entry SET at = at - make_interval(secs => %s) WHERE id = %s", seconds, hand.entry())
    return f"{seconds} s"


def delete(hand: Hand) -> str:
    """Delete an entry, and perhaps its leaf too."""
    entry = hand.entry()
    hand.run("DELETE FROM log.entry WHERE id = %s", entry)
    if hand.chance.random() < 0.5:
        return "entry"
    hand.run("DELETE FROM log.leaf WHERE entry_id = %s", entry)
    return "entry and leaf"


def empty(hand: Hand) -> str:
    """Drop payload and salt without two people."""
    hand.run(
        "UPDATE log.entry SET salt = '', person_name = '', patient_id = NULL, verb = 'erased' WHERE id = %s",
        hand.entry(),
    )
    return "emptied"


def insert(hand: Hand) -> str:
    """Add an entry that never was, as if it had been there, without a leaf."""
    _forge(hand)
    return "no leaf"


def _forge(hand: Hand) -> int:
    hand.run(
        """INSERT INTO log.entry (id, at, xid, person_name, function, verb, purpose, rule, permitted)
        SELECT id - (id %% 10000000000000) + 9000000000000 + %s, at, %s::xid8, 'Al Roe', 'nurse', verb, purpose, rule, permitted FROM log.entry WHERE id = %s""",
        hand.chance.randrange(10**9), "3", hand.entry(),
    )  # fmt: skip
    ((fresh,),) = hand.connection.execute("SELECT max(id) FROM log.entry WHERE person_name = 'Al Roe'")
    return int(fresh)


def insert_leaf(hand: Hand) -> str:
    """Add such an entry with a leaf in the middle: the others move on, or one gives way."""
    kind, fresh = hand.chance.choice(["shifted", "replaced"]), _forge(hand)
    at = hand.chance.randrange(hand.size)
    if kind == "shifted":
        hand.run(
            "UPDATE log.leaf SET position = position + 1000000 WHERE year = %s AND position >= %s",
            hand.year,
            at,
        )
        hand.run(
            "UPDATE log.leaf SET position = position - 999999 WHERE year = %s AND position >= 1000000",
            hand.year,
        )
        hand.run(
            "INSERT INTO log.leaf (year, position, entry_id, hash) SELECT %s, %s, e.id, sha256('\\x00'::bytea || log.digest(e)) FROM log.entry e WHERE e.id = %s",
            hand.year, at, fresh,
        )  # fmt: skip
        hand.run("UPDATE log.tree SET size = size + 1 WHERE year = %s", hand.year)
    if kind == "replaced":
        hand.run(
            "UPDATE log.leaf f SET entry_id = e.id, hash = sha256('\\x00'::bytea || log.digest(e)) FROM log.entry e WHERE e.id = %s AND f.year = %s AND f.position = %s",
            fresh, hand.year, at,
        )  # fmt: skip
    return kind


def swap(hand: Hand) -> str:
    """Let two entries change places: their leaves, or what they say."""
    one, other = hand.two()
    if hand.chance.random() < 0.5:
        hand.run(
            "UPDATE log.leaf SET position = -1 - position + 2000000 WHERE year = %s AND position IN (%s, %s)",
            hand.year,
            one,
            other,
        )
        hand.run(
            "UPDATE log.leaf SET position = %s WHERE year = %s AND position = %s",
            other,
            hand.year,
            1999999 - one,
        )
        hand.run(
            "UPDATE log.leaf SET position = %s WHERE year = %s AND position = %s",
            one,
            hand.year,
            1999999 - other,
        )
        return "leaves"
    hand.run(
        """UPDATE log.entry e SET at = o.at, salt = o.salt, person_name = o.person_name, patients = o.patients FROM log.entry o, log.leaf l, log.leaf m
        WHERE l.year = %s AND l.position = %s AND m.year = l.year AND m.position = %s AND e.id = l.entry_id AND o.id = m.entry_id""",
        hand.year, one, other,
    )  # fmt: skip
    return "content"


def cut(hand: Hand) -> str:
    """Cut the tail: leaves, entries, and the size of the tree."""
    keep = hand.chance.randrange(hand.size // 2, hand.size)
    hand.run(
        "DELETE FROM log.entry WHERE id IN (SELECT entry_id FROM log.leaf WHERE year = %s AND position >= %s)", hand.year, keep
    )  # fmt: skip
    hand.run("DELETE FROM log.leaf WHERE year = %s AND position >= %s", hand.year, keep)
    hand.run("UPDATE log.tree SET size = %s WHERE year = %s", keep, hand.year)
    return f"{hand.size - keep} leaves"


def leaf(hand: Hand) -> str:
    """Change the hash of a leaf in the database."""
    hand.run(
        "UPDATE log.leaf SET hash = sha256(hash) WHERE year = %s AND position = %s", hand.year, hand.chance.randrange(hand.size)
    )  # fmt: skip
    return "hash"


def tile(hand: Hand) -> str:
    """Change, cut or take away a tile outside."""
    files = [path for path in sorted(hand.folder.glob("tile/**/*")) if path.is_file()]
    path = hand.chance.choice(files)
    content = bytearray(path.read_bytes())
    kind = hand.chance.choice(
        ["bit", "cut", "gone", "swap"] if len(content) > HASH else ["bit", "cut", "gone"]
    )
    if kind == "bit":
        content[hand.chance.randrange(len(content))] ^= 1 << hand.chance.randrange(8)
    elif kind == "cut":
        del content[len(content) - hand.chance.randrange(1, len(content)) :]
    elif kind == "swap":
        content[:HASH], content[-HASH:] = content[-HASH:], content[:HASH]
    if kind == "gone":
        path.unlink()
    else:
        path.write_bytes(content)
    return f"{kind} {path.name}"


WAYS: tuple[Way, ...] = (change, back_date, delete, empty, insert, insert_leaf, swap, cut, leaf, tile)
# after which a clever hand can make leaves, tiles and tree fit again
COVERED = (change, back_date, swap, insert_leaf, cut)
