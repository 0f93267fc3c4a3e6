"""The profiles' rules, read from data/*.txt (data/README.md says how a line is written)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PROFILE = re.compile(r"profile (\S+) ([A-Za-z]+) (.+)")
_COUNTED = re.compile(r"(\S+) (\d+)\.\.(\d+|\*)(?: (\S+?)=(\S+))?")
_OTHER = re.compile(r"(\S+) (=|in|only|conforms|should) (.+)")
Step = tuple[str, str]  # name of an element, and of the slice it must be of ("" for all)


class UnreadableRule(Exception):
    """A line of data/ is written wrong: a fault of ours."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Which elements are of a slice: those whose `path` (`.`: the element itself) holds `value`; `@Type` asks for a resource type."""

    path: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule about the elements at `path`. `kind`: count, is, in, only, conforms, should."""

    path: tuple[Step, ...]
    kind: str
    least: int = 0
    most: int | None = None
    value: str = ""  # of is, in, conforms, should
    strength: str = ""  # of in: required, extensible
    types: tuple[str, ...] = ()  # of only


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What one profile asks. `slices` by the path that they part, and their name."""

    url: str
    type: str
    title: str
    rules: tuple[Rule, ...]
    slices: dict[tuple[tuple[Step, ...], str], Slice]
    invariants: tuple[str, ...]
    unchecked: tuple[str, ...]


@cache
def profiles() -> dict[str, Profile]:
    """Return every profile by its URL."""
    folder = files(__package__) / "data"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("ips.txt", "be.txt")]
    return {profile.url: profile for text in texts for profile in _profiles(text)}


def _profiles(text: str) -> Iterator[Profile]:
    lines: list[str] = []
    for line in [*text.splitlines(), "profile end End end"]:
        if line.startswith("profile ") and lines:
            yield _profile(lines)
            lines = []
        if line.strip():
            lines.append(line)


def _profile(lines: list[str]) -> Profile:
    head = _PROFILE.fullmatch(lines[0])
    if head is None:
        raise UnreadableRule(lines[0])
    told: dict[str, list[str]] = {"invariant": [], "unchecked": []}
    rules: list[Rule] = []
    slices = {}
    for line in lines[1:]:
        word, _, rest = line.partition(" ")
        if word in told:
            told[word].append(rest)
            continue
        rule, part = _rule(line)
        rules.append(rule)
        if part is not None:
            *before, (name, slice_name) = rule.path
            slices[(*before, (name, "")), slice_name] = part
    url, kind, title = head.groups()
    return Profile(
        url=url,
        type=kind,
        title=title,
        rules=tuple(rules),
        slices=slices,
        invariants=tuple(told["invariant"]),
        unchecked=tuple(told["unchecked"]),
    )


def _rule(line: str) -> tuple[Rule, Slice | None]:
    if match := _COUNTED.fullmatch(line):
        path, least, most, where, value = match.groups()
        rule = Rule(path=_path(path), kind="count", least=int(least), most=None if most == "*" else int(most))
        if where is None:
            return rule, None
        return rule, Slice(path=() if where == "." else tuple(where.split(".")), value=value)
    if match := _OTHER.fullmatch(line):
        path, kind, rest = match.groups()
        if kind == "in":
            url, _, strength = rest.partition(" ")
            return Rule(path=_path(path), kind="in", value=url, strength=strength), None
        if kind == "only":
            return Rule(path=_path(path), kind="only", types=tuple(rest.split("|"))), None
        return Rule(path=_path(path), kind="is" if kind == "=" else kind, value=rest), None
    raise UnreadableRule(line)


def _path(text: str) -> tuple[Step, ...]:
    steps = (step.partition(":") for step in text.split("."))
    return tuple((name, slice_name) for name, _, slice_name in steps)
