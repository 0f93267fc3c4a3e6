"""What stands or falls together: a transaction or document as a whole, all other resources each for itself.

hl7.org/fhir/R4/http.html#transaction, hl7.org/fhir/R4/documents.html, hl7.org/fhir/uv/bulkdata (NDJSON)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from unidossier.record.sent import Refusal, Sent
from unidossier.record.validation import Checked, InvalidResource, Issue, validate_batch

WHOLE = frozenset({"transaction", "document", "message"})


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Resources of one delivery. `is_whole`: all of them or none. `refused`: what was found faulty on reading."""

    is_whole: bool
    sent: list[Sent] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def units_of(data: bytes, *, first_line: int) -> Iterator[Unit]:
    """Give the units of a JSON document (`first_line` 0), or of lines of NDJSON that begin at `first_line`."""
    if not first_line:
        yield from _document(data, place="")
        return
    loose = Unit(is_whole=False)
    for number, line in enumerate(data.split(b"\n"), first_line):
        if not line.strip():
            continue
        for unit in _document(line.strip(), place=f"line {number}"):
            if unit.is_whole:
                yield unit
            else:
                loose.sent.extend(unit.sent)
                loose.refused.extend(unit.refused)
    yield loose


def _document(data: bytes, *, place: str) -> Iterator[Unit]:
    try:
        checked = validate_batch(data)
    except InvalidResource as error:
        yield Unit(
            is_whole=False, refused=[_refusal(error.issues[0], place=place, more=len(error.issues) - 1)]
        )
        return
    if checked.resource_type != "Bundle":
        yield Unit(is_whole=False, sent=[Sent(place=place, checked=checked)])
        return
    unit = Unit(is_whole=checked.resource["type"] in WHOLE)
    for entry in checked.entries:
        where = ", ".join(filter(None, (place, f"entry {entry.index}")))
        if entry.issues:
            unit.refused.append(_refusal(entry.issues[0], place=where, more=len(entry.issues) - 1))
        elif entry.checked is None:
            continue  # a search set or history may tell of a resource without giving it
        elif entry.request and entry.request["method"] == "DELETE":
            unit.refused.append(_not_done(entry.checked, place=where))
        else:
            unit.sent.append(Sent(place=where, checked=entry.checked, full_url=entry.full_url))
    yield unit


def _refusal(issue: Issue, *, place: str, more: int) -> Refusal:
    reason = issue.diagnostics + (f" (and {more} more)" if more > 0 else "")
    return Refusal(
        place=place,
        resource_type=_type_of(issue.expression),
        source_id=None,
        code=issue.code,
        expression=issue.expression,
        reason=reason,
    )


def _not_done(checked: Checked, *, place: str) -> Refusal:
    return Refusal(
        place=place,
        resource_type=checked.resource_type,
        source_id=checked.id,
        code="not-supported",
        expression="",
        reason="nothing is ever deleted here; send the resource with the status entered-in-error",
    )


def _type_of(expression: str) -> str:
    """Return the type in front of an expression about a single resource; inside a Bundle the place tells it."""
    first = expression.partition(".")[0]
    return "" if first == "Bundle" else first
