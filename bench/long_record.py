"""The first page of a record of 10,000 lines beside that of one of 100, and search inside the long one."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from bench import pages
from bench.crowd import Crowd
from bench.figure import Figure
from bench.pages import Spent, spend
from bench.people import cookie_of
from bench.timing import in_turn

ROUNDS, TIMES = 5, 12
MOST_TIMES = 2.0  # issue: server time of the long record, as a multiple of the short one's
MOST_CPU_MS = 50.0
SEARCH_MS = 100.0
# as somebody types, and in three languages; the last finds nothing
SOUGHT = (
    "hemo",
    "hemoglobine",
    "kortademig",
    "écho",
    "Befund",
    "atemnot belastung",
    "radiografie thorax",
    "xyzzy",
)


def measure_long_record(crowd: Crowd, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Give times, the ratio, processor time and the search."""
    cookie = cookie_of(crowd)
    spent: dict[str, list[Spent]] = {"long": [], "short": [], "search": []}

    def first_page(name: str, patient: object) -> float:
        one = spend(crowd.place, lambda _: pages.get(f"/ward/patient/{patient}/", cookie=cookie), times=TIMES)
        spent[name].append(one)
        return one.median_ms

    def search() -> float:
        def ask(number: int) -> bytes:
            words = quote(SOUGHT[number % len(SOUGHT)])
            return pages.get(f"/ward/patient/{crowd.long}/?q={words}", cookie=cookie, htmx="items")

        one = spend(crowd.place, ask, times=2 * len(SOUGHT))
        spent["search"].append(one)
        return one.p95_ms

    taken = in_turn(
        {
            "long": partial(first_page, "long", crowd.long),
            "short": partial(first_page, "short", crowd.short),
            "search": search,
        },
        rounds=rounds,
    )
    ratios = tuple(round(one / other, 2) for one, other in zip(taken["long"], taken["short"], strict=True))
    yield Figure(
        name="record of 10,000: first page", value=min(taken["long"]), unit="ms", rounds=taken["long"]
    )
    yield Figure(
        name="record of 100: first page", value=min(taken["short"]), unit="ms", rounds=taken["short"]
    )
    yield Figure(
        name="record of 10,000: times that of 100", value=min(taken["long"]) / min(taken["short"]), unit="x",
        at_most=MOST_TIMES, rounds=ratios,
    )  # fmt: skip
    for name, told in (("long", "10,000"), ("short", "100")):
        values = tuple(round(one.cpu_ms, 2) for one in spent[name])
        target = MOST_CPU_MS if name == "long" else None
        yield Figure(
            name=f"record of {told}: CPU a page", value=min(values), unit="ms", at_most=target, rounds=values
        )
    yield Figure(name="record of 10,000: size of the page", value=spent["long"][0].size / 1000, unit="kB")
    yield Figure(
        name="record of 10,000: search inside, p95", value=min(taken["search"]), unit="ms",
        at_most=SEARCH_MS, rounds=taken["search"],
    )  # fmt: skip
