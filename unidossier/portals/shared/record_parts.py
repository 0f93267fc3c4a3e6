"""The parts that every record page is made of, in any face: the one list, the reading pane, and their addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_item import OpenItem
from unidossier.actions.open_record import OpenRecord
from unidossier.gate.door import Row
from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.present import listing
from unidossier.portals.shared.present.item import Ways, advice_for, item
from unidossier.portals.shared.present.rows import item_row
from unidossier.record.queries import Place


@dataclass(frozen=True, kw_only=True)
class Face:
    """Where a face keeps its record pages, and what is done there.

    `writes`: reports are written there. `plain`: words and advice for the patient himself, whose addresses name nobody.
    `acts`: what else may be done in an open record, for this face.
    """

    name: str
    template: str
    writes: bool = False
    plain: bool = False
    acts: Callable[[OpenRecord], tuple[Entry, ...]] = lambda opened: ()

    def record(self, patient: UUID) -> str:
        """The address of a record."""
        return reverse(f"{self.name}:record", args=() if self.plain else [patient])

    def trend(self, patient: UUID, line: Row) -> str:
        """The address of the course of one code."""
        address = reverse(f"{self.name}:trend", args=() if self.plain else [patient])
        return f"{address}?{urlencode({'code': line['code'], 'system': line['code_system'] or ''})}"

    def ways(self, patient: UUID, *, base: str, item_id: UUID | None = None) -> Ways:
        """The addresses of items, versions, courses and files; `base` is the list with its filters."""

        def of_item(one: UUID) -> str:
            return f"{base}{'&' if '?' in base else '?'}item={one}"

        return Ways(
            item=of_item,
            version=lambda number: f"{of_item(item_id) if item_id else base}&version={number}",
            trend=lambda line: self.trend(patient, line),
            file=lambda row: reverse(f"{self.name}:file", args=[row["item_id"], bytes(row["sha256"]).hex()]),
        )


def fragment(request: HttpRequest) -> str:
    """Return the id of the part that HTMX asks for; '' for a whole page, also when it restores its history."""
    if request.headers.get("HX-History-Restore-Request"):
        return ""
    return request.headers.get("HX-Target", "")


def picked(request: HttpRequest) -> UUID | None:
    """Return the item that the address names, None when it names none."""
    try:
        return UUID(request.GET.get("item", ""))
    except ValueError:
        return None


def list_part(
    request: HttpRequest,
    patient: UUID,
    *,
    face: Face,
    lines: list[Row],
    following: Place | None,
    shape: list[Row],
) -> dict:
    """Return the context of the list: page, filters, list_href."""
    action = face.record(patient)
    base = listing.address(action, request.GET)
    ways = face.ways(patient, base=base)
    chosen = listing.filter_of(request.GET)
    more = listing.address(action, request.GET, after=listing.after(following)) if following else ""
    return {
        "page": ItemPage(
            rows=tuple(
                item_row(line, href=ways.item, chosen=picked(request), trend=ways.trend) for line in lines
            ),
            more_href=more,
            reading="found" if lines else "none",
            is_filtered=not chosen.is_empty,
            clear_href=action,
        ),
        "filters": listing.filters(shape, chosen, action=action, query=request.GET, plain=face.plain),
        "list_href": base,
        "plain": face.plain,
    }


def pane_part(request: HttpRequest, patient: UUID, opened: OpenItem, *, face: Face) -> dict:
    """Return the context of the reading pane: item, list_href. `?version=` chooses an earlier version."""
    base = listing.address(face.record(patient), request.GET)
    version = request.GET.get("version", "")
    return {
        "item": item(
            opened,
            ways=face.ways(patient, base=base, item_id=opened.line["id"]),
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else None,
            actions=_actions(request, opened, face=face),
            advice=advice_for(opened.line["category"]) if face.plain else "",
        ),
        "list_href": base,
        "plain": face.plain,
    }


def _actions(request: HttpRequest, opened: OpenItem, *, face: Face) -> tuple[Entry, ...]:
    if face.plain:
        return _own_actions(opened)
    line = opened.line
    if not face.writes or line["institution_id"] != request.requester.institution_id:
        return ()
    if line["status"] == "entered-in-error":
        return ()
    place = [opened.patient["id"], line["id"]]
    actions = []
    if line["type"] == "Composition":
        label = _("Go on writing") if line["status"] == "draft" else _("Amend")
        actions.append(Entry(label=label, href=reverse(f"{face.name}:report", args=place), glyph="plus"))
    if line["status"] != "draft" and request.requester.may_write:
        label = _("Held back: change") if is_held(line) else _("Hold back from the patient")
        actions.append(Entry(label=label, href=reverse(f"{face.name}:hold-back", args=place), glyph="lock"))
    return tuple(actions)


def _own_actions(opened: OpenItem) -> tuple[Entry, ...]:
    """What the patient decides about one document: where it may be seen (CON-10)."""
    if opened.line["status"] == "entered-in-error":
        return ()
    label = (
        _("Show it outside this hospital again")
        if opened.line["internal_only"]
        else _("Not to be seen outside this hospital")
    )
    return (Entry(label=label, href=reverse("my:inside", args=[opened.line["id"]]), glyph="lock"),)


def is_held(line: Row) -> bool:
    """Whether an item is held back from the patient now (MY-5)."""
    return line["held_until"] is not None and line["held_until"] > timezone.now()
