"""What every page of a signed-in person has around it: the shell."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from unidossier.portals.shared.components.shell import Entry, Shell, SignedIn
from unidossier.portals.shared.present.words import initials
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.portals.shared.words.navigation import EMERGENCY, PAGES, PAGES_OF_FUNCTION


def frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """Return the context of a page with its shell. `request.requester` is who is signed in."""
    return {"banner": None, **context, "shell": shell(request)}


def shell(request: HttpRequest) -> Shell:
    """Return the frame of the face that the person is in."""
    me = request.requester
    return Shell(
        face=me.face,
        home_href=reverse(f"{me.face}:home"),
        who=SignedIn(
            name=me.name,
            function=str(FUNCTIONS.get(me.function, me.function)),
            institution=me.institution_name,
            initials=initials(*me.name.split(" ")[:2]),
        ),
        nav=_nav(request, me.face, function=me.function),
        theme=me.theme,
        density=me.density or ("reading" if me.face == "my" else "work"),  # type: ignore[arg-type]
        search_href=reverse(f"{me.face}:home") if me.face in ("ward", "consult") else "",
        preferences_href=reverse("preferences"),
        rights_href=reverse(f"{me.face}:rights"),
        sign_out_href=reverse("sign-out"),
        idle_s=me.idle_s,
    )


def _nav(request: HttpRequest, face: str, *, function: str) -> tuple[Entry, ...]:
    here = request.resolver_match.url_name if request.resolver_match else ""
    return tuple(
        Entry(label=str(label), href=reverse(f"{face}:{name}"), is_here=here == name)
        for name, label in (
            *PAGES.get(face, ()),
            *_in_an_emergency(request),
            *PAGES_OF_FUNCTION.get(function, ()),
        )
    )


def _in_an_emergency(request: HttpRequest) -> tuple[tuple[str, object], ...]:
    # the function table is data: which functions have this page may change (BTG-2)
    return (EMERGENCY,) if request.requester.may_break_glass else ()
