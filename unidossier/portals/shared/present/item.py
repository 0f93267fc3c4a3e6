"""The chosen item, whole, for the reading pane."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from unidossier.actions.open_item import OpenItem
from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.portals.shared.components.item import Attachment, Item, ResultLine, Section, Version
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.present.facts import facts
from unidossier.portals.shared.present.reading import sections
from unidossier.portals.shared.present.rows import Address, item_row, title_of, value_of
from unidossier.portals.shared.present.words import BRUSSELS

PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The addresses an item needs: of an item, of a version of this one, of a course of values, of a file."""

    item: Address
    version: Callable[[int], str]
    trend: Callable[[Row], str]
    file: Callable[[Row], str]


def item(
    opened: OpenItem,
    *,
    ways: Ways,
    actions: tuple[Entry, ...] = (),
    version: int | None = None,
    advice: str = "",
) -> Item:
    """Return the item; `version` chooses an earlier one, None the newest."""
    if not opened.versions:
        return _closed(opened, ways)
    shown = next((one for one in opened.versions if one["version"] == version), opened.versions[0])
    resource = orjson.loads(shown["resource"])
    line = opened.line | {
        "status": shown["status"],
        "author_name": shown["author_name"],
        "title": shown["title"],
    }
    pictures, files = _files([one for one in opened.attachments if one["version"] == shown["version"]], ways)
    return Item(
        row=item_row(line, href=ways.item, chosen=line["id"], trend=ways.trend),
        sections=_untitled(sections(resource), title=line["title"]),
        facts=facts(resource),
        results=tuple(
            ResultLine(
                name=title_of(part)[0],
                value=value,
                trend_href=ways.trend(part) if part["value_num"] is not None else "",
            )
            for part in sorted(opened.parts, key=lambda part: title_of(part)[0])
            if (value := value_of(part)) is not None
        ),
        pictures=pictures,
        attachments=files,
        versions=tuple(
            Version(
                number=one["version"],
                at=one["entered_at"].astimezone(BRUSSELS),
                author=one["author_name"],
                status=one["status"],
                reason=one["reason"],
                href=ways.version(one["version"]),
                is_shown=one["version"] == shown["version"],
            )
            for one in opened.versions
        ),
        actions=actions,
        advice=advice,
    )


def _closed(opened: OpenItem, ways: Ways) -> Item:
    """Return what the agenda shows of it, and for whom the rest is (ACS-2)."""
    row = item_row(opened.line, href=ways.item, chosen=opened.line["id"], trend=ways.trend)
    why = _("What is written inside is for those who treat the patient.")
    return Item(row=row, sections=(Section(heading="", paragraphs=(why,)),), facts=())


def _untitled(told: tuple[Section, ...], *, title: str) -> tuple[Section, ...]:
    """Drop a first heading that only repeats the title of the item."""
    if told and told[0].heading.casefold() == title.casefold():
        return (replace(told[0], heading=""), *told[1:])
    return told


def _files(attachments: list[Row], ways: Ways) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    made = [
        Attachment(
            name=one["name"],
            href=ways.file(one),
            media_type=_media(one["media_type"]),
            size=_size(one["size"]),
            preview_href=ways.file(one) if one["media_type"] in PICTURES else "",
        )
        for one in attachments
    ]
    return tuple(one for one in made if one.preview_href), tuple(one for one in made if not one.preview_href)


def _media(media_type: str) -> str:
    return {"application/pdf": "PDF", "application/dicom": "DICOM", "text/plain": _("Text")}.get(
        media_type, media_type
    )


def _size(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB" if octets >= 1_000_000 else f"{max(1, octets // 1000)} kB"


def advice_for(category: int) -> str:
    """Return the sentence a patient reads before a result (MY-4)."""
    if category in (Category.LABORATORY, Category.IMAGING, Category.EXAMINATION, Category.OPERATION):
        return _("A value outside its range is often harmless. Ask your carer what it means for you.")
    return ""


def by_id(item_id: UUID, *, base: str) -> str:
    """Return the address of an item under a base address that may already hold a query."""
    return f"{base}{'&' if '?' in base else '?'}item={item_id}"
