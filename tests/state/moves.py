"""What may happen in the small world: each move changes the database, commits, and tells the model."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from tests.gate.world import World
from tests.state import model
from unidossier.kernel.uuid7 import new_id

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEFORE = (timedelta(0), timedelta(microseconds=1))  # the very instant, and just before it
WORK = ("appointment", "stay", "contact", "order", "referral", "care-team")
TRUST = ("granted", "request", "link")


@dataclass
class Walk:
    """The small world, its model, and the instant that the model has reached."""

    world: World
    small: model.Small
    now: datetime
    dice: random.Random
    connections: list[psycopg.Connection]  # the moves commit on one, the questions are asked on another
    steps: int = 0
    moves: tuple[tuple[int, Callable[["Walk"], None]], ...] = ()

    def run(self, statement: str, *values: object) -> None:
        """Run and commit one statement, on the connection whose turn it is."""
        connection = self.connections[self.steps % len(self.connections)]
        connection.execute(statement, values)  # type: ignore[arg-type]

    def patient(self) -> model.Patient:
        return self.dice.choice(self.small.patients)

    def worker(self) -> model.Asker:
        return self.dice.choice([one for one in self.small.askers if one.institution is not None])

    def soon(self, *, most: timedelta = 40 * DAY) -> datetime:
        """An instant after now."""
        return self.now + most * self.dice.random() + timedelta(seconds=1)

    def around(self) -> datetime:
        """Mostly past, sometimes to come, sometimes this very instant."""
        return (
            self.now + self.dice.choice((-3 * DAY, -HOUR, timedelta(0), HOUR, 5 * DAY)) * self.dice.random()
        )


def relate(walk: Walk) -> None:
    """ACD-2, ACD-3: work, trust or the general practitioner; to a person or to a team."""
    patient, worker, dice = walk.patient(), walk.worker(), walk.dice
    team, house = dice.choice(walk.small.teams)
    to_team = dice.random() < 0.3
    kind = dice.choice((*WORK, *TRUST, "gp"))
    assert worker.institution is not None
    made = model.Relation(
        id=new_id(),
        party=team if to_team else worker.person,
        institution=house if to_team else worker.institution,
        kind=kind,
        consented=kind in TRUST and dice.random() < 0.8,
        state=dice.choices(("in-force", "pending", "suspended", "refused"), (8, 2, 1, 1))[0],
        categories=dice.choice((model.EVERYTHING, 1 << 8, 0b1111)),
        starts=walk.around(),
        ends=walk.soon(),
    )
    patient.relations.append(made)
    walk.run(
        f"""INSERT INTO relations.relation (patient_id, id, {"team_id" if to_team else "person_id"}, institution_id, kind, source_type, consented, state, categories, starts_at, ends_at, entry_id)
        VALUES (%s, %s, %s, %s, %s, 'test', %s, %s, %s, %s, %s, 0)""",
        *(patient.id, made.id, made.party, made.institution, kind, made.consented, made.state),
        *(made.categories, made.starts, made.ends),
    )


def change_relation(walk: Walk) -> None:
    """Withdraw, suspend, take up again, end: CON-9, MY-14."""
    patient = walk.patient()
    if not patient.relations:
        return
    one = walk.dice.choice(patient.relations)
    change = walk.dice.choice(("withdrawn", "suspended", "in-force", "end"))
    if change == "end":
        one.ends = max(one.starts, min(one.ends, walk.now))
    else:
        one.state = change
        one.withdrawn_at = walk.now if change == "withdrawn" else None
    walk.run(
        "UPDATE relations.relation SET state = %s, ends_at = %s, withdrawn_at = %s WHERE patient_id = %s AND id = %s",
        *(one.state, one.ends, one.withdrawn_at, patient.id, one.id),
    )


def exclude(walk: Walk) -> None:
    """EXC-1, in advance too; EXC-7 "also in emergencies"."""
    patient = walk.patient()
    who = walk.dice.choice([one for one in walk.small.askers if one.side != "patient"])
    made = model.Exclusion(
        id=new_id(),
        person=who.person,
        absolute=walk.dice.random() < 0.25,
        starts=walk.around(),
        ends=walk.soon(most=20 * DAY) if walk.dice.random() < 0.5 else FOR_EVER,
    )
    patient.exclusions.append(made)
    walk.run(
        """INSERT INTO relations.exclusion (patient_id, id, person_id, source, absolute, from_at, until_at, entry_id)
        VALUES (%s, %s, %s, 'local', %s, %s, %s, 0)""",
        *(patient.id, made.id, who.person, made.absolute, made.starts),
        None if made.ends == FOR_EVER else made.ends,
    )


def end_exclusion(walk: Walk) -> None:
    """EXC-5."""
    patient = walk.patient()
    for one in patient.exclusions:
        if one.holds(walk.now):
            one.ends = walk.now
            walk.run(
                "UPDATE relations.exclusion SET until_at = %s WHERE patient_id = %s AND id = %s",
                *(one.ends, patient.id, one.id),
            )
            return


def lift(walk: Walk) -> None:
    """EXC-7: at most twelve hours; mostly of somebody who is excluded."""
    patient, worker = walk.patient(), walk.worker()
    shut = {one.person for one in patient.exclusions if one.holds(walk.now) and not one.absolute}
    carers = [one for one in walk.small.askers if one.side == "carer" and one.person in shut]
    if carers and walk.dice.random() < 0.8:
        worker = walk.dice.choice(carers)
    start = walk.now - HOUR * walk.dice.random()
    made = model.Lifting(
        id=new_id(), person=worker.person, starts=start, ends=start + 12 * HOUR * walk.dice.random()
    )
    patient.liftings.append(made)
    walk.run(
        """INSERT INTO relations.lifting (patient_id, id, person_id, discipline, reason, starts_at, ends_at, entry_id)
        VALUES (%s, %s, %s, 'cardiology', 'alone on duty', %s, %s, 0)""",
        *(patient.id, made.id, made.person, made.starts, made.ends),
    )


def break_glass(walk: Walk) -> None:
    """BTG-3: at most twelve hours, for the place where it was made."""
    patient, worker = walk.patient(), walk.worker()
    start = walk.around()
    assert worker.institution is not None
    made = model.Opening(
        id=new_id(),
        person=worker.person,
        institution=worker.institution,
        starts=start,
        ends=start + 12 * HOUR * walk.dice.random(),
    )
    patient.openings.append(made)
    walk.run(
        """INSERT INTO relations.opening (patient_id, id, person_id, institution_id, function, reason, justification, starts_at, ends_at, entry_id)
        VALUES (%s, %s, %s, %s, %s, 'unconscious', 'found unconscious without papers', %s, %s, 0)""",
        *(patient.id, made.id, made.person, made.institution, worker.function, made.starts, made.ends),
    )


def end_opening(walk: Walk) -> None:
    """BTG-3: at any moment."""
    patient = walk.patient()
    for one in patient.openings:
        if one.holds(walk.now):
            one.ends = walk.now
            walk.run(
                "UPDATE relations.opening SET ends_at = %s WHERE patient_id = %s AND id = %s",
                *(one.ends, patient.id, one.id),
            )
            return


def represent(walk: Walk) -> None:
    """REP-1, REP-3, DTH-3."""
    patient, dice = walk.patient(), walk.dice
    kind = dice.choice(("parent", "legal", "foster", "mandate", "trusted", "designated"))
    # a carer may also be somebody's trusted person, and the other way round
    is_usual = dice.random() < 0.85
    sides = ("carer",) if (kind == "designated") is is_usual else ("representative",)
    who = dice.choice([one for one in walk.small.askers if one.side in sides])
    if kind == "designated" and any(one.kind == kind for one in patient.representations):
        return
    made = model.Representation(
        id=new_id(),
        person=who.person,
        kind=kind,
        state="in-force",
        decides=dice.random() < 0.5,
        categories=dice.choice((model.EVERYTHING, 0b11110000)),
        starts=walk.around(),
        ends=walk.soon() if dice.random() < 0.7 else FOR_EVER,
    )
    patient.representations.append(made)
    walk.run(
        """INSERT INTO relations.representation (patient_id, id, person_id, kind, state, decides, categories, starts_at, ends_at, entry_id)
        VALUES (%s, %s, %s, %s, 'in-force', %s, %s, %s, %s, 0)""",
        *(patient.id, made.id, made.person, kind, made.decides, made.categories, made.starts),
        "infinity" if made.ends == FOR_EVER else made.ends,
    )


def change_representation(walk: Walk) -> None:
    """REP-1 dispute, REP-4 withdrawal."""
    patient = walk.patient()
    if not patient.representations:
        return
    one = walk.dice.choice(patient.representations)
    one.state = walk.dice.choice(("in-force", "suspended", "withdrawn"))
    one.withdrawn_at = walk.now if one.state == "withdrawn" else None
    walk.run(
        "UPDATE relations.representation SET state = %s, withdrawn_at = %s WHERE patient_id = %s AND id = %s",
        *(one.state, one.withdrawn_at, patient.id, one.id),
    )


def live_or_die(walk: Walk) -> None:
    """DTH-1, DTH-4."""
    patient = walk.patient()
    patient.deceased_at = None if patient.deceased_at else walk.now
    walk.run("UPDATE registry.patient SET deceased_at = %s WHERE id = %s", patient.deceased_at, patient.id)


def refuse_outside(walk: Walk) -> None:
    """CON-10."""
    patient = walk.patient()
    patient.refuses_outside = not patient.refuses_outside
    walk.run(
        "UPDATE registry.patient SET refuses_outside = %s WHERE id = %s", patient.refuses_outside, patient.id
    )


def open_own_access(walk: Walk) -> None:
    """REP-2."""
    patient = walk.patient()
    patient.own_opened_at = None if patient.own_opened_at else walk.around()
    walk.run(
        "UPDATE registry.patient SET own_opened_at = %s WHERE id = %s", patient.own_opened_at, patient.id
    )


def store_something(walk: Walk) -> None:
    """An institution holds something of the patient from now on."""
    patient, house = walk.patient(), walk.dice.choice(list(walk.small.institutions))
    if house not in patient.present_at:
        patient.present_at.add(house)
        walk.run("INSERT INTO record.presence VALUES (%s, %s)", patient.id, house)


def give_task(walk: Walk) -> None:
    """ACS-4: the Desk has something to do about the patient."""
    patient = walk.patient()
    who = walk.dice.choice([one for one in walk.small.askers if one.side == "governance"])
    assert who.institution is not None
    patient.tasks.add((who.institution, who.function))
    walk.run(
        """INSERT INTO cases.task (id, institution_id, function, kind, patient_id, due_at, entry_id)
        VALUES (%s, %s, %s, 'case', %s, now(), 0)""",
        *(new_id(), who.institution, who.function, patient.id),
    )


def set_consent_model(walk: Walk) -> None:
    """CON-3, CON-4."""
    house = walk.dice.choice(list(walk.small.institutions.values()))
    house.consent_model = walk.dice.choice(("gp-default", "written-consent"))
    _set(walk, house.id, "consent-model", house.consent_model)


def set_own_age(walk: Walk) -> None:
    """REP-2, by an institution's own rule."""
    house = walk.dice.choice(list(walk.small.institutions.values()))
    house.own_age = walk.dice.choice((14, 15, 16))
    _set(walk, house.id, "own-access.age", str(house.own_age))


