"""The reads of a transaction, asked before anything is stored: one that fails refuses all of it. hl7.org/fhir/R4/http.html#transaction-response

Reads see what was stored (R4 #trules): what the writes may change is asked a second time behind them.
"""

import math
import re
from dataclasses import dataclass, field

import orjson
from starlette.requests import Request

from unidossier.exchange.fhir.batch import answered_alone
from unidossier.exchange.fhir.inside import Allowance, below_base
from unidossier.exchange.fhir.outcome import RequestRefused
from unidossier.exchange.fhir.room import Json
from unidossier.exchange.fhir.together import Plan
from unidossier.record.validation import Entry, Issue

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ABSENT = (403, 404, 410, 412, 422)  # so far: what names something that is stored only now
_DELETED = "The same transaction deletes it: it cannot be read then."


@dataclass(kw_only=True, slots=True)
class Beforehand:
    """What was asked: the answers that stand whatever is stored, by the place of the entry, and the room they leave."""

    answers: dict[int, Json] = field(default_factory=dict)
    # without end: behind what is stored, an answer that is refused for its time would be no answer
    allowance: Allowance = field(default_factory=lambda: Allowance(within_s=math.inf))


async def read_beforehand(request: Request, reads: list[Entry], *, plan: Plan) -> Beforehand:
    """Ask what a transaction reads. Raises RequestRefused with the status of the first read that fails; nothing is stored then.

    What names a resource that this very transaction stores may be absent so far.
    """
    kept, asking = Beforehand(), Allowance()
    written = {f"{step.resource_type}/{step.id}" for step in plan.steps if step.method != "DELETE"}
    deleted = {f"{step.resource_type}/{step.id}" for step in plan.steps if step.method == "DELETE"}
    ids = {one.partition("/")[2] for one in written}
    for entry in reads:
        path, query = below_base(entry, base=plan.base)
        if path in deleted:
            raise _refused(entry, 410, Issue("deleted", "", _DELETED))
        answer = await answered_alone(request, entry, allowance=asking)
        is_item = path.count("/") == 1 and _ID.fullmatch(path.partition("/")[2]) is not None
        is_new = path in written if is_item else not ids.isdisjoint(_ID.findall(f"{path}?{query}"))
        status = int(answer["response"]["status"])
        if status >= 400 and not (is_new and status in _ABSENT):
            raise _refused(entry, status, _issue_of(answer))
        if not plan.steps or (is_item and path not in written):
            kept.answers[entry.index] = answer
            kept.allowance.left -= len(orjson.dumps(answer))
    return kept


def _refused(entry: Entry, status: int, issue: Issue) -> RequestRefused:
    place = f"Bundle.entry[{entry.index}]"
    return RequestRefused(status, [Issue(issue.code, place, f"{issue.diagnostics} Nothing was stored.")])


def _issue_of(answer: Json) -> Issue:
    """Return the first issue of an answer that failed; one to HEAD has none."""
    told = orjson.loads(orjson.dumps(answer["response"].get("outcome", {}))).get("issue", [{}])[0]
    return Issue(
        told.get("code", "processing"), "", told.get("diagnostics", "What this entry reads is not given.")
    )
