"""Type 2 diabetes: HbA1c falling with each step of treatment, weight, eyes, kidneys."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every, share

_REASON = {
    "nl": "ontregelde diabetes type 2",
    "fr": "un diabète de type 2 déséquilibré",
    "de": "entgleistem Diabetes Typ 2",
}
_VERDICT = {
    "nl": ("Goede regeling.", "Nog boven streefwaarde."), "fr": ("Bon équilibre.", "Encore au-dessus de la cible."),
    "de": ("Gute Einstellung.", "Noch über dem Zielwert."),
}  # fmt: skip
_PLAN = {
    "nl": ("Zorgtraject diabetes", ("Diabeteseducatie tweemaal per jaar", "Diëtist", "Jaarlijks oog- en voetonderzoek")),
    "fr": ("Trajet de soins diabète", ("Éducation au diabète deux fois par an", "Diététicienne", "Examen annuel des yeux et des pieds")),
    "de": ("Behandlungspfad Diabetes", ("Diabetesschulung zweimal im Jahr", "Diätberatung", "Jährliche Augen- und Fußkontrolle")),
}  # fmt: skip


def tell(chart: Chart, *, onset: date | None = None) -> None:
    """From diagnosis to today, a visit every four months."""
    rng, role = chart.rng, chart.role("endocrinology")
    onset = onset or chart.days_ago(1400, 2500)
    chart.weight = round(max(chart.weight, 30 * (chart.height / 100) ** 2), 1)
    referral(chart, onset - timedelta(days=9), reason=_REASON)
    problem(chart, role, "diabetes", onset)
    problem(chart, role, "obesity", onset)
    medicine(chart, role, "metformin", "1-0-1", onset, strength="850 mg", reason="diabetes")
    stopped = onset + timedelta(days=500)
    medicine(chart, role, "gliclazide", "1-0-0", onset + timedelta(days=90), strength="30 mg", until=stopped)
    medicine(chart, role, rng.choice(("dapagliflozin", "semaglutide")), "1-0-0", stopped, reason="diabetes")
    medicine(chart, role, "atorvastatin", "0-0-1", onset + timedelta(days=30), strength="20 mg")
    title, activities = _PLAN[role.language]
    care_plan(chart, role, title, onset + timedelta(days=30), activities=activities)
    start, goal = rng.uniform(8.4, 10.2), rng.uniform(6.3, 7.4)
    for number, day in enumerate(every(rng, onset, chart.end - timedelta(days=15), days=121)):
        progress = min(share(day, onset, chart.end) * 2.5, 1)
        hba1c = start + (goal - start) * progress + rng.gauss(0, 0.15)
        _visit(
            chart,
            number,
            day,
            since=onset.year,
            hba1c=hba1c,
            albumin=rng.gauss(38, 9) if goal > 6.9 else rng.gauss(14, 4),
        )
    agenda(chart, role, every_days=121)


def _visit(chart: Chart, number: int, day: date, *, since: int, hba1c: float, albumin: float) -> None:
    rng, role = chart.rng, chart.role("endocrinology")
    start = visit(chart, role, day)
    ldl = rng.gauss(78, 12)
    values = {
        "hba1c": hba1c,
        "glucose": hba1c * 21 - 12 + rng.gauss(0, 12),
        "ldl": ldl,
        "albumin-creatinine": albumin,
    }
    panels = ("glucose", "kidney", "lipids", "urine") if number % 3 == 0 else ("glucose", "kidney")
    laboratory(chart, role, day, panels, values=values, paper=number == 0)
    kilos, pressure = (
        round(chart.weight - min(number * 0.3, 6), 1),
        (rng.randint(118, 146), rng.randint(68, 88)),
    )
    vitals(
        chart, role, start, pressure=pressure, weight=kilos, bmi=round(kilos / (chart.height / 100) ** 2, 1)
    )
    if number % 2 == 0:
        document(
            chart, role, "diabetes", "consultation", start + timedelta(minutes=25), kilos=f"{kilos:.1f}",
            since=since, low=rng.randint(92, 118),
            high=rng.randint(150, 210), systolic=pressure[0], diastolic=pressure[1], hba1c=f"{hba1c:.1f}",
            ldl=f"{ldl:.0f}", acr=f"{max(albumin, 2):.0f}", verdict=_VERDICT[role.language][hba1c > 7.2],
        )  # fmt: skip
    if number % 3 == 1:
        document(chart, role, "diabetes", "eye", day + timedelta(days=20))
