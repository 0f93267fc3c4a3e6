"""The apps that a person let in, in any face: what each may do, and its end (XCH-1, ACD-7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.my_apps import end_app_access, list_my_apps
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words
from unidossier.signin.smart.consent import told


@dataclass(frozen=True, kw_only=True)
class AppLine:
    """One access of one app, in words."""

    name: str
    about: str
    institution: str
    given_by: str  # empty: myself
    may: tuple[str, ...]
    given_at: datetime
    used_at: datetime | None
    until_at: datetime
    ended_at: datetime | None
    why: str
    href: str  # to its end; empty when it is over


def apps(request: HttpRequest) -> HttpResponse:
    """Every app that stands, then those that are over."""
    face = request.requester.face
    rows = list_my_apps(request.requester.secret)
    context = {
        "standing": tuple(_line(row, face=face) for row in rows if row["ended_at"] is None),
        "over": tuple(_line(row, face=face) for row in rows if row["ended_at"] is not None),
        "is_own": face == "my",
    }
    return render(request, "apps.html", frame(request, **context))


def end(request: HttpRequest, access: UUID) -> HttpResponse:
    """Ask once more, then end it: the app sees nothing from that moment on."""
    if request.method == "POST":
        try:
            end_app_access(request.requester.secret, access=access)
        except ActRefused:
            messages.info(request, _("This app is not there any more."))
        else:
            messages.success(request, _("The access of the app is ended."))
        return redirect(_list(request))
    rows = list_my_apps(request.requester.secret)
    row = next((one for one in rows if one["id"] == access and one["ended_at"] is None), None)
    if row is None:
        messages.info(request, _("This app is not there any more."))
        return redirect(_list(request))
    others = [one for one in rows if one["id"] != access and one["ended_at"] is None]
    is_last = not any(_same_app(one, row) for one in others)
    context = {
        "title": _("End the access of %(name)s?") % {"name": row["name"]},
        "text": _("It sees nothing any more through you, from this moment on.")
        if is_last
        else _(
            "This access ends. You let the same app in another time as well: that access stays until you end it too."
        ),
        "consequences": (
            _("What it has seen until now it may have kept. Ask its maker to delete it."),
            _("To use it again, let it in again."),
        ),
        "form": None,
        "confirm_label": _("End the access"),
        "is_grave": True,
        "back_href": _list(request),
    }
    return render(request, "confirm.html", frame(request, **context))


def _same_app(one: Row, other: Row) -> bool:
    return (one["name"], one["institution_names"]) == (other["name"], other["institution_names"])


def _list(request: HttpRequest) -> str:
    return reverse(f"{request.requester.face}:apps-let-in")


def _line(row: Row, *, face: str) -> AppLine:
    return AppLine(
        name=row["name"],
        about=row["about"],
        institution=in_words(row["institution_names"]),
        given_by="" if row["is_mine"] else row["given_by"],
        may=told(row["scope"]),
        given_at=row["given_at"],
        used_at=row["used_at"],
        until_at=row["until_at"],
        ended_at=row["ended_at"],
        why=_why(row),
        href="" if row["ended_at"] else reverse(f"{face}:end-app", args=[row["id"]]),
    )


def _why(row: Row) -> str:
    words = {
        "person": _("You, or somebody who acts for you, ended it."),
        "narrowed": _("The hospital changed what the app may ask for. You may let it in again."),
        "revoked": _("The app ended it by itself."),
        "code-reuse": _("Somebody used its key twice: it was ended to be safe."),
        "code-refused": _("Somebody used a wrong key: it was ended to be safe."),
        "refresh-reuse": _("Somebody used its key twice: it was ended to be safe."),
    }
    return words.get(
        row["ended_why"] or "", _("Its time was over, you signed out, or the hospital stopped the app.")
    )
