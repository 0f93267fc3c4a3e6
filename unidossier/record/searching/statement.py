"""Terms as SQL under row security, in the words of one patient's record: what the reader may not see is simply not there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from unidossier.record.describe.inside import TELLS
from unidossier.record.queries import WORDS, prefix_query
from unidossier.record.searching.terms import (
    All,
    Either,
    Entered,
    Fact,
    Found,
    Ids,
    Leads,
    LedTo,
    Not,
    Term,
    Words,
)


def readable(of: str, types: Iterable[str]) -> str:
    """Return the condition that the text of the line called `of` is open, where it may be narrower than its line.

    Else a search by a reason, or the count of what it finds, would tell it to who sees the agenda alone (ACS-2).
    """
    if TELLS.keys().isdisjoint(types):
        return "true"
    return f"EXISTS (SELECT FROM record.version t WHERE t.patient_id = {of}.patient_id AND t.item_id = {of}.id AND t.version = {of}.version)"


@dataclass
class Statement:
    """Collects the parameters of one statement; the text is the same for all values, so that it is planned once."""

    params: dict[str, Any] = field(default_factory=dict)
    _aliases: int = 0

    def value(self, value: Any) -> str:
        """Return the placeholder of a parameter."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def array(self, values: Iterable[int | str]) -> str:
        """Return the placeholder of an array of numbers, or of words of the definitions, as PostgreSQL writes one: a list takes the driver longer."""
        written = ",".join(f'"{one}"' for one in values)
        return self.value("{" + written + "}")

    def alias(self) -> str:
        """Return a fresh name for a line of the record."""
        self._aliases += 1
        return f"k{self._aliases}"

    def where(self, term: Term, *, of: str) -> str:
        """Return the condition that `term` holds for the line called `of`."""
        match term:
            case Found(numbers, keyed):
                return f"{of}.{'keys' if keyed else 'tokens'} && {self.array(numbers)}::bigint[]"
            case Fact(path):
                return f"{of}.facts @? {self.value(path)}::jsonpath"
            case Ids(ids):
                return f"{of}.id = ANY ({self.value(list(ids))}::uuid[])"
            case Entered(since, until):
                return self._entered(since, until, of=of)
            case Words(text):
                return self._words(text, of=of)
            case Leads():
                return self._leads(term, of=of)
            case LedTo():
                return self._led_to(term, of=of)
        return self._joined(term, of=of)

    def _joined(self, term: Not | All | Either, *, of: str) -> str:
        match term:
            case Not(inner):
                # a path over a fact that is not there gives NULL, which is no answer
                return f"NOT coalesce(({self.where(inner, of=of)}), false)"
            case All(terms):
                return " AND ".join(f"({self.where(one, of=of)})" for one in terms) or "true"
            case Either(terms):
                return " OR ".join(f"({self.where(one, of=of)})" for one in terms) or "false"

    def _entered(self, since: Any, until: Any, *, of: str) -> str:
        lines = []
        if since is not None:
            lines.append(f"{of}.entered_at >= {self.value(since)}::timestamptz")
        if until is not None:
            lines.append(f"{of}.entered_at < {self.value(until)}::timestamptz")
        return " AND ".join(lines) or "true"

    def _words(self, text: str, *, of: str) -> str:
        named = {"text": self.value(text)[2:-2], "prefix": self.value(prefix_query(text))[2:-2]}
        words = WORDS.replace("%(text)s", f"%({named['text']})s").replace(
            "%(prefix)s", f"%({named['prefix']})s"
        )
        return f"{of}.search @@ (SELECT {words})"

    def _leads(self, term: Leads, *, of: str) -> str:
        """The targets are found once, then every reference is compared with them."""
        inner = self.alias()
        there = f"FROM record.item {inner} WHERE {inner}.type = ANY ({self.value(list(term.types))}::text[]) AND NOT {inner}.withdrawn AND {readable(inner, term.types)}"
        condition = self.where(term.term, of=inner)
        targets = f"ARRAY(SELECT {inner}.type || '/' || {inner}.id {there} AND ({condition}))"
        lines = [f"{of}.facts -> {self.value(name)}::text ?| {targets}" for name in term.names]
        if term.own:
            patient = f"EXISTS (SELECT {there} AND {inner}.type = 'Patient' AND ({condition}))"
            lines.append(f"{of}.tokens && {self.array(term.own)}::bigint[] AND {patient}")
        return " OR ".join(f"({line})" for line in lines) or "false"

    def _led_to(self, term: LedTo, *, of: str) -> str:
        inner = self.alias()
        there = f"FROM record.item {inner}"
        condition = f"{inner}.type = {self.value(term.type)}::text AND NOT {inner}.withdrawn AND {readable(inner, (term.type,))} AND ({self.where(term.term, of=inner)})"
        lines = [
            f"({of}.type || '/' || {of}.id) = ANY (ARRAY(SELECT r.one {there}, jsonb_array_elements_text({inner}.facts -> {self.value(name)}::text) r (one) WHERE {condition}))"
            for name in term.names
        ]
        if term.own:
            lines.append(
                f"EXISTS (SELECT {there} WHERE {condition} AND {inner}.tokens && {self.array(term.own)}::bigint[])"
            )
        return " OR ".join(f"({line})" for line in lines) or "false"
