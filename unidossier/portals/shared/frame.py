"""What every page of a signed-in person has around it: the shell."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from unidossier.portals.shared.components.shell import Entry, Shell, SignedIn
from unidossier.portals.shared.present.words import initials
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.portals.shared.words.navigation import BELOW, EMERGENCY, PAGES, PAGES_OF_FUNCTION, ROOMS


def frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """Return the context of a page with its shell. `request.requester` is who is signed in."""
    return {"banner": None, **context, "shell": shell(request)}


def shell(request: HttpRequest) -> Shell:
    """Return the frame of the face that the person is in."""
    me = request.requester
    nav, tabs = _nav(request, me.face, function=me.function)
    return Shell(
        face=me.face,
        home_href=reverse(f"{me.face}:home"),
        who=SignedIn(
            name=me.name,
            function=str(FUNCTIONS.get(me.function, me.function)),
            institution=me.institution_name,
            initials=initials(*me.name.split(" ")[:2]),
        ),
        nav=nav,
        tabs=tabs,
        room=next((entry.label for entry in nav if entry.is_here), ""),
        theme=me.theme,
        density=me.density or ("reading" if me.face == "my" else "work"),  # type: ignore[arg-type]
        search_href=reverse(f"{me.face}:home") if me.face in ("ward", "consult") else "",
        preferences_href=reverse("preferences"),
        rights_href=reverse(f"{me.face}:rights"),
        sign_out_href=reverse("sign-out"),
        idle_s=me.idle_s,
    )


def _nav(request: HttpRequest, face: str, *, function: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries of the header, and the tabs of the room that the page stands in."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    here = BELOW.get(face, {}).get(here or "", here)
    pages = (*PAGES.get(face, ()), *_in_an_emergency(request), *PAGES_OF_FUNCTION.get(function, ()))
    entries = [(name, _entry(face, name, label, here=here)) for name, label in pages]
    tabs: tuple[Entry, ...] = ()
    for title, room in ROOMS.get(face, ()):
        inside = tuple(entry for name, entry in entries if name in room)
        if len(inside) < 2:
            continue
        is_here = any(one.is_here for one in inside)
        tabs = inside if is_here else tabs
        first = next(place for place, (name, _) in enumerate(entries) if name in room)
        entries = [(name, entry) for name, entry in entries if name not in room]
        entries.insert(first, ("", Entry(label=str(title), href=inside[0].href, is_here=is_here)))
    return tuple(entry for _, entry in entries), tabs


def _entry(face: str, name: str, label: object, *, here: str | None) -> Entry:
    return Entry(label=str(label), href=reverse(f"{face}:{name}"), is_here=here == name)


def _in_an_emergency(request: HttpRequest) -> tuple[tuple[str, object], ...]:
    # the function table is data: which functions have this page may change (BTG-2)
    return (EMERGENCY,) if request.requester.may_break_glass else ()
