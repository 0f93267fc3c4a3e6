"""Walk: a move, then a question to the gate, again and again; the model must have expected every answer.

Half of the questions are asked at the model's instant, of the very function that weighs (`gate.weigh`) and over committed
facts; the others are grants of the application's role, asked now. A grant that opens is also used: what it shows must fit.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import psycopg

from tests.gate.oracle import PERMITS, decide
from tests.gate.scene import STALE_GRANT
from tests.gate.server import Dsns
from tests.gate.world import World
from tests.state import model
from tests.state.moves import MOVES, Walk
from tests.state.people import small_world

SMALL_WORLD = 400  # steps; then a fresh one, so that the tables of one stay small
CONNECTIONS = 3
# each statement is asked thousands of times, and what is asked does not hang on the disk: both together were most of a walk's time
PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan"
IN_MEMORY = f"-c synchronous_commit=off {PLANNED_ONCE}"
VERBS = (
    *(("open-record", "open", "read"), ("write-report", "open", "enter"), ("plan", "plan", "plan")),
    *(("deliver", "deliver", "deliver"), ("exclude", "decide", "decide"), ("desk-open", "govern", "govern")),
)
# how often each verb is asked, by who asks
FITTING = {
    "carer": (8, 2, 1, 0, 0, 0),
    "staff": (2, 0, 1, 0, 0, 0),
    "governance": (0, 0, 0, 0, 0, 1),
    "machine": (1, 0, 0, 1, 0, 0),
    "patient": (2, 0, 0, 0, 1, 0),
    "representative": (2, 0, 0, 0, 2, 0),
}
WEIGH = """SELECT (w).rule, (w).permits, (w).mask_own, least((w).lasts, %(at)s + interval '3000 days') FROM (
    SELECT gate.weigh(s, p, v, %(glass)s, t.teams, t.lasts, %(at)s) AS w
    FROM gate.session_of(%(secret)s) s, registry.patient p, gate.verb v, gate.teams_of(%(person)s, %(at)s) t
    WHERE p.id = %(patient)s AND v.slug = %(verb)s OFFSET 0) x"""
GRANT = "SELECT allowed, rule FROM gate.grant_access(%s, %s, %s, NULL, '{}', %s)"


class WrongAnswer(AssertionError):
    """The gate said something else than the model; the message says where, and how to come there again."""


Heard = Callable[[dict[str, Any], tuple[Any, ...]], None]


@dataclass
class Walked:
    """What was done: steps, answers by rule, grants used."""

    steps: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    outlasting: int = 0  # grants looked at again just before their end
    used: int = 0
    heard: Heard | None = None


def walk(dsns: Dsns, *, steps: int, seed: int, heard: Heard | None = None) -> Walked:
    """Take `steps` steps. Raises WrongAnswer at the first that the gate answers wrongly. `heard` is told each right answer."""
    walked = Walked(heard=heard)
    dice = random.Random(seed)
    with ExitStack() as opened:
        moving = [
            opened.enter_context(psycopg.connect(dsns.root, autocommit=True, options=IN_MEMORY))
            for _ in range(CONNECTIONS)
        ]
        asking = opened.enter_context(psycopg.connect(dsns.root, autocommit=True, options=PLANNED_ONCE))
        app = opened.enter_context(psycopg.connect(dsns.app, autocommit=True, options=IN_MEMORY))
        world = World(dsns)
        opened.callback(world.close)
        while walked.steps < steps:
            now = datetime.now(UTC)
            small = small_world(world, dice=dice, now=now)
            small.rights = _rights(asking)
            here = Walk(world=world, small=small, now=now, dice=dice, connections=moving)
            for _ in range(min(SMALL_WORLD, steps - walked.steps)):
                _step(here, walked, asking=asking, app=app, seed=seed)
    return walked


def _rights(connection: psycopg.Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        """SELECT function, action, bit_or(1::bigint << category) FROM gate.rights
        WHERE version = (SELECT max(version) FROM gate.rights_version WHERE from_at <= now()) GROUP BY 1, 2"""
    )
    return {(function, action): mask for function, action, mask in rows}


def _step(
    here: Walk, walked: Walked, *, asking: psycopg.Connection, app: psycopg.Connection, seed: int
) -> None:
    move = here.dice.choices([one for _, one in MOVES], [weight for weight, _ in MOVES])[0]
    move(here)
    here.steps += 1
    walked.steps += 1
    who, patient = _who_asks_whom(here)
    # mostly what fits him, sometimes anything
    weights = FITTING[who.side] if here.dice.random() < 0.85 else (1,) * len(VERBS)
    verb, act, action = here.dice.choices(VERBS, weights)[0]
    place = f"seed {seed}, step {walked.steps}, after {move.__name__}: {who.function} on {verb}"
    if here.dice.random() < 0.1:
        _ask_now(here, walked, app, who=who, patient=patient, asked=(verb, act, action), place=place)
    else:
        glass = here.dice.choices(("none", "valid", "incomplete"), (8, 1, 1))[0]
        question = (verb, act, action, glass)
        _ask_then(here, walked, asking, who=who, patient=patient, question=question, place=place)


def _who_asks_whom(here: Walk) -> tuple[model.Asker, model.Patient]:
    carers = [one for one in here.small.askers if one.side == "carer"]
    who = here.dice.choice(carers if here.dice.random() < 0.45 else here.small.askers)
    own = [one for one in here.small.patients if one.id == who.patient]
    return who, own[0] if own and here.dice.random() < 0.7 else here.patient()


def _ask_then(
    here: Walk,
    walked: Walked,
    asking: psycopg.Connection,
    *,
    who: model.Asker,
    patient: model.Patient,
    question: tuple[str, str, str, str],
    place: str,
) -> None:
    """Ask at the model's instant; a permission must hold until its own end."""
    verb, act, action, glass = question
    expected = here.small.facts(who, patient, act=act, action=action, glass=glass, at=here.now)
    rule = decide(expected)
    values = {"secret": who.secret, "person": who.person, "patient": patient.id, "verb": verb, "glass": glass}
    row = asking.execute(WEIGH, values | {"at": here.now}).fetchone()
    assert row is not None
    if row[0] != rule or row[1] != (rule in PERMITS):
        raise WrongAnswer(f"{place}: the gate says {row[0]}, the model {rule}; {expected}")
    walked.rules[rule] += 1
    if act == "open":
        _check_reach(here, who, patient, rule=rule, action=action, shown=row[2], place=place)
    if walked.heard:
        walked.heard(values | {"at": here.now}, row)
    if row[1] and here.dice.random() < 0.2:
        assert row[3] is not None
        until = row[3]
        later = here.now + (until - here.now) * here.dice.choice((0.5, 0.999999))
        again = asking.execute(WEIGH, values | {"at": later}).fetchone()
        walked.outlasting += 1
        if later < until and (again is None or not again[1]):
            raise WrongAnswer(
                f"{place}: permitted by {rule} until {until}, but at {later} {again and again[0]}"
            )


