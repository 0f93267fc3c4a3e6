"""The summary on top of a record: four or five columns, each a handful of lines (REC-7)."""

from __future__ import annotations

from dataclasses import dataclass

from .item import Value
from .relation import Relation
from .sparkline import Sparkline
from .states import Reading


@dataclass(frozen=True, kw_only=True)
class TileLine:
    """One line: what, a softer remark, and for results a value with its sparkline."""

    text: str
    note: str = ""
    href: str = ""
    language: str = ""
    value: Value | None = None
    sparkline: Sparkline | None = None
    is_grave: bool = False  # an allergy of high criticality


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One column. `reading` tells "nothing recorded" from "could not be read"; `kind` chooses the glyph."""

    kind: str
    title: str
    lines: tuple[TileLine, ...] = ()
    relations: tuple[Relation, ...] = ()
    count: int | None = None
    reading: Reading = "found"
    more_href: str = ""