def _set(walk: Walk, house: UUID, name: str, value: str) -> None:
    walk.run(
        "UPDATE registry.institution_setting SET until_at = clock_timestamp() WHERE institution_id = %s AND name = %s AND until_at IS NULL",
        *(house, name),
    )
    walk.run(
        "INSERT INTO registry.institution_setting (institution_id, name, value, from_at, reason) VALUES (%s, %s, %s, clock_timestamp(), 'test')",
        *(house, name, value),
    )


def change_post(walk: Walk) -> None:
    """ACD-7: an employment ends, is taken up again, changes its function."""
    who = walk.worker()
    post = who.post
    assert post is not None
    if post.function != who.function or post.ends != FOR_EVER:
        post.function, post.ends = who.function, FOR_EVER
    elif walk.dice.random() < 0.3:
        post.function = "psychologist"
    else:
        post.ends = walk.soon(most=DAY)  # the next change takes him on again
    walk.run(
        "UPDATE registry.employment SET until_at = %s, function = %s WHERE id = %s",
        *(None if post.ends == FOR_EVER else post.ends, post.function, post.id),
    )


def put_on_duty(walk: Walk) -> None:
    """ACD-2: a roster, a team."""
    worker, (team, _house) = walk.worker(), walk.dice.choice(walk.small.teams)
    made = model.Duty(id=new_id(), team=team, person=worker.person, starts=walk.around(), ends=walk.soon())
    walk.small.duties.append(made)
    walk.run(
        "INSERT INTO registry.duty (id, team_id, person_id, starts_at, ends_at) VALUES (%s, %s, %s, %s, %s)",
        *(made.id, team, made.person, made.starts, made.ends),
    )


