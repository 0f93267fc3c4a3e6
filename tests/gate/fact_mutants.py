"""Mutants of the functions that gather the facts of a decision: one condition, one bound or one order changed each time.

The source is read as tokens, not as lines: a term is what stands between two connectives at one depth of brackets.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

# what gate.weigh hands to gate.decide is found here
FACT_FUNCTIONS = (
    "gate.tie_of(gate.session, registry.patient, uuid[], timestamptz)",
    "gate.exclusion_of(gate.session, uuid, timestamptz)",
    "gate.age_of(date, timestamptz, timestamptz, integer)",
    "gate.birthday(date, integer)",
    "gate.own_access_age(uuid)",
    "gate.opened_until(gate.session, uuid, text, timestamptz)",
    "gate.suspended_from(gate.session, uuid, timestamptz)",
    "gate.known_at(uuid, uuid, text)",
    "gate.gp_opens(uuid)",
    "gate.employed(gate.session, timestamptz)",
    "gate.teams_of(uuid, timestamptz)",
)
_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|<=|>=|<>|=>|::|:=|\w+|\S")
_BOUNDARIES = frozenset(
    ["WHERE", "ON", "WHEN", "THEN", "ELSE", "ORDER", "LIMIT", "RETURN", "IF", "ELSIF", "SELECT", "FROM", "GROUP", "AS", ",", ";"]
)  # fmt: skip
_CONDITIONAL = frozenset(["WHERE", "ON", "WHEN", "IF", "ELSIF"])
_BOUNDS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_WORDS = {"max": "min", "min": "max", "least": "greatest", "greatest": "least", "DESC": "ASC"}


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class _Term:
    """A run of tokens; `before` and `after` are the words around it at its depth."""

    start: int
    end: int
    before: str
    after: str


def fact_mutants(source: str) -> Iterator[tuple[str, str]]:
    """Give (what was done, body of the function) for each mutant of one function's body; every name is given once."""
    times: Counter[str] = Counter()
    for what, body in _made(source):
        times[what] += 1
        yield (what if times[what] == 1 else f"{what}, place {times[what]}"), body


def _made(source: str) -> Iterator[tuple[str, str]]:
    tokens = _tokens(source)
    for term in _terms(tokens):
        text = " ".join(source[term.start : term.end].split())
        for value in _instead(term):
            yield f"`{value}` for `{text}`", _changed(source, term.start, term.end, value)
    for token in tokens:
        other = _BOUNDS.get(token.text) or _WORDS.get(token.text)
        if other:
            place = _near(source, token)
            yield (
                f"`{other}` for `{token.text}` in `{place}`",
                _changed(source, token.start, token.end, other),
            )
    yield from _shorter_lists(source)
    yield from _shorter_orders(source, tokens)


def _changed(source: str, start: int, end: int, text: str) -> str:
    return source[:start] + text + source[end:]


def _near(source: str, token: _Token) -> str:
    before, after = source[: token.start].split()[-3:], source[token.end :].split()[:3]
    return " ".join([*before, token.text, *after])


def _tokens(source: str) -> list[_Token]:
    """Cut the source up; CASE ... END, BEGIN ... END and brackets are a depth each."""
    found: list[_Token] = []
    depth = 0
    marks = [one for one in _TOKEN.finditer(source) if not one[0].startswith("--")]
    for place, one in enumerate(marks):
        following = marks[place + 1][0] if place + 1 < len(marks) else ""
        closes = one[0] == ")" or (one[0] == "END" and following != "IF")
        depth -= closes
        found.append(_Token(one[0], one.start(), one.end(), depth))
        depth += one[0] in ("(", "CASE", "BEGIN")
    return found


def _terms(tokens: list[_Token]) -> Iterator[_Term]:
    """Find the operands of AND and OR, and conditions that stand alone."""
    for depth in sorted({one.depth for one in tokens}):
        run: list[_Token] = []
        before = ""
        for token in [*tokens, _Token(";", 0, 0, depth)]:
            is_edge = token.depth < depth or (
                token.depth == depth and (token.text in _BOUNDARIES or token.text in ("AND", "OR"))
            )
            if token.depth > depth or not is_edge:
                run += [token] if token.depth >= depth else []
                continue
            if run:
                yield _Term(run[0].start, run[-1].end, before, token.text)
            run, before = [], token.text


def _instead(term: _Term) -> list[str]:
    """Give what may stand for a term: nothing for what is no condition."""
    around = {term.before, term.after}
    if around & {"AND", "OR"}:
        return [value for word, value in (("AND", "true"), ("OR", "false")) if word in around]
    return ["true", "false"] if term.before in _CONDITIONAL else []


def _shorter_lists(source: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"\bIN \(('[^()]*')\)", source):
        members = found[1].split(", ")
        for place, member in enumerate(members):
            rest = ", ".join(members[:place] + members[place + 1 :]) or "''"
            yield f"{member} left out of `{found[0]}`", _changed(source, found.start(1), found.end(1), rest)


def _shorter_orders(source: str, tokens: list[_Token]) -> Iterator[tuple[str, str]]:
    """Leave one key out of an order that decides which line is taken."""
    for place, token in enumerate(tokens):
        if token.text != "ORDER":
            continue
        keys: list[list[_Token]] = [[]]
        for one in tokens[place + 2 :]:
            if one.depth < token.depth or (one.depth == token.depth and one.text in ("LIMIT", ";", "NULLS")):
                break
            if one.depth == token.depth and one.text == ",":
                keys.append([])
            else:
                keys[-1].append(one)
        for key in keys:
            start, end = key[0].start, key[-1].end
            text = " ".join(source[start:end].split())
            yield f"no order by `{text}`", _changed(source, start, end, "NULL::text")
