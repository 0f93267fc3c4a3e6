"""The decision in SQL and the oracle agree on every combination of facts (ACD-9, goal G1)."""

import numpy as np
import psycopg

from tests.gate.facts import COMBINATIONS, DOMAIN, facts_at
from tests.gate.oracle import PERMITS, REFUSALS
from tests.gate.table import DecisionTable

SHOWN = 20


def differences(ours: DecisionTable, theirs: DecisionTable) -> list[str]:
    """Tell the differences in words: one kind (oracle's rule, SQL's rule) a line, with its count."""
    places = np.flatnonzero(ours.flat != theirs.flat)
    kinds: dict[tuple[str, str], list[int]] = {}
    for place in places:
        kinds.setdefault((ours.rule_at(place), theirs.rule_at(place)), []).append(int(place))
    return [
        f"{len(found):>8} x  oracle {mine}, SQL {other}; first: {facts_at(found[0])}"
        for (mine, other), found in sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    ]


def test_the_sql_decides_as_the_oracle_for_every_combination(
    oracle_table: DecisionTable, sql_table: DecisionTable, record_property
):
    record_property("combinations", len(sql_table.flat))
    record_property("differences", int(np.count_nonzero(oracle_table.flat != sql_table.flat)))
    found = differences(oracle_table, sql_table)
    assert not found, f"{len(found)} kinds of difference:\n" + "\n".join(found[:SHOWN])


def test_both_tables_hold_the_whole_domain(oracle_table, sql_table):
    assert len(oracle_table.flat) == len(sql_table.flat) == COMBINATIONS


def test_every_rule_decides_somewhere(sql_table):
    assert sql_table.rules() == PERMITS | REFUSALS


def test_the_table_of_rules_permits_what_the_oracle_permits(owner_dsn):
    with psycopg.connect(owner_dsn) as connection:
        rules = dict(connection.execute("SELECT id, permits FROM gate.rule").fetchall())
    # the table also holds the rules of sign-in and of lists, which are no answers of the decision
    assert {rule for rule in PERMITS | REFUSALS if rules[rule]} == PERMITS


def test_the_parameters_of_the_decision_stand_in_the_order_of_the_facts(owner_dsn):
    with psycopg.connect(owner_dsn) as connection:
        names = connection.execute(
            "SELECT proargnames FROM pg_proc WHERE oid = 'gate.decide'::regproc"
        ).fetchone()
    assert names is not None
    assert [name.removeprefix("_").removeprefix("p_") for name in names[0]][: len(DOMAIN)] == list(DOMAIN)
