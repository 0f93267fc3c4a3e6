"""One page of a keyset list: its rows and the way to the next ones."""

from __future__ import annotations

from dataclasses import dataclass

from .item import ItemRow
from .states import Reading


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """`more_href` is the address of the next rows, empty at the end. `reading` as in states.py."""

    rows: tuple[ItemRow, ...]
    more_href: str = ""
    reading: Reading = "found"
    is_filtered: bool = False
    clear_href: str = ""
