"""A hospital with its data protection officer and its security officer, and a tree in which entries can be given their leaf."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, make_clinic, name_the_database
from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from unidossier.actions.erase_entry import ask_erasure, decide_erasure
from unidossier.actions.open_record import open_record
from unidossier.gate.door import ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

YEAR = 1999  # a tree of these tests alone, older than any that a sequencer grows
REASON = "Ordered by the court of first instance"


@dataclass(frozen=True)
class Keepers:
    """`officer` and `security` are sessions of the two who decide."""

    clinic: Clinic
    officer: bytes
    officer_worker: Worker
    security: bytes
    security_worker: Worker

    @property
    def world(self) -> World:
        return self.clinic.world

    @property
    def patient(self) -> UUID:
        return self.clinic.patient

    def opened(self) -> int:
        """Let the physician open the record; return the number of that entry, which stands in the tree."""
        open_record(self.clinic.secret, patient=self.patient, chosen=Filter())
        return self.place(self.last("open-record"))

    def last(self, verb: str) -> int:
        """Give the number of the newest entry of a verb."""
        ((number,),) = self.world.run("SELECT max(id) FROM log.entry WHERE verb = %s", verb)
        return int(number)

    def place(self, entry: int) -> int:
        """Give an entry its leaf, as the sequencer does."""
        self.world.run(
            """INSERT INTO log.tree (year, origin, root, last_xid, last_id, cluster, closed_at) VALUES (%s, 'test/log/old', sha256(''), '0', 0, log.cluster(), now())
            ON CONFLICT DO NOTHING""",
            YEAR,
        )
        self.world.run(
            """INSERT INTO log.leaf (year, position, entry_id, hash)
            SELECT %s, (SELECT coalesce(max(position) + 1, 0) FROM log.leaf WHERE year = %s), e.id, sha256('\\x00'::bytea || log.digest(e))
            FROM log.entry e WHERE e.id = %s""",
            YEAR,
            YEAR,
            entry,
        )
        return entry

    def row(self, entry: int) -> dict[str, Any]:
        """Give the whole row of an entry as the administrator reads it."""
        ((told,),) = self.world.run("SELECT to_jsonb(e) FROM log.entry e WHERE id = %s", entry)
        return dict(told)

    def ask(self, entry: int, *, secret: bytes | None = None, **changes: Any) -> UUID:
        """Ask for an erasure; return the request."""
        told: dict[str, Any] = {"request": new_id(), "ground": "court-order", "reason": REASON} | changes
        ask_erasure(secret or self.officer, entry=entry, **told)
        return told["request"]

    def erase(self, entry: int) -> UUID:
        """Ask and confirm; return the request."""
        request = self.ask(entry)
        decide_erasure(self.security, request=request, entry=entry, decision="confirmed")
        return request

    def lost(self) -> UUID:
        """Note a restore as the sequencer does, in the tree of these tests; return its id."""
        made = new_id()
        self.world.run("SELECT log.note_restore(%s, %s::smallint, 5, 9, 4)", made, YEAR)
        return made


def code_of(refused: pytest.ExceptionInfo[ActRefused]) -> str:
    """Give the code of a refusal."""
    return refused.value.code


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    name_the_database(dsns, tmp_path_factory.mktemp("home"))


def make_keepers(world: World) -> Keepers:
    """Make a hospital with both officers."""
    clinic = make_clinic(world)
    officer = world.worker("data-protection-officer", clinic.id)
    security = world.worker("security-officer", clinic.id)
    return Keepers(
        clinic=clinic,
        officer=world.session(officer, face="desk", purpose="governance"),
        officer_worker=officer,
        security=world.session(security, face="desk", purpose="governance"),
        security_worker=security,
    )


@pytest.fixture(scope="module")
def empty_log(product: None, world: World) -> None:
    """No entry and no tree that tests of other rooms made up."""
    world.run("TRUNCATE log.entry, log.listed, log.tree, log.leaf, log.restored CASCADE")


@pytest.fixture
def keepers(empty_log: None, world: World) -> Keepers:
    """A house of its own for one test."""
    return make_keepers(world)
