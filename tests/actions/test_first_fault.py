"""An error of a pipeline is told by its own name, however its answers arrive: the statements behind it were only skipped."""

import select
from typing import Any

import pytest
from psycopg._preparing import PrepareManager

from unidossier.database.connections import pool
from unidossier.gate import door
from unidossier.gate.door import ActRefused, ItemChanged, Query

RAISE = "DO $$ BEGIN RAISE EXCEPTION '{}' USING ERRCODE = '{}'; END $$"
PATIENCE_MS = 20  # a statement that succeeds is answered at the end of its transaction only
TIMES = 30  # whether the end of the transaction is answered in the same breath is chance


@pytest.fixture(autouse=True)
def answered_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is there before all was sent: the one statement kept ready gives way, and its end is sent late."""

    def late(manager: PrepareManager, connection: Any) -> Any:
        if manager._to_flush:
            answer = select.poll()
            answer.register(connection.fileno(), select.POLLIN)
            answer.poll(PATIENCE_MS)
        return forget(manager, connection)

    forget = PrepareManager.maintain_gen
    monkeypatch.setattr(PrepareManager, "prepared_max", 0)
    monkeypatch.setattr(PrepareManager, "maintain_gen", late)


@pytest.mark.parametrize(("state", "error"), [("UD010", ActRefused), ("UD005", ItemChanged)])
def test_a_refused_act_is_not_an_unreadable_record(product: None, state: str, error: type[Exception]) -> None:
    for _ in range(TIMES):
        for each in range(pool().get_stats()["pool_size"]):
            door.call(Query(f"SELECT 1 AS {state}{each}"))  # each connection has a statement to forget
        with pytest.raises(error, match="too-late"):
            door.call(Query(RAISE.format("too-late", state)))
