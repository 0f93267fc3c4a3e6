"""LOG-3: no role of the product changes, empties or drops anything of the log but through the two functions that prove by the log that they may."""

import psycopg
import pytest

from tests.log.erasure.conftest import Keepers
from unidossier.actions.erase_entry import decide_erasure
from unidossier.gate.door import ActRefused

ROLES = ("unidossier_app", "unidossier_gate", "unidossier_store", "unidossier_sequencer", "unidossier_owner")
TABLES = ("log.entry", "log.leaf", "log.erasure", "log.dropped_month", "log.restored", "log.tree")
CHANGES = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "INSERT INTO {} DEFAULT VALUES",
)
CALLS = (
    "SELECT log.erase(1, 'court-order', NULL, NULL, NULL, 1, 1, 1)",
    "SELECT log.drop_month(201503, 3, 1)",
    "SELECT log.explain_restored(gen_random_uuid(), 1)",
)


def _refused(keepers: Keepers, role: str, statement: str) -> bool:
    with psycopg.connect(keepers.world.dsns.root) as connection:
        connection.execute(f"SET LOCAL ROLE {role}")
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
    return False


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_the_log(keepers: Keepers, role: str) -> None:
    keepers.opened()
    for table in TABLES:
        column = (
            "rule" if table == "log.entry" else "year" if table in ("log.leaf", "log.tree") else "told_entry"
        )
        column = "lost" if table == "log.restored" else column
        for change in CHANGES:
            if role == "unidossier_gate" and table == "log.entry" and change.startswith("INSERT"):
                continue  # the gate adds entries: that is how one is made
            assert _refused(keepers, role, change.format(table, column, column)), (role, change, table)


@pytest.mark.parametrize("role", [one for one in ROLES if one != "unidossier_store"])
def test_only_the_writer_reaches_the_functions_that_take_away(keepers: Keepers, role: str) -> None:
    for call in CALLS:
        assert _refused(keepers, role, call), call


def test_even_the_writer_erases_nothing_without_two_who_said_so(keepers: Keepers) -> None:
    entry = keepers.opened()
    before = keepers.row(entry)
    one, other = keepers.officer_worker.person, keepers.security_worker.person
    with psycopg.connect(keepers.world.dsns.root) as connection:
        connection.execute("SET LOCAL ROLE unidossier_store")
        with pytest.raises(psycopg.Error, match="not-by-two"):
            connection.execute(
                "SELECT log.erase(%s, 'court-order', %s, %s, %s, %s, %s, %s)",
                (entry, keepers.clinic.id, one, other, entry, entry, entry),
            )
        connection.rollback()
    assert keepers.row(entry) == before
    keepers.erase(entry)  # by the two it goes
    assert keepers.row(entry) != before


def test_each_of_the_three_entries_is_needed_and_by_whom_it_says(keepers: Keepers) -> None:
    """One who asks twice, or confirms for somebody else, is not two."""
    entry = keepers.opened()
    one, second = keepers.officer_worker.person, keepers.security_worker.person
    request = keepers.ask(entry)
    asked = keepers.last("erase-entry")
    with pytest.raises(ActRefused):  # refused, but said: an entry that names this one
        decide_erasure(keepers.officer, request=request, entry=entry, decision="confirmed")
    twice = keepers.last("erase-entry")
    decide_erasure(keepers.security, request=request, entry=entry, decision="refused", words="Not yet")
    confirmed = keepers.last("erase-entry")
    ((told,),) = keepers.world.run(
        """INSERT INTO log.entry (id, person_id, verb, rule, permitted, detail)
        SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), %s, 'entry-erased', 'ACS-4.task', true,
            jsonb_build_object('entry', %s::text) RETURNING id""",
        second,
        str(entry),
    )
    erase = "SELECT log.erase(%s, 'court-order', %s, %s, %s, %s, %s, %s)"
    for asker, confirmer, numbers in (
        (one, second, (asked, twice, told)),
        (one, one, (asked, twice, told)),
        (second, one, (asked, confirmed, told)),
        (one, second, (asked, confirmed, asked)),
        (one, second, (asked, entry, told)),
    ):
        with pytest.raises(psycopg.Error, match="not-by-two"):
            keepers.world.run(erase, entry, keepers.clinic.id, asker, confirmer, *numbers)
    keepers.world.run(erase, entry, keepers.clinic.id, one, second, asked, confirmed, told)
