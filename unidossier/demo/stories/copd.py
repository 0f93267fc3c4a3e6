"""COPD: spirometry falling slowly, exacerbations, one stay, a nodule to follow."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every, share
from unidossier.demo.stories.stays import recent_stay, ward_stay

_STAY = {"nl": "Opstoot COPD", "fr": "Exacerbation de BPCO", "de": "Exazerbierte COPD"}


def tell(chart: Chart) -> None:
    """Five to eight years of lung clinic."""
    rng, role = chart.rng, chart.role("pneumology")
    onset = chart.days_ago(1800, 2900)
    admitted, now = recent_stay(chart, days=6)
    if chart.patient.deceased_at:
        admitted = chart.end - timedelta(days=5)
    chart.body.course("lungs", "saturation", (onset, 94.5), (chart.end, 93))
    chart.body.course("lungs", "breathing", (onset, 16), (chart.end, 18))
    _worsen(chart, admitted)
    problem(chart, role, "copd", onset)
    problem(chart, role, "smoker", onset - timedelta(days=40), until=onset + timedelta(days=90))
    medicine(chart, role, "tiotropium", "1-0-0", onset, strength="2,5 µg", reason="copd")
    medicine(
        chart, role, "beclometasone", "1-0-1", onset + timedelta(days=200), strength="100/6 µg", reason="copd"
    )
    medicine(chart, role, "salbutamol", "prn", onset, strength="100 µg", reason="copd")
    first, packs = rng.randint(58, 72), rng.randint(25, 50)
    for number, day in enumerate(every(rng, onset, chart.end - timedelta(days=20), days=182)):
        fev = round(first - 16 * share(day, onset, chart.end) + rng.gauss(0, 1.5))
        start = visit(chart, role, day)
        saturation = vitals(chart, role, start, "saturation", "breathing", "weight")["saturation"]
        ratio = rng.randint(48, 62)
        if number % 2 == 0:
            document(chart, role, "copd", "spirometry", start, fev=fev, ratio=ratio)
        document(
            chart, role, "copd", "consultation", start + timedelta(minutes=30), gold=2 if fev >= 50 else 3, packs=packs,
            stopped=onset.year, exacerbations=rng.randint(0, 2), saturation=saturation, fev=fev, ratio=ratio,
        )  # fmt: skip
        if number % 2 == 1:
            questionnaire(chart, "copd", day - timedelta(days=2), high=5)
    imaging(chart, role, "ct-thorax", "nodule", chart.days_ago(200, 500), size=rng.randint(5, 9))
    _exacerbation(chart, role, admitted, now=now)
    agenda(chart, role, every_days=180)


def _worsen(chart: Chart, admitted: date) -> None:
    body, third, sixth = chart.body, admitted + timedelta(days=2), admitted + timedelta(days=5)
    crp = body.drawn("copd-crp", 100, 20)
    body.episode("crp", (admitted, crp), (third, crp * 0.45), (sixth, crp * 0.15), lead_days=2, back_days=10)
    body.episode("white-cells", (admitted, 14.2), (third, 12.6), (sixth, 10), lead_days=2, back_days=10)
    body.episode("saturation", (admitted, 87), (sixth, 92), lead_days=2, back_days=10)
    body.episode("breathing", (admitted, 26), (sixth, 19), lead_days=2, back_days=10)
    body.episode("temperature", (admitted, 38.2), (third, 37.2), lead_days=1, back_days=3)


def _exacerbation(chart: Chart, role: Role, admitted: date, *, now: bool) -> None:
    rng = chart.rng
    days = (chart.today - admitted).days + 1 if now else 6
    crp = 0.0

    def each_day(number: int, day: date) -> None:
        nonlocal crp
        if number % 2:
            results = laboratory(chart, role, day, ("crp", "blood-count", "electrolytes"))
            crp = crp or results["crp"]

    imaging(chart, role, "chest-x-ray", "copd", admitted)
    medicine(
        chart, role, "amoxiclav", "1-1-1", admitted, strength="875/125 mg", until=admitted + timedelta(days=7)
    )
    medicine(
        chart,
        role,
        "methylprednisolone",
        "1-0-0",
        admitted,
        strength="32 mg",
        until=admitted + timedelta(days=5),
    )
    end = ward_stay(
        chart,
        role,
        "internal-ward",
        admitted,
        days=days,
        reason=_STAY[role.language],
        now=now,
        each_day=each_day,
    )
    if chart.patient.deceased_at:
        document(chart, role, "copd", "death", chart.patient.deceased_at + timedelta(hours=5))
    elif not now:
        document(chart, role, "copd", "discharge", end, paper=True, admitted=admitted.strftime("%d/%m/%Y"), crp=f"{crp:.0f}",
                 oxygen=rng.randint(3, 5))  # fmt: skip
