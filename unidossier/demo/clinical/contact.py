"""Appointments and contacts: agenda, ambulatory visits, stays. hl7.org/fhir/R4/appointment.html, encounter.html"""

from datetime import date, datetime, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.when import instant, workday

_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLASS_NAMES = {"AMB": "ambulatory", "IMP": "inpatient encounter", "EMER": "emergency", "HH": "home health"}
_WEEKEND = {
    "nl": "Weekendraadpleging",
    "fr": "Consultation de week-end",
    "de": "Wochenendsprechstunde",
    "en": "Weekend clinic",
}
_SLOTS = tuple((hour, minute) for hour in (8, 9, 10, 11, 13, 14, 15, 16) for minute in (0, 15, 30, 45))
_CONTROL = {"nl": "Controle", "fr": "Contrôle", "de": "Kontrolle", "en": "Check-up"}


def visit(chart: Chart, role: Role, day: date, *, reason: str = "", kind: str = "AMB") -> datetime:
    """An ambulatory or emergency contact that is over; returns its start."""
    start = chart.at(day)
    end = start + timedelta(minutes=chart.rng.choice((15, 20, 30)) if kind != "EMER" else 240)
    _encounter(chart, role, kind=kind, status="finished", start=start, end=end, reason=reason, entered=end)
    return start


def stay(
    chart: Chart, role: Role, admitted: date, *, days: int, ward: Role, reason: str = "", now: bool = False
) -> None:
    """A stay in `ward` under `role`; `now` keeps it open."""
    start = instant(admitted, chart.rng.randint(9, 16), chart.rng.randint(0, 59))
    end = None if now else instant(admitted + timedelta(days=days), 11)
    _encounter(
        chart, role, kind="IMP", status="in-progress" if now else "finished", start=start, end=end, reason=reason,
        entered=start if now else end or start, ward=ward,
    )  # fmt: skip


def _encounter(
    chart: Chart, role: Role, *, kind: str, status: str, start: datetime, end: datetime | None, reason: str,
    entered: datetime, ward: Role | None = None,
) -> None:  # fmt: skip
    fhir: dict = {
        "resourceType": "Encounter",
        "id": chart.id(),
        "status": status,
        "class": {"system": _CLASS, "code": kind, "display": _CLASS_NAMES[kind]},
        "subject": chart.subject,
        "participant": [{"individual": role.practitioner}],
        "period": {"start": start.isoformat(), **({"end": end.isoformat()} if end else {})},
        "serviceType": {"text": role.team_name},
        "serviceProvider": role.organization,
    }
    place = ward or role
    fhir["location"] = [{"location": place.location, "status": "active" if end is None else "completed"}]
    if reason:
        fhir["reasonCode"] = [{"text": reason}]
    chart.store(place if ward else role, fhir, at=entered)


def appointment(chart: Chart, role: Role, day: date, *, status: str = "") -> str:
    """An appointment with a person of a team, past, today or coming; one in that team on that day.

    One of today has later versions: the patient arrives, and it is over.
    """
    booked = f"{role.team} {day}"
    if ("appointment", booked) in chart.courses:
        return chart.courses["appointment", booked]
    start = instant(day, *_slot(chart, day))
    made = min(start - timedelta(days=chart.rng.randint(14, 70)), instant(chart.today, 7) - timedelta(days=1))
    past = "fulfilled" if chart.rng.random() < 0.93 else "noshow"
    fhir = {
        "resourceType": "Appointment",
        "id": chart.id(),
        "status": status or ("booked" if day >= chart.today else past),
        "serviceType": [{"text": role.team_name}],
        "description": _title(role, day),
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=15)).isoformat(),
        "created": made.isoformat(),
        "participant": [
            {"actor": chart.subject, "status": "accepted"},
            {"actor": role.practitioner, "status": "accepted"},
            {"actor": role.service, "status": "accepted"},
        ],
    }
    chart.courses["appointment", booked] = reference = chart.store(role, fhir, at=made)
    if day == chart.today:
        chart.store(
            role, {**fhir, "status": "arrived"}, at=start - timedelta(minutes=chart.rng.randint(4, 15))
        )
        chart.store(role, {**fhir, "status": "fulfilled"}, at=start + timedelta(minutes=15))
    return reference


def _slot(chart: Chart, day: date) -> tuple[int, int]:
    """Hour and minute: patients of neighbouring numbers never meet in one slot, nor one patient with himself."""
    nth = sum(key[0] == "appointment" and key[1].endswith(str(day)) for key in chart.courses)
    return _SLOTS[(chart.patient.number * 5 + nth * 7) % len(_SLOTS)]


def _title(role: Role, day: date) -> str:
    words = (_WEEKEND if day.weekday() >= 5 else _CONTROL)[role.language]
    return f"{words} {role.team_name if role.language == 'de' else role.team_name.lower()}"


def agenda(chart: Chart, role: Role, *, every_days: int = 90) -> None:
    """The appointments around today in one clinic: what was, and today or next week as the scene says.

    Nobody who died is expected any more.
    """
    if chart.patient.deceased_at or chart.past_days:
        return
    appointment(chart, role, workday(chart.today - timedelta(days=every_days + chart.rng.randint(-9, 9))))
    if chart.scene == "clinic-today":
        appointment(chart, role, chart.today)
    elif chart.scene == "clinic-next-week":
        monday = chart.today + timedelta(days=7 - chart.today.weekday())
        appointment(chart, role, monday + timedelta(days=chart.rng.randint(0, 4)))
    elif chart.scene != "in-ward":
        day = workday(chart.today + timedelta(days=chart.rng.randint(15, max(every_days, 30))))
        status = "cancelled" if chart.rng.random() < 0.06 else "booked"
        appointment(chart, role, day, status=status)
