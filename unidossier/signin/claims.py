"""Claims: what the sign-in tells the gate, under an HMAC that SQL slipped into a query cannot make. RFC 2104, SHA-256."""

import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import psycopg

from unidossier.database.connections import pool
from unidossier.database.home import Home
from unidossier.database.keys import GATE_HMAC, key
from unidossier.gate.door import RecordUnreadable

REFUSED = "UD004"  # gate/sql/session.sql


class ClaimsRefused(Exception):
    """The gate does not know the person or the employment, or does not take our word; the message says which."""


def tell_gate(function: str, claims: Mapping[str, Any]) -> Any:
    """Call `function` of the gate with signed claims and return its answer.

    Raises ClaimsRefused, RecordUnreadable when the database is away.
    """
    text = json.dumps({**claims, "at": time.time()}, default=str)
    mac = hmac.digest(key(Home.find(), GATE_HMAC), text.encode(), "sha256")
    try:
        with pool().connection() as connection:
            row = connection.execute(f"SELECT {function}(%s, %s)", (text, mac)).fetchone()
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise RecordUnreadable(type(fault).__name__) from fault
    except psycopg.Error as fault:
        if fault.sqlstate == REFUSED:
            raise ClaimsRefused(fault.diag.message_primary or "") from fault
        raise
    assert row is not None  # a function call always answers one row
    return row[0]
