"""The record as carers see it, inside and outside: one page, one list, one reading pane. Each request calls one verb.

Answers to HTMX by the id of its target: `items` and `more` are the list, `pane` is the chosen item.
"""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_item import open_item
from unidossier.actions.open_record import OpenRecord, open_record, search_record
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import listing
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.present.summary import tiles
from unidossier.portals.shared.record_parts import Face, fragment, list_part, pane_part, picked


def part(request: HttpRequest, patient: UUID, *, face: Face) -> HttpResponse | None:
    """Answer the part of a record page that HTMX asks for; None when it asks for the whole page."""
    target, item_id = fragment(request), picked(request)
    if target in ("items", "more"):
        listed, shape = search_record(
            request.requester.secret,
            patient=patient,
            chosen=listing.filter_of(request.GET),
            after=listing.place_of(request.GET),
        )
        context = list_part(
            request, patient, face=face, lines=listed.lines, following=listed.after, shape=shape
        )
        if target == "more":
            return render(request, "components/item_rows.html", context)
        answer = render(request, "components/item_list.html", context)
        # the form sends its empty fields too: the address keeps only what was chosen
        answer["HX-Push-Url"] = context["list_href"]
        return answer
    if target == "pane" and item_id:
        opened = open_item(request.requester.secret, item=item_id, patient=patient)
        return render(request, "components/item_pane.html", pane_part(request, patient, opened, face=face))
    return None


def whole(request: HttpRequest, patient: UUID, *, face: Face) -> tuple[OpenRecord, dict]:
    """Open a record and return it with the context that every face's page has: list, pane, ribbon."""
    opened = open_record(
        request.requester.secret,
        patient=patient,
        chosen=listing.filter_of(request.GET),
        after=listing.place_of(request.GET),
        is_own=face.plain,
    )
    listed = opened.listed
    context = list_part(
        request, patient, face=face, lines=listed.lines, following=listed.after, shape=opened.shape
    )
    context["ribbon"] = listing.ribbon(
        opened.shape,
        birth=opened.patient["birth_date"],
        today=timezone.localdate(),
        action=face.record(patient),
        query=request.GET,
    )
    item_id = picked(request)
    if item_id:
        chosen = open_item(request.requester.secret, item=item_id, patient=patient)
        context |= pane_part(request, patient, chosen, face=face)
    return opened, context


def record(request: HttpRequest, patient: UUID, *, face: Face) -> HttpResponse:
    """Show a record to a carer, or the part of it that HTMX asks for."""
    answer = part(request, patient, face=face)
    if answer is not None:
        return answer
    opened, context = whole(request, patient, face=face)
    context |= _summary(request, patient, opened, at=timezone.now(), face=face)
    return render(request, face.template, frame(request, **context))


def _writing(face: Face, patient: UUID) -> tuple[Entry, ...]:
    href = reverse(f"{face.name}:new-report", args=[patient])
    return (Entry(label=_("Write a report"), href=href, glyph="plus"),)


def _summary(request: HttpRequest, patient: UUID, opened: OpenRecord, *, at: datetime, face: Face) -> dict:
    action = face.record(patient)
    ways = face.ways(patient, base=action)
    writes = face.writes and request.requester.may_write
    return {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=at,
            href=action,
            opens=opened.opens,
            allergies=[line for line in opened.summary if line["category"] == 3],
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
        "actions": (*_writing(face, patient), *face.acts(opened)) if writes else face.acts(opened),
    }
