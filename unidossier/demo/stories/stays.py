"""What every stay has: the daily round of a ward."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import stay
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.when import instant

Round = Callable[[int, date], None]  # number of the day (from 1), day


def ward_stay(
    chart: Chart, role: Role, ward: str, admitted: date, *, days: int, reason: str, now: bool = False,
    each_day: Round | None = None, institution: str | None = None,
) -> date:  # fmt: skip
    """A stay with measurements twice a day and a nursing note a day. Returns the day it ends (or today)."""
    nurse = chart.role(
        ward, function="midwife" if ward == "maternity-ward" else "nurse", institution=institution
    )
    stay(chart, role, admitted, days=days, ward=nurse, reason=reason, now=now)
    for number in range(1, days + 1):
        day = admitted + timedelta(days=number - 1)
        # he comes after the morning's round, and leaves before the evening's
        rounds = [
            hour for hour in (7, 19) if (hour == 19 or number > 1) and (hour == 7 or number < days or now)
        ]
        _measured(chart, nurse, day, hours=rounds)
        if number > 1:
            document(chart, nurse, "nursing", "note", instant(day, 6, chart.rng.randint(5, 55)))
        if each_day:
            each_day(number, day)
    return admitted + timedelta(days=days)


def _measured(chart: Chart, nurse: Role, day: date, *, hours: Sequence[int]) -> None:
    for hour in hours:
        moment = instant(day, hour - 1, chart.rng.randint(5, 50))
        vitals(chart, nurse, moment, "pressure", "pulse", "temperature", "saturation", "pain")


def recent_stay(chart: Chart, *, days: int) -> tuple[date, bool]:
    """(day of admission, still there): a few days ago when the scene is a ward, some months ago otherwise."""
    if chart.scene == "in-ward" and not chart.patient.deceased_at:
        return chart.today - timedelta(days=min(days, chart.rng.randint(2, 5)) - 1), True
    return chart.days_ago(60, 420), False
