"""LOG-6, T2: planted snoopers of a synthetic month are found, and few others are told of.

The long form is `make prove-review`; SNOOP_SEED draws another month.
"""

import os
from collections.abc import Callable
from datetime import timedelta

from tests.cases.conftest import House
from tests.cases.month import lay, make_month
from unidossier.actions.look_for_signals import look_for_signals

STAFF = int(os.environ.get("SNOOP_STAFF", "45"))
DAYS = int(os.environ.get("SNOOP_DAYS", "6"))
EACH = int(os.environ.get("SNOOP_EACH", "3"))
SEED = int(os.environ.get("SNOOP_SEED", "20261122"))
LEAST_FOUND = 0.95
MOST_FALSE = 5.0  # a thousand days of work
Record = Callable[[str, int], None]


def test_planted_snoopers_are_found_and_few_others(house: House, record_property: Record) -> None:
    month = make_month(house, staff=STAFF, days=DAYS, seed=SEED, each=EACH)
    lay(month)
    for ago in range(DAYS, 0, -1):  # as the worker does: yesterday, every day
        start = month.today - timedelta(days=ago)
        look_for_signals(house.officer, since=start, until=start + timedelta(days=1))
    rows = house.world.run(
        "SELECT person_id, facts ->> 'signal' FROM cases.task WHERE kind = 'signal' AND institution_id = %s",
        house.clinic.id,
    )
    told = {(person, signal) for person, signal in rows}
    found = {person for person, kind in month.planted.items() if (person, kind) in told}
    others = sorted(signal for person, signal in rows if person not in month.planted)
    figures = {
        "staff_days": month.staff_days,
        "entries": len(month.rows["log.entry"]),
        "snoopers": len(month.planted),
        "found": len(found),
        "false_signals": len(others),
    }
    for name, figure in figures.items():
        record_property(name, figure)
    missed = sorted({kind for person, kind in month.planted.items() if person not in found})
    assert len(found) >= LEAST_FOUND * len(month.planted), missed
    assert 1000 * len(others) <= MOST_FALSE * month.staff_days, others
