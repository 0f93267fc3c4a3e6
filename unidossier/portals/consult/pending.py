"""The start page's lines of what opens nothing yet, or not now: requests, links, claimed forms (CON-12). What was typed, no more (ACD-8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.list_attempts import Attempts
from unidossier.actions.list_my_patients import MyPatients
from unidossier.actions.renew_relation import RENEWABLE
from unidossier.gate.door import Row
from unidossier.portals.shared.components.relation import SOON_DAYS, Relation
from unidossier.portals.shared.components.work import PatientGroup, PatientLine
from unidossier.portals.shared.present.words import in_words, local_day


def waiting_groups(told: Attempts, *, at: datetime) -> tuple[PatientGroup, ...]:
    """Return the suspended ones, whose form is asked for, then the pending ones, then what came to nothing lately; each line leads to its next step."""
    claims = tuple(_claim(row, at=at) for row in told.claims)
    pending = tuple(_attempt(row, at=at) for row in told.attempts if not row["is_over"])
    since = at - timedelta(days=SOON_DAYS)
    # silence is told too, for a month: a refusal, a number that nobody has and a patient who never answered read alike (ACD-8)
    over = tuple(_attempt(row, at=at) for row in told.attempts if row["is_over"] and row["ends_at"] > since)
    groups = (
        (_("Suspended: signed form asked for"), claims),
        (_("Pending"), pending),
        (_("Over in the last %(days)s days") % {"days": SOON_DAYS}, over),
    )
    return tuple(PatientGroup(title=title, lines=lines) for title, lines in groups if lines)


def with_renewal(
    groups: tuple[PatientGroup, ...], listed: MyPatients, *, at: datetime
) -> tuple[PatientGroup, ...]:
    """Return the groups with the way to renew where a link or the relation of the GP ends soon (CON-7), whatever else lasts."""
    soon = at + timedelta(days=SOON_DAYS)
    renewable = {
        reverse("consult:record", args=[one["patient_id"]]): _renewal(one["patient_id"])
        for one in listed.relations
        if one["mine"] and one["kind"] in RENEWABLE and one["ends_at"] and one["ends_at"] <= soon
    }
    return tuple(
        replace(
            group, lines=tuple(replace(line, renew_href=renewable.get(line.href, "")) for line in group.lines)
        )
        for group in groups
    )


def _renewal(patient: UUID) -> str:
    return reverse("consult:renew", args=[patient])


def _claim(row: Row, *, at: datetime) -> PatientLine:
    asks = _("%(institution)s asks for it") if row["state"] == "asked" else _("%(institution)s looks at it")
    return PatientLine(
        href=reverse("consult:claim", args=[row["id"]]),
        family=row["name"],
        given="",
        birth_date=None,
        age="",
        sex="",
        why=_("Link signed by the patient"),
        since=local_day(row["asked_at"]),
        note=asks % {"institution": in_words(row["institution"])},
        relation=Relation(name=row["name"], why="", at=at, since=row["asked_at"], is_pending=True),
    )


def _attempt(row: Row, *, at: datetime) -> PatientLine:
    return PatientLine(
        href=reverse("consult:attempt", args=[row["id"]]),
        family=row["name"],
        given="",
        birth_date=None,
        age="",
        sex="",
        why=_("Link") if row["kind"] == "link" else _("Request"),
        since=local_day(row["made_at"]),
        note=_next_step(row),
        relation=None
        if row["is_over"]
        else Relation(
            name=row["name"], why="", at=at, since=row["made_at"], until=row["ends_at"], is_pending=True
        ),
    )


def _next_step(row: Row) -> str:
    if row["kind"] == "request":
        return _("no answer") if row["is_over"] else _("waiting for an answer")
    if row["is_over"]:
        return _("the form was not declared in time")
    if row["state"] == "declared":
        return _("form declared; no record is open")
    return _("declare the signed form")
