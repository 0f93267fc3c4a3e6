"""The record as carers see it, inside and outside: one page, one list, one reading pane. Each request calls one verb.

Answers to HTMX by the id of its target: `items` and `more` are the list, `pane` is the chosen item.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_item import OpenItem, open_item
from unidossier.actions.open_record import OpenRecord, open_record, search_record
from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import listing
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.present.item import Ways, item
from unidossier.portals.shared.present.rows import item_row
from unidossier.portals.shared.present.summary import tiles
from unidossier.record.queries import Filter, Place


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a face keeps its record pages: names of its routes, its templates, and whether reports are written there."""

    face: str
    template: str
    writes: bool

    def record(self, patient: UUID) -> str:
        """The address of a record."""
        return reverse(f"{self.face}:record", args=[patient])

    def ways(self, patient: UUID, *, query_base: str) -> Ways:
        """The addresses an item page needs; the list keeps its filters."""

        def item_href(one: UUID) -> str:
            return f"{query_base}{'&' if '?' in query_base else '?'}item={one}"

        return Ways(
            item=item_href,
            version=lambda number: f"{query_base}{'&' if '?' in query_base else '?'}version={number}",
            trend=lambda line: self.trend(patient, line),
            file=lambda row: reverse(f"{self.face}:file", args=[row["item_id"], bytes(row["sha256"]).hex()]),
        )

    def trend(self, patient: UUID, line: Row) -> str:
        """The address of the course of one code."""
        return (
            reverse(f"{self.face}:trend", args=[patient])
            + f"?code={quote(line['code'])}&system={quote(line['code_system'] or '')}"
        )


def record(request: HttpRequest, patient: UUID, *, desk: Desk) -> HttpResponse:
    """Show a record, or the part of it that HTMX asks for."""
    chosen, after = listing.filter_of(request.GET), listing.place_of(request.GET)
    target = (
        request.headers.get("HX-Target", "") if not request.headers.get("HX-History-Restore-Request") else ""
    )
    if target in ("items", "more"):
        return _list(request, patient, chosen, after, desk=desk, only_rows=target == "more")
    picked = _uuid(request.GET.get("item"))
    if target == "pane" and picked:
        return _pane(request, patient, picked, desk=desk)
    return _whole(request, patient, chosen, after, picked, desk=desk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _list(
    request: HttpRequest, patient: UUID, chosen: Filter, after: Place | None, *, desk: Desk, only_rows: bool
) -> HttpResponse:
    listed, shape = search_record(request.requester.secret, patient=patient, chosen=chosen, after=after)
    context = _list_context(request, patient, listed.lines, listed.after, shape, chosen, desk=desk)
    template = "components/item_rows.html" if only_rows else "components/item_list.html"
    return render(request, template, context)


def _list_context(
    request: HttpRequest,
    patient: UUID,
    lines: list[Row],
    following: Place | None,
    shape: list[Row],
    chosen: Filter,
    *,
    desk: Desk,
) -> dict:
    action = desk.record(patient)
    base = listing.address(action, request.GET)
    ways = desk.ways(patient, query_base=base)
    picked = _uuid(request.GET.get("item"))
    return {
        "page": ItemPage(
            rows=tuple(item_row(line, href=ways.item, chosen=picked, trend=ways.trend) for line in lines),
            more_href=listing.address(action, request.GET, after=listing.after(following))
            if following
            else "",
            reading="found" if lines else "none",
            is_filtered=not chosen.is_empty,
            clear_href=action,
        ),
        "filters": listing.filters(shape, chosen, action=action, query=request.GET),
        "list_href": base,
    }


def _pane(request: HttpRequest, patient: UUID, picked: UUID, *, desk: Desk) -> HttpResponse:
    opened = open_item(request.requester.secret, item=picked, patient=patient)
    return render(request, "components/item_pane.html", _pane_context(request, patient, opened, desk=desk))


def _pane_context(request: HttpRequest, patient: UUID, opened: OpenItem, *, desk: Desk) -> dict:
    base = listing.address(desk.record(patient), request.GET)
    version = request.GET.get("version", "")
    with_item = f"{base}{'&' if '?' in base else '?'}item={opened.line['id']}"
    ways = desk.ways(patient, query_base=base)
    return {
        "item": item(
            opened,
            ways=Ways(
                item=ways.item,
                version=lambda number: f"{with_item}&version={number}",
                trend=ways.trend,
                file=ways.file,
            ),
            version=int(version) if version.isdigit() else None,
            actions=_item_actions(request, opened, desk=desk),
        ),
        "list_href": base,
    }


def _item_actions(request: HttpRequest, opened: OpenItem, *, desk: Desk) -> tuple[Entry, ...]:
    line = opened.line
    mine = line["type"] == "Composition" and line["institution_id"] == request.requester.institution_id
    if not (desk.writes and mine) or line["status"] == "entered-in-error":
        return ()
    href = reverse(f"{desk.face}:report", args=[opened.patient["id"], line["id"]])
    if line["status"] == "draft":
        return (Entry(label=_("Go on writing"), href=href, glyph="plus"),)
    return (Entry(label=_("Amend"), href=href, glyph="plus"),)


def _whole(
    request: HttpRequest,
    patient: UUID,
    chosen: Filter,
    after: Place | None,
    picked: UUID | None,
    *,
    desk: Desk,
) -> HttpResponse:
    opened = open_record(request.requester.secret, patient=patient, chosen=chosen, after=after)
    at = timezone.now()
    context = _record_context(request, patient, opened, chosen, at=at, desk=desk)
    if picked:
        context |= _pane_context(
            request, patient, open_item(request.requester.secret, item=picked, patient=patient), desk=desk
        )
    return render(request, desk.template, frame(request, **context))


def _record_context(
    request: HttpRequest, patient: UUID, opened: OpenRecord, chosen: Filter, *, at: datetime, desk: Desk
) -> dict:
    action = desk.record(patient)
    ways = desk.ways(patient, query_base=action)
    allergies = [line for line in opened.summary if line["category"] == 3]
    writes = desk.writes and request.requester.may_write
    return _list_context(
        request, patient, opened.listed.lines, opened.listed.after, opened.shape, chosen, desk=desk
    ) | {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=at,
            href=action,
            opens=opened.opens,
            allergies=allergies,
        ),
        "tiles": tiles(
            opened.summary,
            opened.results,
            opened.relations,
            opens=opened.opens,
            at=at,
            href=ways.item,
            kind_href=lambda slug: f"{action}?kind={slug}",
            trend=ways.trend,
        ),
        "ribbon": listing.ribbon(
            opened.shape, birth=opened.patient["birth_date"], today=timezone.localdate(at), query=request.GET
        ),
        "actions": (
            Entry(
                label=_("Write a report"),
                href=reverse(f"{desk.face}:new-report", args=[patient]),
                glyph="plus",
            ),
        )
        if writes
        else (),
    }


def banner_of(opened_patient: Row, *, rule: str, relations: list[Row], href: str) -> object:
    """The banner of a page that reads neither summary nor allergies (a trend, the editor)."""
    return banner(
        opened_patient,
        rule=rule,
        relations=relations,
        at=timezone.now(),
        href=href,
        opens=EVERY_CATEGORY & ~8,
        allergies=None,
    )
