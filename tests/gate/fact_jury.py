"""Judges all mutants of the facts on one walk: what each would have answered, beside what the gate answered.

Each mutant has a schema with the whole weighing in it, one function changed. The walk has just found that the gate agrees
with the model; a mutant falls when its answer would have made the walk stop: another rule, other categories, or a
permission said to last longer than it does.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.gate.fact_mutants import FACT_FUNCTIONS, fact_mutants

# what a mutant's schema holds beside the functions that are changed: they call them
WEIGHING = (
    *FACT_FUNCTIONS,
    "gate.holds(gate.session, timestamptz)",
    "gate.weigh(gate.session, registry.patient, gate.verb, text, uuid[], timestamptz, timestamptz)",
)
_DIFFERING = """
CREATE FUNCTION mutants.differing(alive integer[], secret bytea, person uuid, patient uuid, verb text, glass text, at timestamptz,
    rule text, permits boolean, shown bigint, lasts timestamptz) RETURNS TABLE (number integer, how text) LANGUAGE plpgsql AS $outer$
DECLARE
    ask constant text := $q$SELECT (w).rule AS rule, (w).permits AS permits, (w).mask_own & 2097151 AS shown, least((w).lasts, $6 + interval '3000 days') AS lasts FROM (
        SELECT %1$s.weigh(s, p, v, $5, t.teams, t.lasts, $6) AS w
        FROM gate.session_of($1) s, registry.patient p, gate.verb v, %1$s.teams_of($2, $6) t WHERE p.id = $3 AND v.slug = $4 OFFSET 0) x$q$;
    r record;
    later record;
BEGIN
    FOREACH number IN ARRAY alive LOOP
        BEGIN
            EXECUTE format(ask, 'm' || number) INTO r USING secret, person, patient, verb, glass, at;
            IF (r.rule, r.permits) IS DISTINCT FROM (differing.rule, differing.permits) THEN
                how := 'says ' || coalesce(r.rule, 'nothing') || ' for ' || differing.rule;
                RETURN NEXT;
            ELSIF r.shown <> differing.shown THEN
                how := 'shows other categories';
                RETURN NEXT;
            ELSIF r.permits AND r.lasts > differing.lasts THEN
                EXECUTE format(ask, 'gate') INTO later USING secret, person, patient, verb, glass, r.lasts - interval '1 millisecond';
                IF NOT later.permits THEN
                    how := 'lasts too long';
                    RETURN NEXT;
                END IF;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            how := 'raises ' || SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END
$outer$"""


AT_ONCE = 40  # most fall at one of their first questions


@dataclass(frozen=True)
class Mutant:
    """One changed function: its name and what was done."""

    function: str
    what: str


@dataclass
class Jury:
    """The mutants that no question has told from the gate yet, and what made the others fall."""

    connection: psycopg.Connection
    alive: dict[int, Mutant] = field(default_factory=dict)
    fallen: dict[int, tuple[Mutant, str]] = field(default_factory=dict)
    faulty: list[tuple[Mutant, str]] = field(default_factory=list)  # PostgreSQL would not have them
    questions: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(1))

    @classmethod
    def gather(cls, connection: psycopg.Connection) -> "Jury":
        """Make every mutant of the functions as they stand in this database."""
        jury = cls(connection)
        own = {name: _source(connection, name) for name in WEIGHING}
        connection.execute("CREATE SCHEMA mutants")
        connection.execute(_DIFFERING)
        # nothing changed: it must never fall
        jury._make(0, Mutant("gate.weigh", "nothing"), own)
        for name in FACT_FUNCTIONS:
            source, definition = own[name]
            for what, body in fact_mutants(source):
                number = len(jury.alive) + len(jury.faulty)
                changed = own | {name: (body, definition.replace(source, body))}
                jury._make(number, Mutant(name.split("(")[0], what), changed)
        return jury

    def _make(self, number: int, mutant: Mutant, sources: dict[str, tuple[str, str]]) -> None:
        try:
            with self.connection.transaction():
                self.connection.execute(f"CREATE SCHEMA m{number}")  # type: ignore[arg-type]
                self.connection.execute("SET LOCAL check_function_bodies = off")
                for _, definition in sources.values():
                    text = definition
                    for name in WEIGHING:
                        short = name.split("(")[0]
                        text = text.replace(f"{short}(", f"m{number}.{short.removeprefix('gate.')}(")
                    self.connection.execute(text)  # type: ignore[arg-type]
        except psycopg.Error as error:
            self.faulty.append((mutant, str(error).split("\n", 1)[0]))
        else:
            self.alive[number] = mutant

    def hear(self, asked: dict[str, Any], answer: tuple[Any, ...]) -> None:
        """Ask those that are alive, some of them while they are many, the question that the gate has just answered rightly."""
        self.questions += 1
        asked_now = self._dice.sample(sorted(self.alive), min(AT_ONCE, len(self.alive)))
        rule, permits, shown, lasts = answer
        rows = self.connection.execute(
            """SELECT number, how FROM mutants.differing(%(alive)s, %(secret)s, %(person)s, %(patient)s, %(verb)s, %(glass)s, %(at)s,
            %(rule)s, %(permits)s, %(shown)s & 2097151, %(lasts)s)""",
            asked | {"alive": asked_now, "rule": rule, "permits": permits, "shown": shown, "lasts": lasts},
        ).fetchall()
        for number, how in rows:
            self.fallen[number] = (self.alive.pop(number), how)


def _source(connection: psycopg.Connection, signature: str) -> tuple[str, str]:
    row = connection.execute(
        "SELECT prosrc, pg_get_functiondef(oid) FROM pg_proc WHERE oid = %s::regprocedure", (signature,)
    ).fetchone()
    assert row is not None
    return row[0], row[1]
