"""One visit of "who looked": one person, one institution, close in time; folded, opening to its lines (MY-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class VisitLine:
    """One access of a visit: what was done, and the titles of documents as far as the reader may see them."""

    time: str
    what: str
    titles: tuple[str, ...] = ()
    kinds: str = ""  # categories that were open, in words
    app: str = ""  # by way of which it was, in words
    ask_href: str = ""  # "I do not know this person"
    proof_href: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who, where, what in short, why and by which rule; `lines` oldest first, `unlisted` counts those left out."""

    key: str  # of the page: an id
    at: datetime  # of the last access, in Brussels
    time: str
    who: str
    place: str
    what: str
    why: str
    rule: str
    purpose: str = ""
    on_behalf: str = ""
    app: str = ""  # by way of which it was, in words
    glass: str = ""  # break-the-glass: its reason in words
    sign: str = "eye"  # a glyph
    is_glass: bool = False
    is_self: bool = False
    is_new: bool = False
    lines: tuple[VisitLine, ...] = ()
    unlisted: int = 0
    ask_href: str = ""
    proof_href: str = ""
