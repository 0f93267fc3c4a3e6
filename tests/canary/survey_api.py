"""The survey of the API: one token asks every route for every hidden id, in the address, in a search, in a batch."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from urllib.parse import quote

from tests.canary.ask import Answer, TokenHolder
from tests.canary.routes import Route
from tests.canary.seed import BEGINNING, NUMBERS, Member, Planted
from tests.canary.survey import ABSENT, Findings, words_in

# what leads a search to something hidden by its id; {} is in each of them
BY_ID = (
    "patient={}&_total=accurate",
    "_id={}",
    "subject=Patient/{}&_include=*&_revinclude=*",
    "patient._id={}&_summary=count",
    "_has:Observation:subject:_id={}",
    "patient={}&_sort=-date&_count=1",
    "patient=Patient/{}&_revinclude=Provenance:target&_elements=id",
)
# ... and by what it says
BY_WORDS = (
    f"name:contains={BEGINNING}",
    f"family={BEGINNING}",
    f"address:contains={BEGINNING}",
    f"identifier={NUMBERS}",
    f"code:text={BEGINNING}",
    f"_content={BEGINNING}",
    f"_text={BEGINNING}",
    f"patient.name={BEGINNING}",
    "_total=accurate",
    "_lastUpdated=ge2020-01-01&_total=accurate",
)
ROW = "{}"
BY_AN_APP = " by an app"  # whose scopes reach nothing that was planted: it sees no word of it


@dataclass(frozen=True)
class Reach:
    """How far it goes: so many hidden ids in the address, in searches; so many kinds of searches."""

    rows: int = 1000
    searched: int = 1000
    searches: int = 100


@dataclass
class ApiSurvey:
    """One token at the API: every route, every kind of resource that is named, every hidden id."""

    member: Member
    holder: TokenHolder
    planted: Planted
    findings: Findings
    reach: Reach = field(default_factory=Reach)
    _nothing: dict[tuple[str, str, str], Answer] = field(
        default_factory=dict
    )  # what is not there, asked once

    def run(self, routes: list[Route], types: tuple[str, ...], *, methods: tuple[str, ...]) -> None:
        """Ask by these methods; what a machine sends is stored, so that PUT and POST change the world."""
        for route in routes:
            self.findings.routes.add(route.address)
            for method in (one for one in route.methods if one in methods):
                for kind in types if "type" in _places(route) else types[:1]:
                    self._fill(route, method, kind)
                    if method == "GET":
                        self._search(route, kind)
                    elif method == "POST" and not _places(route):
                        self._batch(route, kind)

    def _rows(self, most: int) -> list[str]:
        """Give the hidden ids, those of closed patients first."""
        patients = [*self.planted.patients.values()]
        others = (one for one in self.planted.ids.values() if one not in patients)
        return [str(one) for one in islice((*patients, *others), most)]

    def _fill(self, route: Route, method: str, kind: str) -> None:
        places = _places(route) - {"type", "version"}
        for row in self._rows(self.reach.rows if places else 1):
            body = _body(route, kind) if method in ("POST", "PUT", "PATCH") else ""
            for address in self._addresses(route, kind):
                self._ask(method, address, row, body=body)

    def _addresses(self, route: Route, kind: str) -> Iterator[str]:
        """Fill every place: of a type, a version, of the log with an entry; all others with the id."""
        choices = {name: [ROW] for name in _places(route)}
        log = [f"{self.planted.entry}.{ROW}", ROW]
        yield from route.filled(choices | {"type": [kind], "version": ["1"], "audit_event": log})

    def _search(self, route: Route, kind: str) -> None:
        """Ask with parameters; of an address with an id in it only with those words that widen it."""
        if _places(route) - {"type"}:
            return
        (address,) = route.filled({"type": [kind]})
        for query in BY_WORDS[: self.reach.searches]:
            self.look(self.holder.answer("GET", f"{address}?{query}"))
        for query, row in product(BY_ID[: self.reach.searches], self._rows(self.reach.searched)):
            self._ask("GET", f"{address}?{query}", row)

    def _batch(self, route: Route, kind: str) -> None:
        (address,) = route.filled({})
        urls = (f"{kind}/{ROW}", f"{kind}?patient={ROW}", f"Patient/{ROW}", f"Patient/{ROW}/$everything")
        entries = [{"request": {"method": "GET", "url": url}} for url in urls]
        body = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
        for row in self._rows(self.reach.searched):
            self._ask("POST", address, row, body=body)

    def look(self, answer: Answer) -> Answer:
        """Look one answer through."""
        self.findings.answers += 1
        told = f"{answer.method} {answer.path}"
        if answer.status >= 500 and answer.status != 503:
            self.findings.faults.append(f"{self.member.username}: {told}: {answer.status}")
        for word in words_in(answer, self.planted.canaries):
            self.findings.seen.setdefault((word, self.member.username), told)
        return answer

    def _ask(self, method: str, address: str, row: str, *, body: str = "") -> None:
        """Ask; what leads to something closed must answer as what leads to nothing (ACD-8)."""
        answer = self.look(self._answer(method, address, row, body))
        # what the person may see is not closed to his app: it finds nothing there
        person = self.member.username.removesuffix(BY_AN_APP)
        is_closed = person in self.planted.closed_to[uuid.UUID(row)]
        # a machine delivers: what it sends is stored, by PUT under an id of its own; with one that is taken it is a conflict
        delivers = method in ("PUT", "PATCH", "DELETE") or answer.status == 201
        is_delivery = delivers and self.member.function == "machine"
        if not is_closed or is_delivery or ROW not in address + body:
            return
        self.findings.compared += 1
        asked = (method, address, body)
        if asked not in self._nothing:
            self._nothing[asked] = self._answer(method, address, ABSENT, body)
        absent = self._nothing[asked]
        if answer.neutral(row, ABSENT) == absent.neutral(row, ABSENT):
            return
        absent = self._answer(method, address, ABSENT, body)
        again = self._answer(method, address, row, body)
        if again.neutral(row, ABSENT) != absent.neutral(row, ABSENT):
            heads = sorted(again.headers ^ absent.headers)
            told = f"{again.status} {again.body[:200]}; absent {absent.status} {absent.body[:200]}; {heads}"
            self.findings.differences.append(f"{self.member.username}: {method} {answer.path}: {told}")

    def _answer(self, method: str, address: str, row: str, body: str) -> Answer:
        return self.holder.answer(method, address.replace(ROW, quote(row)), body=body.replace(ROW, row))


def _body(route: Route, kind: str) -> str:
    if route.address.endswith("/_search"):
        return f"patient={ROW}&_total=accurate&_revinclude=*"
    return json.dumps({"resourceType": kind, "id": ROW})


def _places(route: Route) -> set[str]:
    return {name for _, name in route.parameters}
