"""Carers outside and the patients they ask for: what the tests of CON share."""

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.gate.world import Worker, World
from unidossier.kernel.brussels import BRUSSELS
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import check_digits
from unidossier.kernel.uuid7 import new_id

TODAY = datetime.now(BRUSSELS).date()
GRANT_LIST = "SELECT allowed, rule FROM gate.grant_list(%s, %s, %s, %s)"
GRANT = "SELECT allowed, rule FROM gate.grant_access(%s, %s, %s, NULL, '{}', %s)"


def number() -> str:
    """Give a valid national number that nobody has yet."""
    first = f"{random.randrange(100):02}{random.randrange(1, 13):02}{random.randrange(1, 29):02}{random.randrange(1, 998):03}"
    return first + check_digits(first, century=1900)


def known(world: World, **columns: Any) -> tuple[UUID, str]:
    """Make a patient with a national number; return both."""
    patient, digits = world.patient(**columns), number()
    world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        patient,
        SSIN,
        digits,
    )
    return patient, digits


@dataclass(frozen=True)
class Outsider:
    """A carer of a practice outside the network, with an open session."""

    world: World
    worker: Worker
    secret: bytes

    @classmethod
    def make(cls, world: World, function: str = "gp", **claims: Any) -> "Outsider":
        worker = world.worker(function, world.institution(network=False))
        return cls(world, worker, world.session(worker, face="consult", **claims))

    def call(self, statement: str, *values: object) -> Any:
        """Run a function of the database as the application, in a transaction of its own; return its answer."""
        return as_application(self.world, statement, *values)

    def ask(
        self, digits: str, *, attempt: UUID | None = None, reason: str = "treats him for back pain"
    ) -> str:
        return self.call(
            "SELECT relations.ask_access(%s, %s, %s, %s, %s)",
            self.secret,
            attempt or new_id(),
            digits,
            "Al Roe",
            reason,
        )

    def link(
        self, digits: str, *, attempt: UUID | None = None, informed: bool = True, contact: Any = None
    ) -> str:
        return self.call(
            "SELECT relations.make_link(%s, %s, %s, %s, %s, %s, %s)",
            self.secret, attempt or new_id(), digits, "Al Roe", "fr", informed, contact or TODAY,
        )  # fmt: skip

    def declare(self, attempt: UUID, signed: Any, proof: Mapping[str, Any] | None = None) -> str:
        return self.call(
            "SELECT relations.declare_consent(%s, %s, %s, %s)",
            self.secret,
            attempt,
            signed,
            Jsonb(proof) if proof else None,
        )

    def linked(self, digits: str) -> UUID:
        """Make a link and declare the form signed today; return the attempt."""
        attempt = new_id()
        assert (self.link(digits, attempt=attempt), self.declare(attempt, TODAY)) == (
            "made",
            "declared",
        )
        return attempt

    def under(self, verb: str, patient: UUID | None, statement: str, *values: object) -> Any:
        """Run a function under a grant of `verb`; of a list when `patient` is None."""
        return under_grant(self.world, self.secret, verb, patient, statement, *values)

    def attempts(self) -> list[tuple[Any, ...]]:
        """Give (number, kind, state) of the carer's own attempts, as his list reads them."""
        connection = self.world.as_app()
        token = os.urandom(32)
        connection.execute(GRANT_LIST, (self.secret, "list-patients", Jsonb({}), sha256(token).digest()))
        with connection.transaction():
            connection.execute("SELECT gate.use_grant(%s)", (token,))
            return connection.execute(
                "SELECT number, kind, state FROM relations.attempt ORDER BY made_at"
            ).fetchall()


def as_application(world: World, statement: str, *values: object) -> Any:
    """Run one statement under the application's role; return the first value."""
    connection = world.as_app()
    row = connection.execute(statement, values).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


def under_grant(
    world: World, secret: bytes, verb: str, patient: UUID | None, statement: str, *values: object
) -> Any:
    """Grant, commit, then run one statement in a transaction bound to the grant; return the first value."""
    connection = world.as_app()
    token = os.urandom(32)
    digest = sha256(token).digest()
    granted = (
        connection.execute(GRANT_LIST, (secret, verb, Jsonb({}), digest)).fetchone()
        if patient is None
        else connection.execute(GRANT, (secret, patient, verb, digest)).fetchone()
    )
    assert granted is not None and granted[0], f"the gate refused: {granted}"
    with connection.transaction():
        connection.execute("SELECT gate.use_grant(%s)", (token,))
        row = connection.execute(statement, values).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


def relation_of(world: World, patient: UUID, person: UUID) -> tuple[Any, ...]:
    """Give (kind, state, consented, proof) of the carer's only relation with the patient; None when there is none."""
    rows = world.run(
        "SELECT kind, state, consented, proof FROM relations.relation WHERE patient_id = %s AND person_id = %s",
        patient,
        person,
    )
    assert len(rows) < 2
    return rows[0] if rows else ()


def told(world: World, patient: UUID) -> list[str]:
    """Give the kinds of what the patient was told, in order."""
    return [
        kind
        for (kind,) in world.run("SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at", patient)
    ]
