"""My: my own record, the same list in plain words, and the course of a value."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_item import open_item
from unidossier.actions.open_record import open_record, search_record
from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.whose import subject
from unidossier.portals.shared import views_trend
from unidossier.portals.shared.components.banner import PatientBanner
from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import listing
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.present.item import Ways, advice_for, item
from unidossier.portals.shared.present.rows import item_row

KINDS = {
    "": (),
    "results": ("laboratory", "examination", "vital-sign"),
    "letters": ("report", "letter", "discharge", "operation", "psychiatry", "gynaecology"),
    "images": ("imaging",),
    "medicines": ("medication", "prescription", "vaccination"),
    "appointments": ("agenda",),
}


def my_banner(patient: Row, *, rule: str, at: datetime, allergies: list[Row] | None = None) -> PatientBanner:
    """The banner of my own record."""
    opens = EVERY_CATEGORY if allergies is not None else 0
    return banner(
        patient, rule=rule, relations=[], at=at, href=reverse("my:record"), opens=opens, allergies=allergies
    )


@for_somebody
def record(request: HttpRequest) -> HttpResponse:
    """My record, or the part of it that HTMX asks for."""
    target = "" if request.headers.get("HX-History-Restore-Request") else request.headers.get("HX-Target", "")
    picked = _uuid(request.GET.get("item"))
    if target in ("items", "more"):
        return _list(request, only_rows=target == "more")
    if target == "pane" and picked:
        return render(request, "components/item_pane.html", _pane(request, picked) | {"plain": True})
    chosen = listing.filter_of(request.GET)
    opened = open_record(
        request.requester.secret,
        patient=subject(request),
        chosen=chosen,
        after=listing.place_of(request.GET),
    )
    at = timezone.now()
    context = _context(request, opened.listed.lines, opened.listed.after, opened.shape) | {
        "banner": my_banner(
            opened.patient,
            rule=opened.rule,
            at=at,
            allergies=[line for line in opened.summary if line["category"] == 3],
        ),
        "title": _("My record"),
        "kinds": _tabs(request),
        "ribbon": listing.ribbon(
            opened.shape, birth=opened.patient["birth_date"], today=timezone.localdate(at), query=request.GET
        ),
    }
    if picked:
        context |= _pane(request, picked)
    return render(request, "my/record.html", frame(request, **context))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _list(request: HttpRequest, *, only_rows: bool) -> HttpResponse:
    listed, shape = search_record(
        request.requester.secret,
        patient=subject(request),
        chosen=listing.filter_of(request.GET),
        after=listing.place_of(request.GET),
    )
    context = _context(request, listed.lines, listed.after, shape) | {"plain": True}
    return render(request, "components/item_rows.html" if only_rows else "components/item_list.html", context)


def _ways(base: str) -> Ways:
    joint = "&" if "?" in base else "?"
    return Ways(
        item=lambda one: f"{base}{joint}item={one}",
        version=lambda number: f"{base}{joint}version={number}",
        trend=lambda line: (
            reverse("my:trend") + "?" + urlencode({"code": line["code"], "system": line["code_system"] or ""})
        ),
        file=lambda row: reverse("my:file", args=[row["item_id"], bytes(row["sha256"]).hex()]),
    )


def _context(request: HttpRequest, lines: list[Row], following: object, shape: list[Row]) -> dict:
    action, chosen = reverse("my:record"), listing.filter_of(request.GET)
    base = listing.address(action, request.GET)
    ways = _ways(base)
    picked = _uuid(request.GET.get("item"))
    return {
        "page": ItemPage(
            rows=tuple(item_row(line, href=ways.item, chosen=picked, trend=ways.trend) for line in lines),
            more_href=listing.address(action, request.GET, after=listing.after(following))
            if following
            else "",  # type: ignore[arg-type]
            reading="found" if lines else "none",
            is_filtered=not chosen.is_empty,
            clear_href=action,
        ),
        "filters": listing.filters(shape, chosen, action=action, query=request.GET, plain=True),
        "list_href": base,
    }


def _pane(request: HttpRequest, picked: UUID) -> dict:
    opened = open_item(request.requester.secret, item=picked, patient=subject(request))
    base = listing.address(reverse("my:record"), request.GET)
    ways = _ways(base)
    version = request.GET.get("version", "")
    at_item = ways.item(picked)
    return {
        "item": item(
            opened,
            ways=Ways(
                item=ways.item,
                version=lambda number: f"{at_item}&version={number}",
                trend=ways.trend,
                file=ways.file,
            ),
            version=int(version) if version.isdigit() else None,
            advice=advice_for(opened.line["category"]),
        ),
        "list_href": base,
    }


def _tabs(request: HttpRequest) -> tuple[Entry, ...]:
    words = {
        "": _("Everything"),
        "results": _("Results"),
        "letters": _("Letters and reports"),
        "images": _("Images"),
        "medicines": _("Medicines and vaccines"),
        "appointments": _("Appointments"),
    }
    here = tuple(request.GET.getlist("kind"))
    action = reverse("my:record")
    return tuple(
        Entry(
            label=words[name],
            href=action + ("?" + "&".join(f"kind={one}" for one in kinds) if kinds else ""),
            is_here=here == kinds,
        )
        for name, kinds in KINDS.items()
    )


@for_somebody
def trend(request: HttpRequest) -> HttpResponse:
    """The course of one of my values."""
    return views_trend.trend(
        request,
        subject(request),
        face="my",
        template="my/trend.html",
        record_href=reverse("my:record"),
    )
