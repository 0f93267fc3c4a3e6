"""Chronic kidney disease: creatinine and potassium rising over years, haemoglobin falling."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import filtration, laboratory
from unidossier.demo.clinical.medication import medicine, titrated
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every, slow

_VERDICT = {
    "nl": ("Stabiele nierfunctie.", "Hyperkaliëmie: dieet herbekeken, patiromeer gestart, ECG zonder afwijkingen."),
    "fr": ("Fonction rénale stable.", "Hyperkaliémie : régime revu, patiromère débuté, ECG sans anomalie."),
    "de": ("Stabile Nierenfunktion.", "Hyperkaliämie: Diät überprüft, Patiromer begonnen, EKG unauffällig."),
}  # fmt: skip
_PLAN = {"nl": ("Zorgtraject chronische nierinsufficiëntie", ("Diëtist: kalium en eiwit", "Bloeddruk thuis meten")),
         "fr": ("Trajet de soins insuffisance rénale", ("Diététicienne : potassium et protéines", "Tension à domicile")),
         "de": ("Behandlungspfad Niere", ("Diätberatung: Kalium und Eiweiß", "Blutdruck zu Hause messen"))}  # fmt: skip
_PANELS = ("electrolytes", "kidney", "blood-count", "bone", "iron", "urine")
# test: value at the onset, value at the end, bend (above 1: slowly at first)
_COURSES = {
    "creatinine": (1.35, 2.7, 1.6), "potassium": (4.6, 5.6, 2.0), "urea": (52, 114, 1.0), "haemoglobin": (13.2, 10.8, 1.0),
    "bicarbonate": (24, 20, 1.0), "phosphate": (3.6, 4.8, 1.0), "pth": (60, 190, 1.0), "albumin-creatinine": (90, 330, 1.0),
}  # fmt: skip
_STAGE_4 = 30  # mL/min/1.73 m2: KDIGO 2024
# Medicines that such kidneys do not bear.
_FORBIDDEN = ("metformin", "spironolactone")


def afflict(chart: Chart, onset: date) -> date:
    """What failing kidneys do to the measurements, from `onset` on; returns the day on which stage 4 is reached."""
    for key, (first, last, bend) in _COURSES.items():
        chart.body.course("kidney", key, *slow(onset, chart.end, first, last, bend=bend))
    chart.body.course("kidney", "systolic", (onset, 138))
    late = onset
    while late < chart.end and _filtration(chart, late) >= _STAGE_4:
        late += timedelta(days=30)
    chart.stops |= dict.fromkeys(_FORBIDDEN, late)
    return late


def _filtration(chart: Chart, day: date) -> float:
    return filtration(chart, chart.body.steady("creatinine", day), day)


def tell(chart: Chart, *, onset: date | None = None) -> None:
    """Six to nine years; potassium passes 5.5 near the end."""
    rng, role = chart.rng, chart.role("nephrology")
    onset = onset or chart.days_ago(2200, 3300)
    late = afflict(chart, onset)
    worse = late < chart.end
    problem(chart, role, "kidney-disease-3", onset, until=late if worse else None)
    problem(chart, role, "hypertension", onset - timedelta(days=900))
    raised = onset + timedelta(days=200)
    titrated(
        chart, role, "ramipril", (onset, "1-0-0", "2,5 mg"), (raised, "1-0-0", "5 mg"), reason="hypertension"
    )
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
    high = chart.end - timedelta(days=270)
    if worse:
        problem(chart, role, "kidney-disease-4", late)
        medicine(chart, role, "darbepoetin", "weekly", late + timedelta(days=60), strength="30 µg")
    problem(chart, role, "hyperkalaemia", high)
    medicine(chart, role, "patiromer", "0-1-0", high, strength="8,4 g", reason="hyperkalaemia")
    title, activities = _PLAN[role.language]
    care_plan(chart, role, title, onset + timedelta(days=60), activities=activities)
    for day in every(rng, onset, chart.end - timedelta(days=4), days=112):
        _visit(chart, day)
    agenda(chart, role, every_days=112)


def _visit(chart: Chart, day: date) -> None:
    role = chart.role("nephrology")
    start = visit(chart, role, day)
    results = laboratory(chart, role, day, _PANELS)
    taken = vitals(chart, role, start, "pressure", "weight", "pulse")
    document(
        chart, role, "kidney", "consultation", start + timedelta(minutes=30), stage=3 if results["egfr"] >= _STAGE_4 else 4,
        systolic=taken["systolic"], diastolic=taken["diastolic"], kilos=f"{taken['weight']:.1f}",
        creatinine=f"{results['creatinine']:.2f}", egfr=results["egfr"], potassium=f"{results['potassium']:.1f}",
        hb=f"{results['haemoglobin']:.1f}", acr=f"{results['albumin-creatinine']:.0f}",
        verdict=_VERDICT[role.language][results["potassium"] > 5.4], next=12,
    )  # fmt: skip
