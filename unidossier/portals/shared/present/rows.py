"""Lines of the record as rows of the one list."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.portals.shared.components.item import ItemRow, Passage, Value
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.registry.directory import institution_name
from unidossier.terminology import display

Address = Callable[[UUID], str]


def title_of(line: Row) -> tuple[str, str]:
    """Return the words of an item and their language: the reader's where a translation of the code exists (REC-9)."""
    if line["code"] and line["category"] in TRANSLATED:
        words = display(line["code_system"], line["code"], language())
        if words:
            return words, ""
    return line["title"], line["language"] if line["language"] != language() else ""


# A coded fact is its code; a report or letter is named by its author, and a medicine also by its strength.
TRANSLATED = frozenset(
    {
        Category.PROBLEM,
        Category.ALLERGY,
        Category.VACCINATION,
        Category.VITAL_SIGN,
        Category.LABORATORY,
    }
)


def plain_number(value: Decimal | None) -> str:
    """Return a stored number without an exponent, its digits as they came."""
    return "" if value is None else format(value, "f")


def value_of(line: Row) -> Value | None:
    """Return the measured value of a line, or None when it has none."""
    if line["value_num"] is None and not line["value_text"]:
        return None
    return Value(
        text=line["value_text"] or plain_number(line["value_num"]),
        unit=line["unit"] or "",
        number=line["value_num"],
        low=line["low"],
        high=line["high"],
        flag=line["flag"],
    )


def item_row(
    line: Row, *, href: Address, chosen: UUID | None = None, trend: Callable[[Row], str] | None = None
) -> ItemRow:
    """Return one row; `href` makes the address of an item, `trend` that of a course of values."""
    title, lang = title_of(line)
    return ItemRow(
        href=href(line["id"]),
        category=Category(line["category"]).slug,
        at=line["clinical_at"].astimezone(BRUSSELS),
        has_time=line["clinical_at"].astimezone(BRUSSELS).time().isoformat() != "00:00:00",
        title=title,
        language=lang,
        institution=institution_name(line["institution_id"], language=language()),
        author=line["author_name"],
        status=line["status"],
        value=value_of(line),
        trend_href=trend(line) if trend and line["value_num"] is not None and line["code"] else "",
        detail=_detail(line),
        excerpt=tuple(Passage(text=one.text, is_found=one.is_found) for one in line.get("excerpt", ())),
        is_chosen=chosen == line["id"],
        is_own=line["category"] in (Category.PATIENT_DOCUMENT, Category.QUESTIONNAIRE),
        is_internal=line["internal_only"],
        was_draft=line["never_validated"],
    )


def _detail(line: Row) -> str:
    children, abnormal = line.get("children") or 0, line.get("abnormal") or 0
    if children:
        text = ngettext("%(n)s value", "%(n)s values", children) % {"n": children}
        if abnormal:
            text += ", " + ngettext("%(n)s out of range", "%(n)s out of range", abnormal) % {"n": abnormal}
        return text
    short = line["short"] or {}
    if short.get("dose"):
        return str(short["dose"])
    if short.get("images"):
        return ngettext("%(n)s image", "%(n)s images", int(short["images"])) % {"n": short["images"]}
    if short.get("clinicalStatus") in ("resolved", "inactive", "remission"):
        return _("over")
    return ""