def _check_reach(
    here: Walk,
    who: model.Asker,
    patient: model.Patient,
    *,
    rule: str,
    action: str,
    shown: int,
    place: str,
) -> None:
    """No category more than the function table and the relations give together."""
    can = here.small.rights.get((who.function, action), 0)
    reach = here.small.tie(who, patient, at=here.now).reach
    opens = can if rule in ("EXC-7.lifted", "BTG-1.emergency") else can & reach
    if rule not in PERMITS:
        opens = 0
    if shown & model.EVERYTHING != opens:
        raise WrongAnswer(f"{place}: {rule} shows {shown & model.EVERYTHING:b}, the model {opens:b}")


def _ask_now(
    here: Walk,
    walked: Walked,
    app: psycopg.Connection,
    *,
    who: model.Asker,
    patient: model.Patient,
    asked: tuple[str, str, str],
    place: str,
) -> None:
    """A real grant, now, under the application's role; what it opens is used at once."""
    verb, act, action = asked
    token = os.urandom(32)
    before = datetime.now(UTC)
    answer = app.execute(GRANT, (who.secret, patient.id, verb, sha256(token).digest())).fetchone()
    after = datetime.now(UTC)
    rules = {
        decide(here.small.facts(who, patient, act=act, action=action, glass="none", at=at))
        for at in (before, after)
    }
    if answer is None or answer[1] not in rules or answer[0] != (answer[1] in PERMITS):
        raise WrongAnswer(f"{place}: granted {answer}, the model {rules}")
    walked.rules[answer[1]] += 1
    if answer[0] and act == "open":
        try:
            with app.transaction():
                app.execute("SELECT gate.use_grant(%s)", (token,))
                app.execute("SELECT count(*) FROM record.item").fetchone()
            walked.used += 1
        except psycopg.Error as refusal:
            # another walk of the same server changed a setting: that ends every grant (ACD-7)
            if refusal.sqlstate != STALE_GRANT:
                raise
