"""Open and close sessions of the gate. The secret is known to this process and the signed-in browser's session alone."""

import hashlib
import secrets
from uuid import UUID

import psycopg

from unidossier.database.connections import pool
from unidossier.gate.door import RecordUnreadable
from unidossier.signin.claims import tell_gate
from unidossier.signin.limits import IDLE_S, LIFE_S

SECRET_BYTES = 32


def open_gate_session(
    person: UUID,
    *,
    employment: UUID | None,
    face: str,
    purpose: str,
    strong: bool,
    strong_since_s: float = 0,
    represents: bool = False,
    device: str = "",
    address: str = "",
    life_s: int = LIFE_S,
    idle_s: int = IDLE_S,
) -> bytes:
    """Open a session of the gate and return its secret (32 bytes); the gate keeps only the hash of it.

    `device`, `address`: from where (LOG-1), copied into every entry of the session.
    `strong_since_s`: how long ago the second factor was proven (BTG-2 asks for a fresh one).
    `employment` None: the person's own record, or with `represents` the records of those for whom he acts.
    Writes the entry of the sign-in (LOG-1). Raises ClaimsRefused, RecordUnreadable.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    claims = {
        "secret_hash": hashlib.sha256(secret).hexdigest(),
        "person": person,
        "employment": employment,
        "representative": represents,
        "face": face,
        "purpose": purpose,
        "device": device,
        "address": address,
        "strong": strong,
        "strong_age_s": strong_since_s,
        "idle_s": idle_s,
        "life_s": life_s,
    }
    tell_gate("gate.open_session", claims)
    return secret


def close_gate_session(secret: bytes) -> None:
    """End a session of the gate, with its entry. One that is unknown is as good as ended. Raises RecordUnreadable."""
    try:
        with pool().connection() as connection:
            connection.execute("SELECT gate.close_session(%s)", (secret,))
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise RecordUnreadable(type(fault).__name__) from fault
    except psycopg.Error as fault:
        if fault.sqlstate != "UD001":
            raise
