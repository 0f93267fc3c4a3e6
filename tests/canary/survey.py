"""The survey: one person asks for everything; every answer is looked through, every refusal held against absence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urljoin

from tests.browser.crawl import ID, kind_of
from tests.canary.ask import Answer, Asker, searches, targets, with_other_ids
from tests.canary.routes import Route
from tests.canary.seed import BEGINNING, NUMBERS, Canary, Member, Planted
from unidossier.kernel.uuid7 import new_id

FACES = ("ward", "consult", "my", "desk")
ABSENT = str(new_id())
LANGUAGE = "nl"


@dataclass(frozen=True)
class Depth:
    """How much is asked: links of one kind, search words, ids a route is filled with, and with which methods."""

    links: int = 4
    ids: int = 40
    pairs: int = 6
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    elsewhere: bool = True  # the routes of other faces too


@dataclass
class Findings:
    """What all surveys found together."""

    answers: int = 0
    compared: int = 0
    routes: set[str] = field(default_factory=set)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)  # (word, who) -> where first
    differences: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def leaks(self, planted: Planted) -> list[str]:
        """Tell each word that somebody saw who may not."""
        return [
            f"{one.where} seen by {who} at {self.seen[one.word, who]}"
            for one in planted.canaries
            for word, who in self.seen
            if word == one.word and who not in one.may_see
        ]

    def not_found(self, planted: Planted, *, asked: Iterable[str]) -> list[str]:
        """Tell each word that its own reader did not find, of those who were asked."""
        readers = set(asked)
        return [
            f"{one.where} not found by {one.twin}"
            for one in planted.canaries
            if one.twin in readers and (one.word, one.twin) not in self.seen
        ]


@dataclass
class Survey:
    """One person at the portals of his face."""

    member: Member
    asker: Asker
    planted: Planted
    findings: Findings
    depth: Depth
    _nothing: dict[tuple[str, str], Answer] = field(default_factory=dict)  # what is not there, asked once

    def run(self, routes: list[Route]) -> None:
        """Follow the links, then fill every route."""
        kinds = self.follow_links()
        self.other_ids(kinds)
        for method in self.depth.methods:
            for route in routes:
                self.fill(route, method)

    def look(self, answer: Answer) -> Answer:
        """Look one answer through."""
        self.findings.answers += 1
        if answer.status >= 500 and answer.status != 503:
            self.findings.faults.append(
                f"{self.member.username}: {answer.method} {answer.path}: {answer.status}"
            )
        for word in words_in(answer, self.planted.canaries):
            self.findings.seen.setdefault((word, self.member.username), f"{answer.method} {answer.path}")
        return answer

    def follow_links(self) -> dict[str, list[str]]:
        """Follow links from home, some of each kind; fill search forms; ask for the parts of pages alone."""
        waiting, kinds, searched = (
            [self.asker.home],
            {kind_of(self.asker.home): [self.asker.home]},
            set[str](),
        )
        while waiting:
            answer = self.look(self.asker.answer("GET", waiting.pop(0)))
            page = answer.page
            links = [*(page.links if page else ()), answer.leads_to]
            if page:
                for address in searches(answer, BEGINNING):
                    if kind_of(address) not in searched:
                        searched.add(kind_of(address))
                        links.append(address)
            for path in (urljoin(answer.path, one) for one in links if one):
                known = kinds.setdefault(kind_of(path), [])
                is_new = path.startswith("/") and path not in known and len(known) < self.depth.links
                if is_new and not path.startswith("/sign-out"):
                    known.append(path)
                    waiting.append(path)
            for target in sorted(targets(answer)) if page and len(kinds[kind_of(answer.path)]) <= 1 else ():
                self.look(self.asker.answer("GET", answer.path, target=target))
        return kinds

    def other_ids(self, kinds: dict[str, list[str]]) -> None:
        """Ask for one address of each kind with hidden ids in the place of its own."""
        for paths in kinds.values():
            path = next(iter(paths), "")
            for other in with_other_ids(path, self._ids()):
                self._hold_against_absence("GET", other)

    def fill(self, route: Route, method: str) -> None:
        """Ask for one route with every id; of another face only once."""
        of_another = route.face in FACES and route.face != self.member.face
        if of_another and not self.depth.elsewhere:
            return
        self.findings.routes.add(route.address)
        if not any(kind == "uuid" for kind, _ in route.parameters):
            if method != "HEAD" and not (of_another and method == "POST"):
                for address in route.filled(self._choices()):
                    self.look(self.asker.answer(method, address))
            return
        for address in self._addresses(route, once=of_another or method == "HEAD"):
            self._hold_against_absence(method, address)

    def _addresses(self, route: Route, *, once: bool) -> Iterator[str]:
        places = sum(kind == "uuid" for kind, _ in route.parameters)
        ids = self._ids()[: 2 if once else None]
        open_ = [] if once else self._open_patients()
        few = [*ids[: self.depth.pairs], *open_]
        single = [*ids, *(open_ if "patient" in {name for _, name in route.parameters} else [])]
        for chosen in [[one] for one in single] if places == 1 else product(few, ids[:: 1 if once else 2]):
            given = iter(chosen)
            choices = {kind: [value] for kind, (value, *_) in self._choices().items()}
            values = [next(given) if kind == "uuid" else choices[kind][0] for kind, _ in route.parameters]
            yield _fill(route, values)

    def _ids(self) -> list[str]:
        """Give the planted ids: of closed patients first, then what he may see, then what is closed to him."""
        patients = [*self.planted.patients.values()]
        others = [one for one in self.planted.ids.values() if one not in patients]
        others.sort(key=lambda one: self.member.username in self.planted.closed_to[one])
        return [str(one) for one in (*patients, *others)][: self.depth.ids]

    def _open_patients(self) -> list[str]:
        return [str(one) for one in self.planted.known]

    def _choices(self) -> dict[str, list[str]]:
        entry = str(self.planted.entry)
        return {
            "uuid": self._ids(),
            "int": [entry, "1"],
            "str": [self.planted.digest],
            "slug": ["a"],
            "path": ["a"],
        }

    def _closed(self, address: str) -> list[str]:
        """Give the ids in an address that must be nothing to this person."""
        closed = {str(row) for row, whom in self.planted.closed_to.items() if self.member.username in whom}
        return [one for one in ID.findall(address) if one in closed]

    def _hold_against_absence(self, method: str, address: str) -> None:
        """Ask; what leads to something closed must answer as what leads to nothing (ACD-8)."""
        answer = self.look(self.asker.answer(method, address))
        closed = self._closed(address)
        if not closed:
            return
        nothing = address
        for one in closed:
            nothing = nothing.replace(one, ABSENT)
        self.findings.compared += 1
        if (method, nothing) not in self._nothing:
            self._nothing[method, nothing] = self.asker.answer(method, nothing)
        if self._same(answer, self._nothing[method, nothing], *closed):
            return
        # what was told once, or a limit that began in between, is no difference: both again
        again, absent = self.asker.answer(method, address), self.asker.answer(method, nothing)
        if not self._same(again, absent, *closed):
            told = (
                f"{again.status}, {len(again.content)} bytes; absent {absent.status}, {len(absent.content)}"
            )
            self.findings.differences.append(f"{self.member.username}: {method} {address}: {told}")

    def _same(self, answer: Answer, absent: Answer, *closed: str) -> bool:
        return answer.neutral(*closed, ABSENT) == absent.neutral(*closed, ABSENT)


def _fill(route: Route, values: list[str]) -> str:
    by_kind = {str(place): [value] for place, value in enumerate(values)}
    numbered = Route(
        route.name, route.address, tuple((str(n), name) for n, (_, name) in enumerate(route.parameters))
    )
    return next(numbered.filled(by_kind))


def words_in(answer: Answer, canaries: list[Canary]) -> list[str]:
    if BEGINNING not in answer.text and NUMBERS not in answer.digits:
        return []
    typed = answer.path.lower()
    return [
        one.word
        for one in canaries
        if one.word not in typed and one.word in (answer.digits if one.word.isdigit() else answer.text)
    ]
