"""One item of the record: as a row of the list, and as the page in the reading pane (REC-4, REC-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from .shell import Entry
from .sparkline import Sparkline

Status = Literal["draft", "final", "amended", "entered-in-error"]
Flag = Literal["H", "L", "HH", "LL", "A"]


@dataclass(frozen=True, kw_only=True)
class Value:
    """A measured value. `text` is exactly as in the source; `number`, `low`, `high` place it in its bar."""

    text: str
    unit: str = ""
    number: Decimal | float | None = None
    low: Decimal | float | None = None
    high: Decimal | float | None = None
    flag: Flag | None = None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A piece of an excerpt, plain text; `is_found`: one of the words that were searched."""

    text: str
    is_found: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """One line of the list. `category` is a slug of kernel/category; `language` is that of the title."""

    href: str
    category: str
    at: datetime | None
    title: str
    institution: str
    has_time: bool = False
    language: str = ""
    author: str = ""
    status: Status = "final"
    value: Value | None = None
    trend_href: str = ""
    detail: str = ""  # a second, softer part of the title: "and 312 images"
    excerpt: Sequence[Passage] = ()  # where the words searched stand in its text, in the language of the text
    is_new: bool = False
    is_chosen: bool = False
    is_own: bool = False  # put in by the patient (MY-10)
    is_internal: bool = False  # not consultable outside (CON-10)
    was_draft: bool = False  # withdrawn before anybody validated it


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """One line of a panel: a name, its value, and the way to its trend."""

    name: str
    value: Value
    trend_href: str = ""
    sparkline: Sparkline | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A piece of a document: a heading (may be empty) and its paragraphs, as plain text."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an item, newest first in a list. `reason` is why it was amended or withdrawn."""

    number: int
    at: datetime
    author: str
    status: Status
    reason: str = ""
    href: str = ""
    is_shown: bool = False


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of the item. `preview_href` is a picture of it that may be shown in place."""

    name: str
    href: str
    media_type: str = ""
    size: str = ""  # "240 kB": made by the view
    preview_href: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """The chosen item, whole. `actions` are links or POST buttons in the order of importance."""

    row: ItemRow
    sections: tuple[Section, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # (label, text), already translated
    results: tuple[ResultLine, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    versions: tuple[Version, ...] = ()
    actions: tuple[Entry, ...] = ()
    advice: str = ""  # a sentence before the results, for the patient (MY-4)
    reading: str = "found"
    previous_href: str = ""
    next_href: str = ""
    related: tuple[ItemRow, ...] = field(default=())
