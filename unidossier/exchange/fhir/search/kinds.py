"""One value of one parameter as a term, by kind. hl7.org/fhir/R4/search.html#ptypes"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from unidossier.exchange.fhir.search.coded import by_hierarchy, members_of
from unidossier.exchange.fhir.search.comparing import (
    ValueNotUnderstood,
    date_condition,
    number_condition,
    quantity_condition,
)
from unidossier.exchange.fhir.search.splitting import plain, split
from unidossier.record.searching import tokens
from unidossier.record.searching.definitions import Parameter
from unidossier.record.searching.extract import LONGEST, without_version
from unidossier.record.searching.fold import fold
from unidossier.record.searching.terms import All, Found, Term, either, path, quoted

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TYPED = re.compile(r"([A-Z][A-Za-z]{2,40})/([A-Za-z0-9\-.]{1,64})")


Chain = tuple[str, str, str]  # type, the rest of the chain, value


class ModifierUnknown(ValueError):
    """The modifier is none of this kind of parameter; the message says which are."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, when, and by what addresses: `own` are references to the patient whose record is searched.

    `outside`: whom the chains mean that lead out of the record (leading_out.py).
    """

    at: datetime
    base: str = ""
    own: frozenset[str] = field(default_factory=frozenset)
    outside: Mapping[Chain, Sequence[UUID]] = field(default_factory=dict)


def value_term(parameter: Parameter, modifier: str, text: str, asking: Asking) -> Term:
    """Return the term of one value (a part between commas). Raises ValueNotUnderstood, ModifierUnknown."""
    kind = _KINDS[parameter.kind]
    return kind(parameter, modifier, text, asking)


def _token(parameter: Parameter, modifier: str, text: str, _asking: Asking) -> Term:
    names = parameter.names
    if modifier == "text":
        told = quoted(_folded(plain(text)))
        inside = quoted(" " + _folded(plain(text)))
        return path(
            [f"{name}:text" for name in names], f'@ starts with {told} || @ like_regex {inside} flag "q"'
        )
    if modifier == "of-type":
        parts = [plain(part) for part in split(text, "|")]
        if len(parts) != 3 or not all(parts):
            raise ValueNotUnderstood("write system|code|value")
        return Found(tuple(tokens.typed(name, *parts) for name in names), parameter.is_key)
    if modifier in ("in", "not-in"):
        members = members_of(plain(text))
        return Found(tuple(tokens.coded(name, *one) for name in names for one in members), parameter.is_key)
    if modifier in ("above", "below"):
        numbers = [one for name in names for one in by_hierarchy(name, modifier, text)]
        return Found(tuple(numbers), parameter.is_key)
    if modifier not in ("", "not"):
        raise ModifierUnknown("missing, not, text, in, not-in, above, below, of-type")
    return Found(tuple(_code(name, text) for name in names), parameter.is_key)


def _code(name: str, text: str) -> int:
    system, *rest = (plain(part) for part in split(text, "|"))
    if not rest:
        return tokens.code(name, _required(system))
    if len(rest) > 1:
        raise ValueNotUnderstood("write code, system|code, |code or system|")
    return tokens.coded(name, system, rest[0]) if rest[0] else tokens.system(name, _required(system))


def _reference(parameter: Parameter, modifier: str, text: str, asking: Asking) -> Term:
    names = parameter.names
    if modifier == "identifier":
        return Found(tuple(_code(f"{name}:identifier", text) for name in names), keyed=True)
    if modifier and modifier not in parameter.targets:
        raise ModifierUnknown(f"missing, identifier, {', '.join(parameter.targets[:20])}")
    targets = reference_targets(plain(text), modifier=modifier, parameter=parameter, asking=asking)
    literal = Found(tuple(tokens.reference(name, one) for name in names for one in targets), keyed=True)
    if not any(one in asking.own for one in targets):
        return literal
    return either([literal, Found(tuple(tokens.reference(name, tokens.OWN) for name in names))])


def reference_targets(text: str, *, modifier: str, parameter: Parameter, asking: Asking) -> list[str]:
    """Return what a reference as it is searched may stand for: `Type/id` of each type it may lead to, or an address."""
    told = without_version(_required(text))
    if asking.base:
        told = told.removeprefix(f"{asking.base}/")
    if _TYPED.fullmatch(told):
        return [told] if not modifier or told.startswith(f"{modifier}/") else []
    if _ID.fullmatch(told):
        return [f"{type_}/{told}" for type_ in ([modifier] if modifier else parameter.targets)]
    return [told]


def _string(parameter: Parameter, modifier: str, text: str, _asking: Asking) -> Term:
    if modifier == "exact":
        return Found(tuple(tokens.exact(name, plain(text)) for name in parameter.names), keyed=True)
    folded = _folded(plain(text))[:LONGEST]
    if modifier == "contains":
        return path(parameter.names, f'@ like_regex {quoted(folded)} flag "q"')
    if modifier:
        raise ModifierUnknown("missing, exact, contains")
    begins = path(parameter.names, f"@ starts with {quoted(folded)}")
    if len(folded) < tokens.BEGINNING:
        return begins
    return All((Found(tuple(tokens.beginning(name, folded) for name in parameter.names), keyed=True), begins))


def _uri(parameter: Parameter, modifier: str, text: str, _asking: Asking) -> Term:
    told = _required(plain(text))
    if modifier == "below":
        under = told if told.endswith("/") else f"{told}/"
        return path(parameter.names, f"@ == {quoted(told)} || @ starts with {quoted(under)}")
    if modifier == "above":
        parts = told.split("/")
        wholes = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)} - {""}
        return Found(
            tuple(
                tokens.uri(name, one + end)
                for name in parameter.names
                for one in sorted(wholes)
                for end in ("", "/")
            )
        )
    if modifier:
        raise ModifierUnknown("missing, above, below")
    return Found(tuple(tokens.uri(name, told) for name in parameter.names))


def _date(parameter: Parameter, modifier: str, text: str, asking: Asking) -> Term:
    _no(modifier)
    return path(parameter.names, date_condition(plain(text), at=asking.at))


def _number(parameter: Parameter, modifier: str, text: str, _asking: Asking) -> Term:
    _no(modifier)
    return path(parameter.names, number_condition(plain(text)))


def _quantity(parameter: Parameter, modifier: str, text: str, _asking: Asking) -> Term:
    _no(modifier)
    return path(parameter.names, _measure(text))


def _measure(text: str) -> str:
    number, *rest = (plain(part) for part in split(text, "|"))
    if len(rest) not in (0, 2):
        raise ValueNotUnderstood("write number, number|system|code or number||unit")
    return quantity_condition(number, *(rest or ["", ""]))


def _composite(parameter: Parameter, modifier: str, text: str, asking: Asking) -> Term:
    _no(modifier)
    parts = split(text, "$")
    if len(parts) != len(parameter.components):
        raise ValueNotUnderstood(f"write {len(parameter.components)} values with $ between them")
    conditions = [
        f'exists(@."{place}"[*] ? ({_component(component.kind, part, asking)}))'
        for place, (component, part) in enumerate(zip(parameter.components, parts, strict=True))
    ]
    return path(parameter.names, " && ".join(conditions))


def _component(kind: str, text: str, asking: Asking) -> str:
    match kind:
        case "token":
            return _coded(text)
        case "quantity":
            return _measure(text)
        case "date":
            return date_condition(plain(text), at=asking.at)
        case "number":
            return number_condition(plain(text))
        case "reference":
            told = without_version(_required(plain(text)))
            named = quoted(told.removeprefix(f"{asking.base}/") if asking.base else told)
            return (
                f"@ == {named} || @ like_regex {quoted('/' + told + '$')}"
                if _ID.fullmatch(told)
                else f"@ == {named}"
            )
    return f"@ starts with {quoted(_folded(plain(text))[:LONGEST])}"


def _coded(text: str) -> str:
    system, *rest = (plain(part) for part in split(text, "|"))
    if not rest:
        return f"@.c == {quoted(_required(system).casefold())}"
    lines = [f"@.s == {quoted(system)}"] + ([f"@.c == {quoted(rest[0].casefold())}"] if rest[0] else [])
    return " && ".join(lines)


def missing_term(names: Sequence[str]) -> Found:
    """Return that one of these parameters has a value."""
    return Found(tuple(tokens.present(name) for name in names))


def _no(modifier: str) -> None:
    if modifier:
        raise ModifierUnknown("missing")


def _folded(text: str) -> str:
    return _required(fold(text))


def _required(text: str) -> str:
    if not text:
        raise ValueNotUnderstood("the value is empty")
    return text


_KINDS: dict[str, Callable[[Parameter, str, str, Asking], Term]] = {
    "token": _token,
    "reference": _reference,
    "string": _string,
    "uri": _uri,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "composite": _composite,
}
