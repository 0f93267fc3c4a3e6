"""Every page template with a sample of the context that its comment asks for."""

from __future__ import annotations

from typing import Any

from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.shell import Entry, Shell

from . import forms, items, lists, visits, who

RECORD = {
    "banner": who.BANNER,
    "tiles": items.TILES,
    "filters": items.FILTERS,
    "page": items.PAGE,
    "list_href": who.HERE,
    "actions": (
        Entry(label="Write a report", href=who.HERE, glyph="plus"),
        Entry(label="Medication scheme", href=who.HERE, glyph="medication"),
    ),
}
MY_KINDS = tuple(
    Entry(label=label, href=who.HERE, is_here=not index)
    for index, label in enumerate(("All", "Results", "Letters", "Images", "Medicines", "Vaccines"))
)
ENTRIES = (
    Entry(label="Results", hint="214 results, 2 new", href=who.HERE, glyph="laboratory"),
    Entry(label="Letters and reports", hint="61 letters", href=who.HERE, glyph="letter"),
    Entry(label="Images", hint="9 examinations", href=who.HERE, glyph="imaging"),
    Entry(label="Medicines", hint="7 medicines now", href=who.HERE, glyph="medication"),
    Entry(label="Appointments", hint="Next: 27 November", href=who.HERE, glyph="agenda"),
    Entry(label="Access", hint="4 people and 2 teams", href=who.HERE, glyph="access"),
)
PERIODS = tuple(
    Entry(label=label, href=who.HERE, is_here=label == "5 years") for label in ("1 year", "5 years", "All")
)
OTHERS = tuple(
    Entry(label=label, href=who.HERE, is_here=label == "Kalium")
    for label in ("Kalium", "Natrium", "Chloride", "Creatinine", "NT-proBNP")
)
MY_BANNER = who.banner(why=who.OWN)
WAYS = (
    Entry(
        label="Break the glass",
        hint="In an emergency of care; asks for a reason and your second factor",
        href=who.HERE,
        glyph="glass",
    ),
    Entry(
        label="Ask the patient for access",
        hint="The patient answers on his portal",
        href=who.HERE,
        glyph="person",
    ),
    Entry(label="Call the desk", hint="02 000 00 00, on working days 8:00 to 18:00", href=who.HERE),
)
CHECKS = (
    {"name": "Database", "is_good": True, "text": "answers in 0.4 ms"},
    {"name": "Log", "is_good": True, "text": "last entry committed 2 s ago"},
    {"name": "Attachments", "is_good": False, "text": "the disk is full: 0 bytes left"},
)
LOG_TABS = (
    Entry(label="People", href=who.HERE, is_here=True, count=41),
    Entry(label="Machines", href=who.HERE, count=212),
    Entry(label="Emergencies", href=who.HERE, count=1),
)


def _trend() -> dict[str, Any]:
    return {"trend": items.TREND, "back_href": who.HERE, "others": OTHERS, "periods": PERIODS}


def _report() -> dict[str, Any]:
    return {
        "banner": who.BANNER,
        "form": forms.ReportForm(),
        "status": "draft",
        "versions": items.VERSIONS,
        "saved_at": who.AT,
        "withdraw_href": who.HERE,
        "back_href": who.HERE,
    }


def _confirm() -> dict[str, Any]:
    return {
        "banner": who.BANNER,
        "title": "Withdraw this report?",
        "text": "“Zaalronde cardiologie” of 17 November is marked as an error.",
        "consequences": ("It stays readable, struck through.", "The patient and the GP are told."),
        "form": forms.ReasonForm(),
        "confirm_label": "Withdraw the report",
        "is_grave": True,
        "back_href": who.HERE,
    }


def _my_record(item: object) -> dict[str, Any]:
    return {
        "banner": MY_BANNER,
        "title": "My record",
        "kinds": MY_KINDS,
        "ribbon": items.ribbon(),
        "filters": items.FILTERS,
        "page": items.PAGE,
        "item": item,
        "list_href": who.HERE,
    }


