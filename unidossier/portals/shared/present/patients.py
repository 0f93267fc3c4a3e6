"""The lists of patients: by ward, by today's agenda, by how long a relation still lasts."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from unidossier.actions.list_my_patients import MyPatients
from unidossier.actions.show_agenda import Agenda
from unidossier.gate.door import Row
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.portals.shared.components.relation import SOON_DAYS, Relation
from unidossier.portals.shared.components.work import AgendaLine, PatientGroup, PatientLine
from unidossier.portals.shared.present.banner import SEX
from unidossier.portals.shared.present.summary import relation
from unidossier.portals.shared.present.words import BRUSSELS, age, in_words, local_day, why
from unidossier.portals.shared.templatetags.unidossier import day_time

Address = Callable[[UUID], str]


def patient_line(
    row: Row,
    *,
    href: Address,
    at: datetime,
    place: str = "",
    why_text: str = "",
    since=None,
    tie: Relation | None = None,
) -> PatientLine:
    """Return one patient of a list: the short facts only."""
    return PatientLine(
        href=href(row["id"]),
        family=row["family"],
        given=row["given"],
        birth_date=row["birth_date"],
        age=age(row["birth_date"], at=local_day(row["deceased_at"] or at)),
        sex=SEX.get(row["sex"] or "", ""),
        number=_number(row["ssin"]),
        place=place,
        why=why_text,
        since=since,
        relation=tie,
        is_deceased=row["deceased_at"] is not None,
    )


def _number(ssin: str | None) -> str:
    try:
        return Ssin.parse(ssin).formatted if ssin else ""
    except InvalidSsin:
        return ssin or ""


def by_ward(listed: MyPatients, *, href: Address, at: datetime) -> tuple[PatientGroup, ...]:
    """Return the patients by the ward they lie on, then those known by other work, by kind."""
    people = {row["id"]: row for row in listed.patients}
    groups: dict[str, list[PatientLine]] = {}
    emergencies = in_emergency(listed, href=href, at=at)
    placed = {row["patient_id"] for row in listed.openings}
    for stay in sorted(listed.stays, key=lambda one: (in_words(one["team"]), one["bed"])):
        if stay["patient_id"] in people and stay["patient_id"] not in placed:
            placed.add(stay["patient_id"])
            line = patient_line(
                people[stay["patient_id"]],
                href=href,
                at=at,
                place=stay["bed"],
                why_text=_("Stay"),
                since=local_day(stay["starts_at"]),
            )
            groups.setdefault(in_words(stay["team"]), []).append(line)
    made = [PatientGroup(title=title, lines=tuple(lines)) for title, lines in groups.items()]
    others = _others(listed, people, placed, href=href, at=at)
    if others:
        made.append(PatientGroup(title=_("In treatment"), lines=others))
    return (*emergencies, *made)


def in_emergency(listed: MyPatients, *, href: Address, at: datetime) -> tuple[PatientGroup, ...]:
    """Return the records that the reader has open by break-the-glass, with the end of each (BTG-3); no group when there is none."""
    people = {row["id"]: row for row in listed.patients}
    lines = tuple(
        patient_line(
            people[one["patient_id"]],
            href=href,
            at=at,
            why_text=_("Until %(time)s") % {"time": day_time(one["ends_at"].astimezone(BRUSSELS))},
        )
        for one in sorted(listed.openings, key=lambda one: one["ends_at"])
        if one["patient_id"] in people
    )
    return (PatientGroup(title=_("Open in an emergency"), lines=lines),) if lines else ()


def _others(
    listed: MyPatients, people: dict[UUID, Row], placed: set[UUID], *, href: Address, at: datetime
) -> tuple[PatientLine, ...]:
    best: dict[UUID, Row] = {}
    for one in listed.relations:
        if one["mine"] and one["patient_id"] in people and one["patient_id"] not in placed:
            best[one["patient_id"]] = one  # ordered by end: the last is the longest
    return tuple(
        patient_line(
            row, href=href, at=at, why_text=why(best[row["id"]]["kind"]), tie=relation(best[row["id"]], at=at)
        )
        for row in listed.patients
        if row["id"] in best
    )


def agenda(day: Agenda, *, href: Address, at: datetime) -> tuple[AgendaLine, ...]:
    """Return today's appointments in order; the one going on now is marked."""
    people = {row["id"]: row for row in day.patients}
    states = {
        "arrived": _("arrived"),
        "checked-in": _("arrived"),
        "fulfilled": _("done"),
        "cancelled": _("cancelled"),
        "noshow": _("did not come"),
    }
    return tuple(
        AgendaLine(
            at=one["starts_at"].astimezone(BRUSSELS),
            what=one["reason"] or in_words(one["team"]),
            href=href(one["patient_id"]),
            patient=patient_line(people[one["patient_id"]], href=href, at=at),
            place=in_words(one["team"]),
            state=states.get(one["status"], ""),
            is_now=one["starts_at"] <= at < (one["ends_at"] or one["starts_at"]),
        )
        for one in day.appointments
        if one["patient_id"] in people and one["mine"]
    )


def by_end(listed: MyPatients, *, href: Address, at: datetime) -> tuple[PatientGroup, ...]:
    """Return a carer's patients with the bar that runs out, those ending within 30 days on top (CON-12)."""
    people = {row["id"]: row for row in listed.patients}
    opened = {row["patient_id"] for row in listed.openings}
    lines = _others(listed, people, opened, href=href, at=at)
    ending = sorted(
        (one for one in lines if one.relation and one.relation.is_ending), key=lambda one: one.relation.until
    )  # type: ignore[union-attr,arg-type,return-value]
    lasting = [one for one in lines if one not in ending]
    groups = []
    if ending:
        groups.append(
            PatientGroup(title=_("Ending within %(days)s days") % {"days": SOON_DAYS}, lines=tuple(ending))
        )
    if lasting:
        groups.append(PatientGroup(title=_("In force"), lines=tuple(lasting)))
    return (*in_emergency(listed, href=href, at=at), *groups)
