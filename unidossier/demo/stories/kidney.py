"""Chronic kidney disease: creatinine and potassium rising over years, haemoglobin falling."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every, share

_VERDICT = {
    "nl": ("Stabiele nierfunctie.", "Hyperkaliëmie: dieet herbekeken, patiromeer gestart, ECG zonder afwijkingen."),
    "fr": ("Fonction rénale stable.", "Hyperkaliémie : régime revu, patiromère débuté, ECG sans anomalie."),
    "de": ("Stabile Nierenfunktion.", "Hyperkaliämie: Diät überprüft, Patiromer begonnen, EKG unauffällig."),
}  # fmt: skip
_PLAN = {"nl": ("Zorgtraject chronische nierinsufficiëntie", ("Diëtist: kalium en eiwit", "Bloeddruk thuis meten")),
         "fr": ("Trajet de soins insuffisance rénale", ("Diététicienne : potassium et protéines", "Tension à domicile")),
         "de": ("Behandlungspfad Niere", ("Diätberatung: Kalium und Eiweiß", "Blutdruck zu Hause messen"))}  # fmt: skip
_PANELS = ("electrolytes", "kidney", "blood-count", "bone", "iron", "urine")


def tell(chart: Chart) -> None:
    """Six to nine years; potassium passes 5.5 near the end."""
    rng, role = chart.rng, chart.role("nephrology")
    onset = chart.days_ago(2200, 3300)
    problem(chart, role, "kidney-disease-3", onset)
    problem(chart, role, "hypertension", onset - timedelta(days=900))
    medicine(chart, role, "ramipril", "1-0-0", onset, strength="5 mg", reason="hypertension")
    medicine(
        chart,
        role,
        "amlodipine",
        "0-0-1",
        onset + timedelta(days=300),
        strength="5 mg",
        reason="hypertension",
    )
    medicine(chart, role, "furosemide", "1-0-0", onset + timedelta(days=900), strength="40 mg")
    late = chart.end - timedelta(days=300)
    problem(chart, role, "kidney-disease-4", late)
    problem(chart, role, "hyperkalaemia", late + timedelta(days=30))
    medicine(
        chart, role, "patiromer", "0-1-0", late + timedelta(days=30), strength="8,4 g", reason="hyperkalaemia"
    )
    medicine(chart, role, "darbepoetin", "weekly", late + timedelta(days=60), strength="30 µg")
    title, activities = _PLAN[role.language]
    care_plan(chart, role, title, onset + timedelta(days=60), activities=activities)
    for day in every(rng, onset, chart.end - timedelta(days=4), days=112):
        _visit(chart, day, share(day, onset, chart.end))
    agenda(chart, role, every_days=112)


def _visit(chart: Chart, day: date, progress: float) -> None:
    rng, role = chart.rng, chart.role("nephrology")
    values = {
        "creatinine": rng.gauss(1.35 + 1.35 * progress**1.6, 0.06), "potassium": rng.gauss(4.6 + 1.05 * progress**2, 0.15),
        "urea": rng.gauss(52 + 62 * progress, 6), "haemoglobin": rng.gauss(13.4 - 2.6 * progress, 0.25),
        "bicarbonate": rng.gauss(24 - 4 * progress, 1), "phosphate": rng.gauss(3.6 + 1.2 * progress, 0.2),
        "pth": rng.gauss(60 + 130 * progress, 12), "albumin-creatinine": rng.gauss(90 + 240 * progress, 30),
    }  # fmt: skip
    start = visit(chart, role, day)
    laboratory(chart, role, day, _PANELS, values=values)
    pressure, kilos = (rng.randint(122, 152), rng.randint(70, 90)), round(chart.weight + rng.gauss(0, 1), 1)
    vitals(chart, role, start, pressure=pressure, weight=kilos, pulse=rng.randint(60, 84))
    document(
        chart, role, "kidney", "consultation", start + timedelta(minutes=30), stage=3 if progress < 0.88 else 4,
        systolic=pressure[0], diastolic=pressure[1], kilos=f"{kilos:.1f}", creatinine=f"{values['creatinine']:.2f}",
        egfr=round(95 / values["creatinine"] * 0.72), potassium=f"{values['potassium']:.1f}", hb=f"{values['haemoglobin']:.1f}",
        acr=f"{values['albumin-creatinine']:.0f}", verdict=_VERDICT[role.language][values["potassium"] > 5.4], next=12,
    )  # fmt: skip