def take_off_duty(walk: Walk) -> None:
    """A line of the roster is cut short."""
    if not walk.small.duties:
        return
    one = walk.dice.choice(walk.small.duties)
    one.ends = max(one.starts, min(one.ends, walk.now))
    walk.run("UPDATE registry.duty SET ends_at = %s WHERE id = %s", one.ends, one.id)


def join_or_leave(walk: Walk) -> None:
    """A practice joins the network, a house leaves it: its carers are inside or outside from then on."""
    house = walk.dice.choice(list(walk.small.institutions.values()))
    house.network = not house.network
    walk.run("UPDATE registry.institution SET network = %s WHERE id = %s", house.network, house.id)


def one_human_being(walk: Walk) -> None:
    """EXC-6: two entries of the registry turn out to be one human being."""
    first, second = walk.worker(), walk.worker()
    for one in walk.small.askers:
        if one.person == second.person:
            one.human = first.human
    walk.run("UPDATE registry.person SET human_id = %s WHERE id = %s", first.human, second.person)


def _edges(small: model.Small) -> Iterator[datetime]:
    """Give every instant at which an answer may change."""
    periods: list[model.Period] = [*small.duties, *(one.post for one in small.askers if one.post)]
    for patient in small.patients:
        periods += [*patient.relations, *patient.exclusions, *patient.liftings, *patient.openings]
        periods += patient.representations
        if patient.birth:
            yield from (model.birthday(patient.birth, years) for years in (14, 15, 16))
    for period in periods:
        yield period.starts
        yield period.ends


