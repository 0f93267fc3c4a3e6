"""Search parameters of AuditEvent, held against the events as their reader sees them. hl7.org/fhir/R4/auditevent.html#search

What is asked can find no more than what is shown: a name that is not told finds nobody (MY-15).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from unidossier.exchange.fhir.outcome import refused
from unidossier.kernel.fhir_date import InvalidFhirDate, parse, searched_period
from unidossier.kernel.period import Period
from unidossier.kernel.sortkey import sort_key

Event = dict[str, Any]
Token = tuple[str, str]  # system, code
MILLISECOND = timedelta(milliseconds=1)  # an event tells its instant no finer
ACTION = "http://hl7.org/fhir/audit-event-action"
OUTCOME = "http://hl7.org/fhir/audit-event-outcome"
ANY = "*"  # no system was named
_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.+)", re.DOTALL)


def _coded(codings: Sequence[dict[str, str]]) -> list[Token]:
    return [(one.get("system", ""), one.get("code", "")) for one in codings]


def _identified(who: dict[str, Any]) -> list[Token]:
    found = who.get("identifier")
    return [(found.get("system", ""), found.get("value", ""))] if found else []


_TOKENS: dict[str, Callable[[Event], list[Token]]] = {
    "_id": lambda event: [("", event["id"])],
    "action": lambda event: [(ACTION, event["action"])],
    "agent-role": lambda event: _coded(
        [c for a in event["agent"] for r in a.get("role", ()) for c in r["coding"]]
    ),
    "altid": lambda event: [("", a["altId"]) for a in event["agent"] if "altId" in a],
    "entity-role": lambda event: _coded([e["role"] for e in event["entity"] if "role" in e]),
    "entity-type": lambda event: _coded([e["type"] for e in event["entity"] if "type" in e]),
    "outcome": lambda event: [(OUTCOME, event["outcome"])],
    "site": lambda event: [("", event["source"]["site"])],
    "subtype": lambda event: _coded(event["subtype"]),
    "type": lambda event: _coded([event["type"]]),
}
_TEXTS: dict[str, Callable[[Event], list[str]]] = {
    "address": lambda event: [a["network"]["address"] for a in event["agent"] if "network" in a],
    "agent-name": lambda event: [a["name"] for a in event["agent"] if "name" in a],
    "entity-name": lambda event: [e["name"] for e in event["entity"] if "name" in e],
}
# references are logical (BALP): `agent:identifier=system|value`
_WHO: dict[str, Callable[[Event], list[dict[str, Any]]]] = {
    "agent": lambda event: [a["who"] for a in event["agent"]],
    "entity": lambda event: [e["what"] for e in event["entity"] if "what" in e],
    "patient": lambda event: [
        e["what"] for e in event["entity"] if e.get("what", {}).get("type") == "Patient"
    ],
    "source": lambda event: [event["source"]["observer"]],
}
KINDS = {
    **dict.fromkeys(_TOKENS, "token"),
    **dict.fromkeys(_TEXTS, "string"),
    **dict.fromkeys(_WHO, "reference"),
    "date": "date",
    "policy": "uri",
}
_MODIFIERS = {
    "token": {"", "not"},
    "string": {"", "exact", "contains"},
    "reference": {"", "identifier", "Patient"},
    "date": {""},
    "uri": {""},
}


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One search parameter: any of `values` must fit."""

    name: str
    modifier: str
    values: tuple[str, ...]

    def fits(self, event: Event) -> bool:
        """Tell whether the event answers to it."""
        if self.modifier == "not":
            return not any(_has_token(_TOKENS[self.name](event), one) for one in self.values)
        return any(self._has(event, one) for one in self.values)

    def tokens(self) -> list[Token]:
        """Return the values as pairs of system and code."""
        return [_token(one) for one in self.values]

    def _has(self, event: Event, value: str) -> bool:
        match KINDS[self.name]:
            case "token":
                return _has_token(_TOKENS[self.name](event), value)
            case "string":
                return any(_is_said(text, value, self.modifier) for text in _TEXTS[self.name](event))
            case "date":
                return _is_at(parse(event["recorded"]).start, value)
            case "uri":
                return any(value in agent.get("policy", ()) for agent in event["agent"])
        return any(_is_who(who, value, self.modifier) for who in _WHO[self.name](event))


