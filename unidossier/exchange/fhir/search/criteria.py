"""One criterion `name=value` as a term: modifiers, chains, `_has`, and the parameters that every type has. hl7.org/fhir/R4/search.html"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from unidossier.exchange.fhir.search.comparing import ValueNotUnderstood, date_bounds, prefixed
from unidossier.exchange.fhir.search.kinds import Asking, ModifierUnknown, missing_term, value_term
from unidossier.exchange.fhir.search.splitting import plain, split
from unidossier.record.searching import tokens
from unidossier.record.searching.definitions import Parameter, compartment, parameters_of, types
from unidossier.record.searching.ranges import EARLIEST, LATEST
from unidossier.record.searching.terms import All, Entered, Found, Ids, Leads, LedTo, Not, Term, Words, either

DEEPEST = 4  # links of a chain, and turns of _has
MOST_VALUES = 500  # between the commas of one criterion
WORDS = frozenset({"_text", "_content"})


class CriterionUnknown(ValueError):
    """No parameter of the type has this name; the message tells where to look."""


class CriterionRefused(ValueError):
    """The criterion is known but cannot be answered; the message says what to write instead."""


def criterion(resource_type: str, name: str, value: str, asking: Asking, *, depth: int = 0) -> Term:
    """Return the term of one criterion. Raises CriterionUnknown, CriterionRefused."""
    if depth > DEEPEST:
        raise CriterionRefused(f"{name}: a chain has at most {DEEPEST} links")
    if name.startswith("_has:"):
        return _has(resource_type, name, value, asking, depth=depth)
    head, dot, rest = name.partition(".")
    code, _, modifier = head.partition(":")
    if code in WORDS or code in ("_id", "_lastUpdated"):
        return _of_the_line(code, modifier or rest, value)
    parameter = parameters_of(resource_type).get(code)
    if parameter is None:
        raise CriterionUnknown(f"{resource_type} has no search parameter '{code[:60]}'; see [base]/metadata")
    if dot:
        return _chain(parameter, modifier, rest, value, asking, depth=depth)
    return _plain(resource_type, parameter, modifier, value, asking)


def in_compartment(resource_type: str) -> Term:
    """Return that an item belongs to the compartment of the patient whose record it is."""
    known = parameters_of(resource_type)
    names = [name for code in compartment(resource_type) if code in known for name in known[code].names]
    return Found(tuple(tokens.reference(name, tokens.OWN) for name in names))


def values_of(value: str) -> list[str]:
    """Return the alternatives of a value. Raises CriterionRefused when they are too many."""
    found = split(value, ",")
    if len(found) > MOST_VALUES:
        raise CriterionRefused(f"at most {MOST_VALUES} values are read in one criterion")
    return found


def _plain(resource_type: str, parameter: Parameter, modifier: str, value: str, asking: Asking) -> Term:
    if modifier == "missing":
        return _missing(parameter, value)
    try:
        found = either(_value(resource_type, parameter, modifier, one, asking) for one in values_of(value))
    except (ValueNotUnderstood, ModifierUnknown) as error:
        raise CriterionRefused(_told(parameter, modifier, error)) from None
    return Not(found) if modifier in ("not", "not-in") else found


def _told(parameter: Parameter, modifier: str, error: ValueError) -> str:
    if isinstance(error, ModifierUnknown):
        return f"{parameter.code}: ':{modifier[:40]}' is not done; a parameter of kind {parameter.kind} takes {error}"
    return f"{parameter.code}: {error}"


def _value(resource_type: str, parameter: Parameter, modifier: str, text: str, asking: Asking) -> Term:
    """A composite of the whole resource is asked by its components, each as the parameter it is written like."""
    if parameter.kind != "composite" or not parameter.joined:
        return value_term(parameter, modifier, text, asking)
    parts = split(text, "$")
    if modifier or len(parts) != len(parameter.components):
        return value_term(parameter, modifier, text, asking)  # says what is wrong
    whole = [_component(resource_type, parameter, place) for place in range(len(parts))]
    joined = All(tuple(value_term(one, "", part, asking) for one, part in zip(whole, parts, strict=True)))
    return either([joined, value_term(parameter, modifier, text, asking)]) if parameter.parts else joined


def _component(resource_type: str, parameter: Parameter, place: int) -> Parameter:
    """Return the parameter of the whole resource that a component is: `code` also where a combo is named."""
    return parameters_of(resource_type)[parameter.components[place].parameter.removeprefix("combo-")]


def _missing(parameter: Parameter, value: str) -> Term:
    if value not in ("true", "false"):
        raise CriterionRefused(f"{parameter.code}:missing is true or false")
    if parameter.kind == "composite":
        raise CriterionRefused(f"{parameter.code}: ':missing' is not done on a composite; ask for its parts")
    there = missing_term(parameter.names)
    return Not(there) if value == "true" else there


def _of_the_line(code: str, modifier: str, value: str) -> Term:
    if modifier:
        raise CriterionRefused(f"{code} takes no modifier")
    if code == "_id":
        return Ids(tuple(dict.fromkeys(id_ for one in values_of(value) if (id_ := uuid_of(plain(one))))))
    if code == "_lastUpdated":
        return either(_entered(plain(one)) for one in values_of(value))
    if not value.strip():
        raise CriterionRefused(f"{code}: the value is empty")
    return Words(value)


def uuid_of(text: str) -> UUID | None:
    """Return an id of ours; None for what names nothing here."""
    try:
        id_ = UUID(text)
    except ValueError:
        return None
    return id_ if str(id_) == text else None


def _entered(text: str) -> Term:
    """`_lastUpdated` is an instant: its range is that one microsecond."""
    prefix, told = prefixed(text)
    try:
        low, high = date_bounds(told)
    except ValueNotUnderstood as error:
        raise CriterionRefused(f"_lastUpdated: {error}") from None
    within = Entered(_at(low), _at(high))
    meanings: dict[str, Term] = {
        "eq": within,
        "ap": within,
        "ne": Not(within),
        "gt": Entered(_at(high), None),
        "sa": Entered(_at(high), None),
        "ge": Entered(_at(low), None),
        "lt": Entered(None, _at(low)),
        "eb": Entered(None, _at(low)),
        "le": Entered(None, _at(high)),
    }
    return meanings[prefix]


def _at(microseconds: int) -> datetime | None:
    if not EARLIEST < microseconds < LATEST:
        return None
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _chain(parameter: Parameter, modifier: str, rest: str, value: str, asking: Asking, *, depth: int) -> Term:
    """`subject:Patient.name=an`: the reference leads to an item of the same record that meets the rest."""
    if parameter.kind != "reference":
        raise CriterionRefused(f"{parameter.code} is no reference: nothing can follow it after a point")
    wanted = [modifier] if modifier else list(parameter.targets)
    held = [one for one in wanted if one in types()]
    outside = [one for one in wanted if (one, rest, value) in asking.outside]
    if not held and not outside:
        raise CriterionRefused(
            f"{parameter.code}: no record holds {', '.join(wanted[:5])}; search by the reference itself, or by ':identifier'"
        )
    found: list[Term] = [
        Found(
            tuple(tokens.reference(name, f"{one}/{id_}") for name in parameter.names for id_ in ids),
            keyed=True,
        )
        for one in outside
        if (ids := asking.outside[one, rest, value])
    ]
    last = None
    for type_ in held:
        try:
            term = criterion(type_, rest, value, asking, depth=depth + 1)
        except CriterionUnknown as error:
            last = error
            continue
        found.append(
            Leads(names=parameter.names, types=(type_,), term=term, own=_own(parameter.names, type_))
        )
    if not found and not outside:
        raise last or CriterionUnknown(parameter.code)
    return either(found)


def _has(resource_type: str, name: str, value: str, asking: Asking, *, depth: int) -> Term:
    """`_has:Observation:patient:code=1234`: an Observation that meets the rest refers here."""
    parts = name.split(":", 3)
    if len(parts) != 4:
        raise CriterionRefused(
            "write _has:Type:reference:parameter, such as _has:Observation:patient:code=1234-5"
        )
    _, source, code, rest = parts
    parameter = parameters_of(source).get(code)
    if parameter is None or parameter.kind != "reference":
        raise CriterionUnknown(f"{source[:60]} has no reference '{code[:60]}'; see [base]/metadata")
    if resource_type not in parameter.targets:
        raise CriterionRefused(f"{source}.{code} never leads to {resource_type}")
    term = criterion(source, rest, value, asking, depth=depth + 1)
    return LedTo(names=parameter.names, type=source, term=term, own=_own(parameter.names, resource_type))


def _own(names: Sequence[str], type_: str) -> tuple[int, ...]:
    if type_ != "Patient":
        return ()
    return tuple(tokens.reference(name, tokens.OWN) for name in names)
