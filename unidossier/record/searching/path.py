"""The part of FHIRPath that the search parameters of R4 are written in, compiled to plain functions. hl7.org/fhirpath/N1

Paths, `|`, `as`, `is`, `and`, `=`, `!=`, as(), ofType(), where(), exists(), resolve(), %resource. A node is (value, FHIR type, system):
the system is that of a plain code, given by its required binding. Anything else is refused when it is compiled, not when it runs.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from unidossier.record.searching.definitions import elements

Json = dict[str, Any]


class Node(NamedTuple):
    """One value that a path leads to."""

    value: Any
    type: str
    system: str = ""


class Root(NamedTuple):
    """The resource itself, wherever in it a step stands."""

    node: Node


Nodes = list[Node]
Step = Callable[[Nodes, Root], Nodes]  # (nodes so far, the resource) -> nodes

_SIGN = re.compile(r"\s*('[^']*'|%?\w+|!=|[().|=])")
_ANY_RESOURCE = frozenset({"Resource", "DomainResource"})
_TYPE_IN_REFERENCE = re.compile(
    r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?$"
)


class PathNotUnderstood(ValueError):
    """The expression uses more of FHIRPath than is compiled here."""


@cache
def compiled(expression: str, resource_type: str) -> Step:
    """Return the function of an expression; called with the nodes it begins at and the resource.

    `resource_type`: the name by which the expression may call the resource itself. Raises PathNotUnderstood.
    """
    reader = _Reader(expression, resource_type)
    step = reader.both()
    reader.require_end()
    return step


def evaluate(expression: str, resource: Json) -> Nodes:
    """Return the nodes that an expression leads to from a resource."""
    node = Node(resource, resource["resourceType"])
    return compiled(expression, node.type)([node], Root(node))


class _Reader:
    """Reads an expression from left to right, loosest binding first."""

    def __init__(self, expression: str, resource_type: str) -> None:
        self._expression = expression
        self._type = resource_type
        self._signs = _SIGN.findall(expression)
        if "".join(self._signs) != re.sub(r"\s+", "", expression):
            raise PathNotUnderstood(expression)

    def both(self) -> Step:
        left = self._equality()
        while self._take("and"):
            left = _and(left, self._equality())
        return left

    def require_end(self) -> None:
        if self._signs:
            raise PathNotUnderstood(f"{self._expression}: {self._signs[0]}")

    def _equality(self) -> Step:
        left = self._union()
        for sign in ("=", "!="):
            if self._take(sign):
                return _compared(left, self._union(), same=sign == "=")
        return left

    def _union(self) -> Step:
        left = self._typed()
        while self._take("|"):
            left = _union(left, self._typed())
        return left

    def _typed(self) -> Step:
        left = self._path()
        while True:
            if self._take("as"):
                left = _then(left, _of_type(self._next()))
            elif self._take("is"):
                left = _then(left, _is(self._next()))
            else:
                return left

    def _path(self) -> Step:
        left = self._first()
        while self._take("."):
            left = _then(left, self._named(self._next()))
        return left

    def _first(self) -> Step:
        sign = self._next()
        if sign == "(":
            inner = self.both()
            self._expect(")")
            return inner
        if sign == "%resource" or sign == self._type or sign in _ANY_RESOURCE:
            return lambda _nodes, root: [root.node]
        if sign.startswith("'"):
            return _constant(sign[1:-1], "string")
        if sign in ("true", "false"):
            return _constant(sign == "true", "boolean")
        return self._named(sign)

    def _named(self, name: str) -> Step:
        if not self._take("("):
            return _child(name)
        if name in ("as", "ofType"):
            step = _of_type(self._next())
        elif name == "where":
            step = _where(self.both())
        elif name == "exists":
            step = _exists
        elif name == "resolve":
            step = _resolve
        else:
            raise PathNotUnderstood(f"{self._expression}: {name}()")
        self._expect(")")
        return step

    def _take(self, sign: str) -> bool:
        if self._signs and self._signs[0] == sign:
            del self._signs[0]
            return True
        return False

    def _next(self) -> str:
        if not self._signs:
            raise PathNotUnderstood(self._expression)
        return self._signs.pop(0)

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise PathNotUnderstood(self._expression)


@cache
def members(type_: str, name: str) -> tuple[tuple[str, str, str], ...]:
    """Return (member in JSON, type, system) of each form that an element may have."""
    found = []
    for kind, system in elements().get(type_, {}).get(name, ()):
        plain = kind.removeprefix("+")
        member = name if plain == kind else f"{name}{plain[0].upper()}{plain[1:]}"
        found.append((member, plain, system))
    return tuple(found)


def _child(name: str) -> Step:
    def step(nodes: Nodes, _root: Root) -> Nodes:
        found = []
        for value, type_, _ in nodes:
            for member, kind, system in members(type_, name):
                inner = value.get(member)
                if inner is None:
                    continue
                if isinstance(inner, list):
                    found += [Node(one, kind, system) for one in inner if one is not None]
                else:
                    found.append(Node(inner, kind, system))
        return found

    return step


def _then(first: Step, second: Step) -> Step:
    def step(nodes: Nodes, root: Root) -> Nodes:
        found = first(nodes, root)
        return second(found, root) if found else _after_nothing(second, root)

    return step


def _after_nothing(second: Step, root: Root) -> Nodes:
    return second([], root) if second is _exists else []


def _union(left: Step, right: Step) -> Step:
    return lambda nodes, root: _distinct(left(nodes, root) + right(nodes, root))


def _and(left: Step, right: Step) -> Step:
    return lambda nodes, root: _truth(_holds(left(nodes, root)) and _holds(right(nodes, root)))


def _compared(left: Step, right: Step, *, same: bool) -> Step:
    def step(nodes: Nodes, root: Root) -> Nodes:
        one, other = left(nodes, root), right(nodes, root)
        if not one or not other:
            return []
        equal = [node.value for node in one] == [node.value for node in other]
        return _truth(equal is same)

    return step


def _where(condition: Step) -> Step:
    return lambda nodes, root: [node for node in nodes if _holds(condition([node], root))]


def _of_type(name: str) -> Step:
    wanted = (
        name[0].lower() + name[1:] if name == "DateTime" else name
    )  # so written in Observation.code-value-date
    return lambda nodes, _root: [node for node in nodes if node.type == wanted]


def _is(name: str) -> Step:
    return lambda nodes, _root: _truth(nodes[0].type == name) if len(nodes) == 1 else []


def _exists(nodes: Nodes, _root: Root) -> Nodes:
    return _truth(bool(nodes))


def _resolve(nodes: Nodes, root: Root) -> Nodes:
    """Lead to what a reference names: of that only the type is known, from the reference itself."""
    found = []
    for node in nodes:
        reference = node.value.get("reference", "") if isinstance(node.value, dict) else str(node.value)
        type_ = type_named(reference, root.node.value.get("contained", ())) or (
            node.value.get("type", "") if isinstance(node.value, dict) else ""
        )
        if type_:
            found.append(Node({}, type_))
    return found


def type_named(reference: str, contained: Sequence[Json] = ()) -> str:
    """Return the type that a reference names (`Patient/1`, an absolute address, `#inner`), or nothing."""
    if reference.startswith("#"):
        return next((one["resourceType"] for one in contained if one.get("id") == reference[1:]), "")
    match = _TYPE_IN_REFERENCE.search(reference)
    return match.group(1) if match else ""


def _constant(value: Any, type_: str) -> Step:
    return lambda _nodes, _root: [Node(value, type_)]


def _truth(value: bool) -> Nodes:
    return [Node(value, "boolean")]


def _holds(nodes: Nodes) -> bool:
    return len(nodes) == 1 and nodes[0].value is True


def _distinct(nodes: Nodes) -> Nodes:
    if len(nodes) < 2:
        return nodes
    found: Nodes = []
    for node in nodes:
        if node not in found:
            found.append(node)
    return found
