"""Ask the database for every decision: one letter a combination, in the order of `facts.combinations`."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import prod

import psycopg

from tests.gate.facts import DOMAIN
from tests.gate.table import LETTER, UNKNOWN

# the first facts name a block, the database counts through the others: 84 blocks of about 50,000
_BLOCK_FACTS = ("act", "actor", "active", "strong")
_COUNTED_FACTS = [name for name in DOMAIN if name not in _BLOCK_FACTS]
_BLOCK_SIZE = prod(len(DOMAIN[name]) for name in _COUNTED_FACTS)


def letters_by_sql(dsn: str, *, connections: int = 2) -> bytes:
    """Return one ASCII letter per combination as gate.decide answers; unknown rule ids give '?'.

    `dsn` names a role that may execute gate.decide. Blocks are shared out over `connections`.
    """
    blocks = list(product(*(DOMAIN[name] for name in _BLOCK_FACTS)))
    shares = [blocks[start::connections] for start in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        answered = [dict(part) for part in pool.map(lambda share: _ask(dsn, share), shares)]
    return b"".join(next(part[block] for part in answered if block in part) for block in blocks)


def _ask(dsn: str, blocks: Sequence[tuple[str | bool, ...]]) -> list[tuple[tuple[str | bool, ...], bytes]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [(block, _block(connection, block)) for block in blocks]


def _block(connection: psycopg.Connection, block: tuple[str | bool, ...]) -> bytes:
    values = {
        "letters": json.dumps(LETTER),
        "unknown": UNKNOWN,
        **dict(zip(_BLOCK_FACTS, block, strict=True)),
    }
    row = connection.execute(_STATEMENT, values).fetchone()
    assert row is not None
    return row[0].encode("ascii")


def _counted(name: str) -> str:
    """Give the SQL that computes the value of one fact from the index `i` within a block."""
    stride = prod(len(DOMAIN[other]) for other in _COUNTED_FACTS[_COUNTED_FACTS.index(name) + 1 :])
    place = f"i / {stride} %% {len(DOMAIN[name])}"
    if DOMAIN[name] == (False, True):
        return f"({place} = 1) AS {name}"
    words = ", ".join(f"'{value}'" for value in DOMAIN[name])
    return f"(ARRAY[{words}])[1 + {place}] AS {name}"


_BLOCK_COLUMNS = [
    f"%({name})s::{'boolean' if DOMAIN[name] == (False, True) else 'text'} AS {name}" for name in _BLOCK_FACTS
]

# OFFSET 0 keeps the planner from copying the arithmetic into every WHEN of an inlined function
_STATEMENT = f"""
SELECT string_agg(
    coalesce(%(letters)s::jsonb ->> gate.decide({", ".join(DOMAIN)}), %(unknown)s), '' ORDER BY i
)
FROM (SELECT i, {", ".join([*_BLOCK_COLUMNS, *map(_counted, _COUNTED_FACTS)])}
      FROM generate_series(0, {_BLOCK_SIZE - 1}) AS i OFFSET 0) AS facts
"""