def pages() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return {name: (template, face, context)}; the frame is added by the view."""
    closed = {"tiles": items.TILE_STATES, "page": ItemPage(rows=(), reading="unreadable")}
    glass = {"banner": who.banner(why=who.GLASS), "item": items.LETTER}
    ward = {
        "today": who.AT.date(),
        "groups": lists.GROUPS,
        "agenda": lists.AGENDA,
        "found": None,
        "query": "",
    }
    looked = {"banner": MY_BANNER, **visits.LOOKED}
    home = {
        "banner": MY_BANNER,
        "greeting": "Good morning, Anna",
        "today": who.AT.date(),
        "news": lists.NEWS,
        "next_appointment": lists.NEXT,
        "looked": (lists.LOG[0], lists.LOG[3], lists.LOG[6]),
        "looked_href": who.HERE,
        "entries": ENTRIES,
    }
    sign_in = {
        "form": forms.SignInForm(),
        "passkey_href": who.HERE,
        "cast": lists.CAST,
        "cast_href": who.HERE,
    }
    return {
        "sign-in": ("signin/sign_in.html", "open", sign_in),
        "second-factor": (
            "signin/second_factor.html",
            "open",
            {"form": forms.CodeForm(), "back_href": who.HERE},
        ),
        "ward-home": ("ward/home.html", "ward", ward),
        "ward-found": ("ward/home.html", "ward", ward | {"query": "pee", "found": lists.FOUND}),
        "ward-nobody": ("ward/home.html", "ward", ward | {"query": "xyz", "found": ()}),
        "ward-record": ("ward/record.html", "ward", RECORD | {"ribbon": items.ribbon(), "item": items.PANEL}),
        "ward-list": ("ward/record.html", "ward", RECORD | {"ribbon": items.ribbon(), "item": None}),
        "ward-glass": ("ward/record.html", "ward", RECORD | glass | {"ribbon": items.ribbon(from_year=2019)}),
        "ward-unreadable": ("ward/record.html", "ward", RECORD | closed | {"item": items.BROKEN}),
        "ward-trend": ("ward/trend.html", "ward", _trend() | {"banner": who.BANNER}),
        "ward-report": ("ward/report.html", "ward", _report()),
        "ward-confirm": ("confirm.html", "ward", _confirm()),
        "consult-home": (
            "consult/home.html",
            "consult",
            {
                "groups": lists.CONSULT_GROUPS,
                "form": forms.NumberForm(),
                "link_href": who.HERE,
                "found": None,
            },
        ),
        "consult-record": (
            "consult/record.html",
            "consult",
            RECORD | {"ribbon": items.ribbon(), "item": items.LETTER},
        ),
        "my-home": ("my/home.html", "my", home),
        "my-record": ("my/record.html", "my", _my_record(items.PLAIN_RESULT)),
        "my-list": ("my/record.html", "my", _my_record(None)),
        "my-item": (
            "my/item.html",
            "my",
            {"banner": MY_BANNER, "item": items.PLAIN_RESULT, "list_href": who.HERE},
        ),
        "my-trend": ("my/trend.html", "my", _trend() | {"banner": MY_BANNER}),
        "my-who-looked": ("my/who_looked.html", "my", looked),
        "my-access": ("my/access.html", "my", _access() | {"banner": MY_BANNER}),
        "refusal": ("refusal.html", "ward", {"ways": WAYS}),
        "not-found": ("404.html", "ward", {}),
        "not-accepted": ("403.html", "ward", {}),
        "fault": ("500.html", "ward", {"reference": "7F3A-22"}),
        "could-not-read": ("503.html", "ward", {"retry_href": who.HERE}),
        "status": ("status.html", "ward", {"checks": CHECKS, "checked_at": who.AT}),
    }


def _access() -> dict:
    """Who has access, with one carer who asks."""
    end = (Entry(label="Withdraw", href=who.HERE), Entry(label="Exclude", href=who.HERE))
    asks = {
        "relation": who.relation(
            "Dr J. Wouters", "Asks for access", days=21, of=30, function="Dermatologist"
        ),
        "note": "You have an appointment with me next week.",
        "deeds": (Entry(label="Answer", href=who.HERE),),
        "has_bar": True,
    }
    groups = (
        {
            "key": f"part-{number}",
            "title": group["title"],
            "lines": tuple({"relation": one, "deeds": end, "has_bar": True} for one in group["relations"]),
        }
        for number, group in enumerate(who.ACCESS)
    )
    ways = (
        Entry(label="Exclude somebody", href=who.HERE, glyph="cross"),
        Entry(label="Give a carer access", href=who.HERE, glyph="plus"),
    )
    return {
        "sections": ({"key": "asking", "title": "Waiting for your answer", "lines": (asks,)}, *groups),
        "ways": ways,
        "decides": True,
        "refuses_outside": False,
    }


def frame(face: str, *, theme: str, density: str) -> Shell:
    """The frame of a sample page."""
    return who.shell(face, theme=theme, density=density)  # type: ignore[arg-type]