def let_time_pass(walk: Walk) -> None:
    """Seconds, hours, days; now and then to the very instant at which something begins or ends."""
    edges = [one for one in _edges(walk.small) if walk.now < one < walk.now + 60 * DAY]
    if edges and walk.dice.random() < 0.6:
        # in UTC: within one zone Python compares what wall clocks show, and one night in March they leave out an hour
        walk.now = walk.dice.choice(edges).astimezone(UTC) - walk.dice.choice(BEFORE)
    else:
        walk.now += walk.dice.choice((timedelta(seconds=1), HOUR, DAY, 9 * DAY)) * walk.dice.random()


FOR_EVER = datetime.max.replace(tzinfo=model.BRUSSELS)
# how often each happens, against the others
MOVES: tuple[tuple[int, Callable[[Walk], None]], ...] = (
    (24, relate),
    (8, change_relation),
    (5, exclude),
    (4, end_exclusion),
    (4, lift),
    (5, break_glass),
    (2, end_opening),
    (10, represent),
    (4, change_representation),
    (1, live_or_die),
    (2, refuse_outside),
    (2, open_own_access),
    (3, store_something),
    (1, give_task),
    (2, set_consent_model),
    (1, set_own_age),
    (1, change_post),
    (4, put_on_duty),
    (2, take_off_duty),
    (1, join_or_leave),
    (1, one_human_being),
    (8, let_time_pass),
)
