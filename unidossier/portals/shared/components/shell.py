"""The frame around every page: which face, who I am, where I can go, how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Face = Literal["ward", "consult", "my", "desk", "open"]  # "open": before sign-in
Theme = Literal["auto", "light", "dark"]
Density = Literal["work", "reading"]

FACE_NAMES = {"ward": "Ward", "consult": "Consult", "my": "My", "desk": "Desk", "open": ""}


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The person at the screen, in words already translated."""

    name: str
    function: str
    institution: str = ""
    initials: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One way onward: a menu entry, a tab, a button. `count` stands behind the label when not None."""

    label: str
    href: str
    is_here: bool = False
    count: int | None = None
    glyph: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Everything `base.html` needs. `theme` and `density` come from the person's own choice."""

    face: Face
    home_href: str
    who: SignedIn | None = None
    nav: tuple[Entry, ...] = ()
    tabs: tuple[Entry, ...] = ()  # the pages of the room that this one stands in
    room: str = ""  # its name
    theme: Theme = "auto"
    density: Density = "work"
    search_href: str = ""  # where the search box of the header leads; empty: no box
    preferences_href: str = "/preferences"  # POST theme, density, language, next
    sign_out_href: str = "/sign-out"  # POST
    rights_href: str = ""  # the function table (ACS-1); empty: no link
    idle_s: int = 0  # seconds without a gesture after which the page goes blank; 0: never

    @property
    def face_name(self) -> str:
        """The name of the face as it stands beside the product's (the same in every language)."""
        return FACE_NAMES[self.face]
