"""Type 2 diabetes: HbA1c falling with each step of treatment, weight, eyes, kidneys."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine, titrated
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every

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


def afflict(chart: Chart, onset: date) -> None:
    """What sugar does to the measurements, from `onset` on, and what each step of treatment makes better."""
    body, end = chart.body, chart.end
    better, goal = onset + (end - onset) * 0.4, body.drawn("hba1c-goal", 6.8, 0.25)
    body.course("diabetes", "hba1c", (onset, body.drawn("hba1c", 9.2, 0.4)), (better, goal))
    body.course("diabetes", "ldl", (onset, 128), (onset + timedelta(days=150), body.drawn("ldl-goal", 78, 6)))
    body.course("diabetes", "albumin-creatinine", (onset, 12), (end, 38 if goal > 6.9 else 15))
    heavy = max(body.level("weight"), 30 * (chart.height / 100) ** 2)
    body.course("diabetes", "weight", (onset, heavy), (end, heavy - 6))


def tell(chart: Chart, *, onset: date | None = None) -> None:
    """From diagnosis to today, a visit every four months."""
    rng, role = chart.rng, chart.role("endocrinology")
    onset = onset or chart.days_ago(1400, 2500)
    afflict(chart, onset)
    referral(chart, onset - timedelta(days=9), reason=_REASON)
    problem(chart, role, "diabetes", onset)
    problem(chart, role, "obesity", onset)
    _treat(chart, role, onset)
    title, activities = _PLAN[role.language]
    care_plan(chart, role, title, onset + timedelta(days=30), activities=activities)
    for number, day in enumerate(every(rng, onset, chart.end - timedelta(days=15), days=121)):
        _visit(chart, number, day, since=onset.year)
    agenda(chart, role, every_days=121)


def _treat(chart: Chart, role: Role, onset: date) -> None:
    days = [onset + timedelta(days=after) for after in (0, 30, 60, 90, 400, 500)]
    titrated(
        chart,
        role,
        "metformin",
        (days[0], "1-0-0", "850 mg"),
        (days[2], "1-0-1", "850 mg"),
        reason="diabetes",
    )
    medicine(chart, role, "gliclazide", "1-0-0", days[3], strength="30 mg", until=days[5])
    drug, dose, strength = chart.rng.choice(
        (("dapagliflozin", "1-0-0", "10 mg"), ("semaglutide", "weekly", "0,5 mg"))
    )
    medicine(chart, role, drug, dose, days[5], strength=strength, reason="diabetes")
    steps = ((days[1], "0-0-1", "20 mg"), (days[4], "0-0-1", "40 mg"))
    titrated(chart, role, "atorvastatin", *steps)


def _visit(chart: Chart, number: int, day: date, *, since: int) -> None:
    rng, role = chart.rng, chart.role("endocrinology")
    start = visit(chart, role, day)
    panels = ("glucose", "kidney", "lipids", "urine") if number % 3 == 0 else ("glucose", "kidney")
    hba1c = laboratory(chart, role, day, panels, paper=number == 0)["hba1c"]
    taken = vitals(chart, role, start, "pressure", "weight", "bmi")
    if number % 2 == 0:
        body = chart.body
        document(
            chart, role, "diabetes", "consultation", start + timedelta(minutes=25), kilos=f"{taken['weight']:.1f}",
            since=since, low=rng.randint(92, 118), high=rng.randint(150, 210), systolic=taken["systolic"],
            diastolic=taken["diastolic"], hba1c=f"{hba1c:.1f}", ldl=f"{body.value('ldl', day):.0f}",
            acr=f"{body.value('albumin-creatinine', day):.0f}", verdict=_VERDICT[role.language][hba1c > 7.2],
        )  # fmt: skip
    if number % 3 == 1:
        document(chart, role, "diabetes", "eye", day + timedelta(days=20))
