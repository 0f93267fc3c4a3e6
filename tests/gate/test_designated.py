"""DTH-3: what a designation opens stands until its own end, whatever else of the professional begins meanwhile."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.gate.world import LONG_AGO, Worker, World

WEIGH = """SELECT (w).rule FROM (
    SELECT gate.weigh(s, p, v, 'none', t.teams, t.lasts, a.at) AS w
    FROM (SELECT %s::timestamptz AS at) a, gate.session_of(%s) s, registry.patient p, gate.verb v, gate.teams_of(s.person_id, a.at) t
    WHERE p.id = %s AND v.slug = 'open-record' OFFSET 0) x"""


class Deceased:
    """A patient who died, and a physician inside whom the ombuds service designated."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = datetime.now(UTC)
        self.begins = self.now + timedelta(seconds=30)
        self.here = world.institution()
        self.physician: Worker = world.worker("specialist", self.here)
        self.patient: UUID = world.patient(deceased_at=LONG_AGO)
        self.secret = world.session(self.physician)
        world.represent(
            self.patient,
            self.physician.person,
            kind="designated",
            starts_at=LONG_AGO,
            ends_at=self.now + timedelta(days=30),
            categories=1 << 2,
        )

    def weighed(self, at: datetime) -> str:
        return str(self.world.run(WEIGH, at, self.secret, self.patient)[0][0])


@pytest.fixture
def deceased(world: World) -> Deceased:
    return Deceased(world)


def test_a_gps_relation_that_opens_nothing_hides_no_designation(deceased: Deceased) -> None:
    deceased.world.relation(deceased.patient, deceased.physician, kind="gp", starts_at=deceased.begins)
    assert deceased.weighed(deceased.now) == "DTH-3.designated"
    assert deceased.weighed(deceased.begins + timedelta(seconds=1)) == "DTH-3.designated"


def test_where_the_relation_of_a_gp_opens_by_itself_it_stands(deceased: Deceased) -> None:
    deceased.world.item(deceased.patient, deceased.here)
    deceased.world.relation(deceased.patient, deceased.physician, kind="gp")
    assert deceased.weighed(deceased.now) == "CON-3.gp"


def test_a_relation_of_work_takes_its_place_when_it_begins(deceased: Deceased) -> None:
    deceased.world.relation(deceased.patient, deceased.physician, starts_at=deceased.begins)
    assert deceased.weighed(deceased.now) == "DTH-3.designated"
    assert deceased.weighed(deceased.begins) == "ACD-2.work"
