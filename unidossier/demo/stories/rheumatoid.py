"""Rheumatoid arthritis: inflammation going down with treatment, a flare, safety blood tests."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.stories.rhythm import every, share

_VERDICT = {"nl": ("Remissie.", "Actieve ziekte, adalimumab besproken."), "fr": ("Rémission.", "Maladie active, adalimumab discuté."),
            "de": ("Remission.", "Aktive Erkrankung, Adalimumab besprochen.")}  # fmt: skip


_FLARE_DAYS, _FLARE_AT = 60, 667  # how long around its peak, and when after the onset


def _activity(day: date, onset: date, end: date) -> float:
    """From 1 at the onset to 0.05 in remission, with one flare in the second year."""
    calm = max(1 - 1.6 * share(day, onset, end), 0.05)
    away = abs((day - onset).days - _FLARE_AT) / _FLARE_DAYS
    return calm * (1 + 0.8 * max(1 - away, 0))


def _inflame(chart: Chart, onset: date) -> None:
    body, days = (
        chart.body,
        [onset + timedelta(days=after) for after in range(0, (chart.end - onset).days, 15)],
    )
    active = [(day, _activity(day, onset, chart.end)) for day in days]
    body.course("joints", "crp", *((day, 1.5 + 32 * degree) for day, degree in active), lead_days=120)
    body.course("joints", "sedimentation", *((day, 8 + 42 * degree) for day, degree in active), lead_days=120)
    body.course("joints", "rheumatoid-factor", (onset, body.drawn("rheumatoid-factor", 120, 24)))
    body.course("joints", "anti-ccp", (onset, body.drawn("anti-ccp", 190, 40)))


def tell(chart: Chart) -> None:
    """From the first swollen joints to remission."""
    rng, role = chart.rng, chart.role("rheumatology")
    onset = chart.days_ago(1300, 2400)
    _inflame(chart, onset)
    problem(chart, role, "rheumatoid-arthritis", onset)
    laboratory(chart, role, onset - timedelta(days=6), ("rheuma", "inflammation", "blood-count", "liver"))
    medicine(chart, role, "methotrexate", "weekly", onset, strength="15 mg", reason="rheumatoid-arthritis")
    medicine(chart, role, "folic-acid", "weekly", onset, strength="4 mg")
    medicine(
        chart, role, "methylprednisolone", "1-0-0", onset, strength="8 mg", until=onset + timedelta(days=120)
    )
    medicine(
        chart,
        role,
        "adalimumab",
        "weekly",
        onset + timedelta(days=420),
        strength="40 mg",
        reason="rheumatoid-arthritis",
    )
    for number, day in enumerate(
        every(rng, onset + timedelta(days=30), chart.end - timedelta(days=14), days=91)
    ):
        active = _activity(day, onset, chart.end)
        crp = laboratory(chart, role, day, ("inflammation", "blood-count", "liver", "kidney"))["crp"]
        if number % 2 == 0:
            start = visit(chart, role, day)
            document(
                chart, role, "rheumatoid", "consultation", start + timedelta(minutes=25), stiff=round(10 + 70 * active),
                swollen=round(9 * active), tender=round(11 * active), crp=f"{crp:.1f}", das=f"{1.9 + 3.4 * active:.1f}",
                verdict=_VERDICT[role.language][active > 0.45],
            )  # fmt: skip
            questionnaire(chart, "pain", day - timedelta(days=3), high=max(round(8 * active), 2))
    agenda(chart, role, every_days=120)
