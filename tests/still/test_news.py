"""A page that shows who looked learns within three seconds that somebody looked since (MY-15), by a ticket that shows nothing of the log."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.gate.world import Worker, World
from tests.still.page import open_page
from tests.still.test_line import run
from unidossier.actions.list_accesses import list_accesses
from unidossier.actions.open_record import open_record
from unidossier.exchange.still.watch import Watch
from unidossier.gate import door
from unidossier.gate.door import Ask, Query, RecordUnreadable
from unidossier.gate.standing import collected
from unidossier.log.queries import Chosen, Side
from unidossier.record.queries import Filter
from unidossier.signin.news import MARK, open_ticket, seal_ticket
from unidossier.signin.still import TokenRefused, make_token

SOON_S = 3.0
SILENT_S = 3.5  # two looks of the watch
DAY_S = 24 * 60 * 60
pytestmark = pytest.mark.usefixtures("product")


@dataclass(frozen=True)
class Care:
    """A patient who looks at his list, and a physician with a relation to him."""

    patient: UUID
    own: bytes
    physician: Worker
    secret: bytes


@pytest.fixture
def care(world: World) -> Care:
    patient, physician = world.patient(), world.worker("specialist", world.institution())
    world.relation(patient, physician)
    return Care(patient, world.own_session(patient), physician, world.session(physician))


def _look(care: Care) -> None:
    open_record(care.secret, patient=care.patient, chosen=Filter())


def _ticket(secret: bytes, patient: UUID, side: Side = "people") -> str:
    return list_accesses(secret, patient=patient, chosen=Chosen(side=side)).ticket


def _page_of(care: Care) -> list[str]:
    """Open the list as a page does; return the page's token and the sealed ticket."""
    with collected() as standings:
        ticket = _ticket(care.own, care.patient)
    return [make_token(standings, secret=care.own), seal_ticket(ticket)]


def _news_of(*tickets: str) -> list[str]:
    asked = Query("SELECT ticket FROM gate.news_of(%(all)s::text[]) AS ticket", {"all": list(tickets)})
    return [row["ticket"] for row in door.call(asked)]


def test_a_look_of_somebody_is_told_once_and_the_page_goes_on(care: Care) -> None:
    tokens = _page_of(care)

    async def test(watch: Watch) -> None:
        async with open_page(watch, tokens) as page:
            assert await page.event() == "sure"
            _look(care)
            assert await page.event(within_s=SOON_S) == "news"
            _look(care)
            with pytest.raises(TimeoutError):  # the page asks anew, with another ticket
                await page.event(within_s=SILENT_S)

    run(test)


def test_a_look_between_the_page_and_the_line_is_told_at_once(care: Care) -> None:
    tokens = _page_of(care)
    _look(care)

    async def test(watch: Watch) -> None:
        async with open_page(watch, tokens) as page:
            assert sorted([await page.event(), await page.event(within_s=SOON_S)]) == ["news", "sure"]

    run(test)


def test_ones_own_reading_and_other_sides_are_no_news(care: Care) -> None:
    ticket, mine = _ticket(care.own, care.patient), _ticket(care.own, care.patient, "own")
    _ticket(care.own, care.patient)
    assert _news_of(ticket, mine) == []
    _look(care)
    assert _news_of(ticket, mine) == [ticket]
    assert _news_of(_ticket(care.own, care.patient)) == []


def test_what_is_hidden_from_a_representative_is_no_news_for_him(world: World, care: Care) -> None:
    guardian = world.person(professional=False)
    world.represent(care.patient, guardian, kind="legal")
    acting = world.representative_session(guardian)
    tickets = [_ticket(acting, care.patient), _ticket(care.own, care.patient)]
    item = world.item(care.patient, care.physician.institution, confidential=True)
    door.read(care.secret, Ask(verb="open-item", patient=care.patient, items=(item,)))
    assert _news_of(*tickets) == tickets[1:]
    nurse = world.worker("nurse", care.physician.institution)
    world.relation(care.patient, nurse)
    open_record(world.session(nurse), patient=care.patient, chosen=Filter())
    assert sorted(_news_of(*tickets)) == sorted(tickets)


def test_asking_for_news_writes_nothing(world: World, care: Care) -> None:
    ticket = _ticket(care.own, care.patient)
    count = "SELECT count(*) FROM log.entry WHERE patient_id = %s"
    before = world.run(count, care.patient)
    for _ in range(5):
        _news_of(ticket)
    assert world.run(count, care.patient) == before


def test_a_ticket_is_given_under_the_list_alone(care: Care) -> None:
    follow = Query("SELECT * FROM gate.follow_accesses('people')")
    door.read(care.own, Ask(verb="who-looked", patient=care.patient), follow)
    for secret, verb in (
        (care.own, "open-record"),
        (care.secret, "who-looked"),
        (care.secret, "open-record"),
    ):
        with pytest.raises(RecordUnreadable, match="UD002"):
            door.read(secret, Ask(verb=verb, patient=care.patient), follow)


def test_a_ticket_that_was_changed_or_whose_session_is_over_has_no_news(world: World, care: Care) -> None:
    ticket = _ticket(care.own, care.patient)
    _look(care)
    assert _news_of(ticket) == [ticket]
    parts = ticket.split()
    for nth, value in ((0, str(world.patient())), (5, "0"), (6, "99"), (7, "00" * 32)):
        assert _news_of(" ".join([*parts[:nth], value, *parts[nth + 1 :]])) == []
    assert _news_of("", "a b", " ".join(parts[:7])) == []
    world.run("UPDATE gate.session SET ended_at = now() WHERE id = %s", parts[3])
    assert _news_of(ticket) == []


def test_a_sealed_ticket_names_nobody_and_bears_no_change(care: Care) -> None:
    ticket = _ticket(care.own, care.patient)
    sealed = seal_ticket(ticket)
    assert open_ticket(sealed) == ticket
    assert str(care.patient) not in sealed
    assert sealed != seal_ticket(ticket)
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for bad in (changed, MARK, sealed[1:], MARK + "AAAA"):
        with pytest.raises(TokenRefused):
            open_ticket(bad)
    old = seal_ticket(ticket, now=1_700_000_000)
    assert open_ticket(old, now=1_700_000_000 + DAY_S) == ticket
    with pytest.raises(TokenRefused):
        open_ticket(old, now=1_700_000_000 + 2 * DAY_S)


@pytest.mark.parametrize("more", ["~", "~AAAA", "~" + "A" * 200])
def test_a_line_with_a_bad_ticket_is_refused(care: Care, more: str) -> None:
    async def test(watch: Watch) -> None:
        async with open_page(watch, [_page_of(care)[0], more]) as page:
            assert await page.event() == ""
            assert page.status == 403

    run(test)
