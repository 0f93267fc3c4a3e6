"""The administrative file of a patient as the registration desk sees it: facts in words, and the ways to change them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from unidossier.actions.open_desk_file import DeskFile
from unidossier.gate.door import Row
from unidossier.kernel.brussels import last_day
from unidossier.kernel.category import EVERY_CATEGORY, in_mask
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.portals.desk.forms_registration import LANGUAGES, MANDATES, SEXES
from unidossier.portals.desk.present_tasks import TaskLine, task_line
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import day as as_day
from unidossier.portals.shared.templatetags.unidossier import day_time as as_day_time
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.portals.shared.words.kinds import PLAIN_KINDS

Fact = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a section: what it says, what is beside it, and what can be done with it."""

    title: str
    note: str = ""
    tag: str = ""
    is_over: bool = False
    is_warning: bool = False
    ways: tuple[tuple[str, str], ...] = ()  # address, words


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines under a heading, with the way to add one; `none` is said when there are no lines."""

    title: str
    lines: tuple[Line, ...]
    none: str
    add: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """Everything of the page: who, facts, sections, tasks."""

    name: str
    facts: tuple[Fact, ...]
    is_deceased: bool
    sections: tuple[Section, ...]
    tasks: tuple[TaskLine, ...]


def day(at: datetime | None) -> str:
    """Return the day of an instant in Brussels; '' for none."""
    return as_day(at.astimezone(BRUSSELS)) if at else ""


def day_time(at: datetime | None) -> str:
    """Return day and time of an instant in Brussels; '' for none."""
    return as_day_time(at.astimezone(BRUSSELS)) if at else ""


def number_words(system: str, value: str) -> str:
    """Return a number as people write it."""
    if system == SSIN:
        try:
            return Ssin.parse(value).formatted
        except InvalidSsin:
            return value
    return value


def facts(patient: Row) -> tuple[Fact, ...]:
    """Return identity and contact as (label, text), what is not known left out."""
    contact = patient["contact"]
    told = (
        (
            _("Birth date"),
            date_format(patient["birth_date"], "d.m.Y") if patient["birth_date"] else _("not known"),
        ),
        (_("Sex"), str(dict(SEXES).get(patient["sex"] or "", patient["sex"]))),
        (_("Language"), dict(LANGUAGES).get(patient["language"], patient["language"])),
        (_("Address"), contact.get("address", "")),
        (_("Telephone"), contact.get("phone", "")),
        (_("E-mail"), contact.get("email", "")),
        (_("Whom to call in need"), contact.get("emergency", "")),
        (_("Deceased"), day_time(patient["deceased_at"])),
    )
    return tuple((label, str(text)) for label, text in told if text)


def file_page(file: DeskFile, *, at: datetime, may_change: bool) -> FilePage:
    """Return the page; `may_change`: the function registers, so that ways to change are shown."""
    patient: UUID = file.patient["id"]
    made = (
        _numbers(file.numbers),
        _gps(file.gps),
        _mandates(file.representations, patient, may_change=may_change),
        _exclusions(file.exclusions, patient, may_change=may_change),
        _merges(file.merges, patient, may_change=may_change),
        _changes(file.changes),
    )
    adds = _adds(patient, is_dead=file.patient["deceased_at"] is not None) if may_change else {}
    sections = tuple(
        Section(title=one.title, lines=one.lines, none=one.none, add=adds.get(name)) for name, one in made
    )
    return FilePage(
        name=f"{file.patient['family']} {file.patient['given']}",
        facts=facts(file.patient),
        is_deceased=file.patient["deceased_at"] is not None,
        sections=tuple(one for one in sections if one.lines or one.none),
        tasks=tuple(task_line(one, at=at) for one in file.tasks),
    )


def _adds(patient: UUID, *, is_dead: bool) -> dict[str, tuple[str, str]]:
    ways = {"numbers": (reverse("desk:numbers", args=[patient]), _("Change the numbers"))}
    if not is_dead:
        ways |= {
            "gps": (reverse("desk:gp", args=[patient]), _("Change or confirm")),
            "mandates": (reverse("desk:new-mandate", args=[patient]), _("Register somebody")),
        }
    return ways | {"exclusions": (reverse("desk:exclude", args=[patient]), _("Register a form"))}


def _numbers(rows: list[Row]) -> tuple[str, Section]:
    lines = tuple(
        Line(
            title=number_words(one["system"], one["value"]),
            note=_("National or BIS number")
            if one["system"] == SSIN
            else in_words(one["institution"]) or _("other number"),
            tag=_("until %(day)s") % {"day": day(one["until_at"])} if one["until_at"] else "",
            is_over=one["until_at"] is not None,
        )
        for one in rows
    )
    return "numbers", Section(title=_("Numbers"), lines=lines, none=_("No number is known."))


def _gps(rows: list[Row]) -> tuple[str, Section]:
    lines = tuple(
        Line(
            title=one["person"],
            note=in_words(one["institution"]),
            tag=_until(one),
            is_over=not one["is_now"],
        )
        for one in rows
    )
    return "gps", Section(
        title=_("General practitioner"), lines=lines, none=_("No general practitioner is known.")
    )


def _until(one: Row) -> str:
    if one["ends_at"] is None:
        return _("no end date")
    words = _("until %(day)s") if one["is_now"] else _("ended on %(day)s")
    return words % {"day": as_day(last_day(one["ends_at"]))}


def _mandates(rows: list[Row], patient: UUID, *, may_change: bool) -> tuple[str, Section]:
    lines = tuple(_mandate(one, patient, may_change=may_change) for one in rows)
    return "mandates", Section(
        title=_("Who acts for the patient"), lines=lines, none=_("Nobody acts for the patient.")
    )


def _mandate(one: Row, patient: UUID, *, may_change: bool) -> Line:
    ways: list[tuple[str, str]] = []
    if one["proof"]:
        ways.append((reverse("desk:proof", args=[patient, one["id"]]), _("Document")))
    if may_change and one["is_now"]:
        deed = ("in-force", _("Resume")) if one["state"] == "suspended" else ("suspended", _("Suspend"))
        for state, words in (deed, ("withdrawn", _("End"))):
            ways.append((reverse("desk:move-mandate", args=[patient, one["id"], state]), words))
    states = {
        "suspended": _("suspended"),
        "withdrawn": _("ended on %(day)s") % {"day": day(one["withdrawn_at"])},
    }
    tag = states.get(one["state"], "")
    if not tag and one["ends_at"]:
        tag = _until(one)
    return Line(
        title=one["name"],
        note=". ".join(
            part
            for part in (
                str(dict(MANDATES).get(one["kind"], one["kind"])),
                scope(one),
                one["authority"],
                _because(one),
            )
            if part
        ),
        tag=tag,
        is_over=not one["is_now"],
        is_warning=one["state"] == "suspended",
        ways=tuple(ways),
    )


def _because(one: Row) -> str:
    """Return why it was suspended or ended: what the desk was promised to find again (REP-1)."""
    why = {"suspended": one["suspended_why"], "withdrawn": one["ended_why"]}.get(one["state"], "")
    told = _("ended by the patient") if why == "patient" else why
    return _("Reason: %(reason)s") % {"reason": told} if told else ""


def scope(one: Row) -> str:
    """Return what a mandate opens, in words; '' when it is everything."""
    if one["categories"] & EVERY_CATEGORY == EVERY_CATEGORY:
        return ""
    return ", ".join(str(PLAIN_KINDS[category.slug]) for category in in_mask(one["categories"]))


def _exclusions(rows: list[Row], patient: UUID, *, may_change: bool) -> tuple[str, Section]:
    lines = []
    for one in rows:
        parts = [
            str(FUNCTIONS.get(one["function"] or "", "")),
            _("federal") if one["source"] == "federal" else _("local"),
        ]
        if one["absolute"]:
            parts.append(_("also in emergencies"))
        if one["is_now"] and one["source"] == "local" and one["confirmed_at"] is None:
            parts.append(_("not confirmed yet"))
        end = (reverse("desk:end-exclusion", args=[patient, one["id"]]), _("End"))
        lines.append(
            Line(
                title=one["person"],
                note=", ".join(part for part in parts if part),
                tag=_("ended on %(day)s") % {"day": day(one["until_at"])}
                if not one["is_now"]
                else _("since %(since)s") % {"since": day(one["from_at"])},
                is_over=not one["is_now"],
                ways=(end,) if may_change and one["is_now"] and one["source"] == "local" else (),
            )
        )
    return "exclusions", Section(
        title=_("Exclusions"), lines=tuple(lines), none=_("The patient excludes nobody.")
    )


def _merges(rows: list[Row], patient: UUID, *, may_change: bool) -> tuple[str, Section]:
    lines = []
    for one in rows:
        undo = (reverse("desk:unmerge", args=[patient, one["id"]]), _("Undo the merge"))
        tag = _("undone on %(day)s") % {"day": day(one["undone_at"])} if one["undone_at"] else ""
        lines.append(
            Line(
                title=_("Merged on %(day)s by %(who)s")
                % {"day": day_time(one["at"]), "who": one["person_name"]},
                note=". ".join(part for part in (one["reason"], one["undone_why"]) if part),
                tag=tag,
                is_over=one["undone_at"] is not None,
                ways=(undo,) if may_change and not one["undone_at"] and one["is_kept"] else (),
            )
        )
    return "merges", Section(title=_("Merged records"), lines=tuple(lines), none="")


def field_words(field: str) -> str:
    """Return the name of a changed field."""
    return {
        "family": _("Family name"),
        "given": _("Given names"),
        "birth_date": _("Birth date"),
        "sex": _("Sex"),
        "language": _("Language"),
        "address": _("Address"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "emergency": _("Whom to call in need"),
        "number": _("Number"),
        "death": _("Death"),
        "own-access": _("Own access"),
    }.get(field, field)


def value_words(field: str, text: str) -> str:
    """Return what a field held, as people write it; a dash for nothing."""
    if not text:
        return "–"
    try:
        if field == "death":
            return day_time(datetime.fromisoformat(text))
        if field == "birth_date":
            return date_format(date.fromisoformat(text), "d.m.Y")
    except ValueError:
        return text
    names = {
        "sex": dict(SEXES),
        "language": dict(LANGUAGES),
        "own-access": {"opened": _("opened by a physician")},
    }.get(field, {})
    return number_words(SSIN, text) if field == "number" else str(names.get(text, text))


def reason_words(reason: str) -> str:
    """Return why something was changed: as the clerk wrote it, or the word for what needs no reason."""
    return {"registered": _("registered"), "by-the-patient": _("by the patient or for him, on My")}.get(
        reason, reason
    )


def _changes(rows: list[Row]) -> tuple[str, Section]:
    lines = tuple(
        Line(
            title=f"{field_words(one['field'])}: {value_words(one['field'], one['was'])} → {value_words(one['field'], one['became'])}",
            note=f"{', '.join(part for part in (one['person_name'], in_words(one['institution'])) if part)}: {reason_words(one['reason'])}",
            tag=day_time(one["at"]),
        )
        for one in rows
    )
    return "changes", Section(title=_("History"), lines=lines, none="")