def criterion(key: str, value: str) -> Criterion:
    """Read one parameter of a search. Raises RequestRefused (400): a parameter that is not held against the log would show too much."""
    name, _, modifier = key.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        known = ", ".join(sorted(KINDS))
        raise refused(
            400, "not-supported", f"AuditEvent is not searched by '{name[:40]}'; known are {known}."
        )
    if modifier not in _MODIFIERS[kind]:
        raise refused(400, "not-supported", f"'{name}' takes no ':{modifier[:40]}' here.")
    values = tuple(unescaped(one) for one in re.split(r"(?<!\\),", value))
    if not all(values):
        raise refused(400, "value", f"'{name}' has no value.")
    if kind == "date":
        for one in values:
            _period(one)
    return Criterion(name=name, modifier=modifier, values=values)


def period(criteria: Sequence[Criterion]) -> tuple[datetime | None, datetime | None]:
    """Return the half-open period in which all events lie that the dates allow; None where it is open."""
    since, until = [], []
    for one in criteria:
        if one.name == "date" and len(one.values) == 1:
            prefix, asked = _period(one.values[0])
            if prefix in ("eq", "ge", "gt", "sa"):
                since.append(asked.end if prefix in ("gt", "sa") else asked.start)
            if prefix in ("eq", "le", "lt", "eb"):
                until.append((asked.end if prefix in ("eq", "le") else asked.start) + MILLISECOND)
    return max(since, default=None), min(until, default=None)


def only(
    criteria: Sequence[Criterion], name: str, *, system: str, modifier: str = "", or_none: bool = False
) -> Iterator[str]:
    """Give the codes of `system` that a parameter names alone: what the log itself can be asked for. `or_none`: no other system has such codes."""
    for one in criteria:
        if (one.name, one.modifier, len(one.values)) == (name, modifier, 1):
            found, code = one.tokens()[0]
            if found == system or (or_none and found == ANY):
                yield code


def unescaped(text: str) -> str:
    """Return a value without the backslashes of hl7.org/fhir/R4/search.html#escaping."""
    return re.sub(r"\\([,$|\\])", r"\1", text).strip()


def _token(value: str) -> Token:
    system, bar, code = value.rpartition("|")
    return (system if bar else ANY, code)


def _has_token(found: list[Token], value: str) -> bool:
    system, code = _token(value)
    return any(system in (ANY, one[0]) and code in ("", one[1]) for one in found)


def _is_said(text: str, value: str, modifier: str) -> bool:
    if modifier == "exact":
        return text == value
    said, sought = sort_key(text), sort_key(value)
    if modifier == "contains":
        return sought in said
    # any part of a name, as hl7.org/fhir/R4/search.html#string allows
    return any(
        said[place:].startswith(sought) for place in range(len(said)) if place == 0 or said[place - 1] == " "
    )


def _is_who(who: dict[str, Any], value: str, modifier: str) -> bool:
    if modifier == "identifier":
        return _has_token(_identified(who), value)
    id_ = value.rpartition("/")[2]
    return who.get("reference", "").rpartition("/")[2] == id_ or _has_token(
        _identified(who), f"urn:ietf:rfc:3986|urn:uuid:{id_}"
    )


def _period(value: str) -> tuple[str, Period]:
    found = _PREFIXED.fullmatch(value)
    assert found is not None  # no value is empty
    try:
        # a blank where a form lost its plus sign
        return found[1] or "eq", searched_period(found[2].replace(" ", "+"))
    except InvalidFhirDate as error:
        raise refused(400, "value", f"'date': {error}") from None


def _is_at(at: datetime, value: str) -> bool:
    prefix, asked = _period(value)
    match prefix:
        case "ne":
            return not asked.start <= at < asked.end
        case "gt" | "sa":
            return at >= asked.end
        case "ge":
            return at >= asked.start
        case "lt" | "eb":
            return at < asked.start
        case "le":
            return at < asked.end
        case "ap":
            margin = abs(datetime.now(UTC) - asked.start) / 10
            # lengths of time, never a day before the first or after the last of the calendar
            return asked.start - at <= margin and at - asked.end < margin
    return asked.start <= at < asked.end
