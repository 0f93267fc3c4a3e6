"""Childhood: growth, the schedule of vaccinations, asthma in some."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, stay, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vaccination import childhood_schedule
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every
from unidossier.demo.when import age_on

# median height (cm) and weight (kg) by age in years, Belgian growth curves rounded
_GROWTH = ((50, 3.4), (75, 9.6), (87, 12.2), (96, 14.5), (103, 16.6), (110, 18.8), (116, 21.1), (122, 23.6), (128, 26.3),
           (133, 29.2), (138, 32.5), (144, 36.2), (150, 40.5), (157, 45.5), (164, 51), (169, 56), (173, 61))  # fmt: skip


def size_at(birth: date, day: date) -> tuple[int, float]:
    """(height in cm, weight in kg) of a median child on `day`."""
    years = (day - birth).days / 365.25
    low = min(int(years), len(_GROWTH) - 2)
    part = min(years - low, 1)
    (h0, w0), (h1, w1) = _GROWTH[low], _GROWTH[low + 1]
    return round(h0 + (h1 - h0) * part), round(w0 + (w1 - w0) * part, 1)


def tell(chart: Chart) -> None:
    """From birth to today."""
    birth, role = chart.patient.birth_date, chart.role("paediatrics")
    newborn = chart.scene == "newborn"
    document(
        chart,
        role,
        "childhood",
        "newborn",
        max(birth, min(birth + timedelta(days=1), chart.end)),
        kilos=f"{size_at(birth, birth)[1]:.1f}",
    )
    if newborn:
        stay(chart, role, birth, days=4, ward=chart.role("maternity-ward", function="midwife"), now=True)
        vitals(
            chart, chart.role("maternity-ward", function="midwife"), birth, weight=3.4, height=50, head=34.5
        )
        return
    childhood_schedule(chart, chart.gp() or role)
    for age in (1, 2, 3, 5, 7, 9, 11, 13):
        day = birth + timedelta(days=round(age * 365.25) + chart.rng.randint(5, 60))
        if day < chart.end:
            _check(chart, role, day)
    if chart.age() >= 4 and chart.rng.random() < 0.6:
        _asthma(chart, role, birth + timedelta(days=4 * 365))
    agenda(chart, role, every_days=180)


def _check(chart: Chart, role: Role, day: date) -> None:
    height, kilos = size_at(chart.patient.birth_date, day)
    start = visit(chart, role, day)
    vitals(chart, role, start, height=height, weight=kilos)
    if age_on(chart.patient.birth_date, day) < 3:
        vitals(chart, role, start, head=round(46 + chart.rng.gauss(0, 0.6), 1))
    document(
        chart, role, "childhood", "check", start + timedelta(minutes=20), height=height, kilos=f"{kilos:.1f}"
    )


def _asthma(chart: Chart, role: Role, onset: date) -> None:
    rng, birth = chart.rng, chart.patient.birth_date
    problem(chart, role, "asthma", onset)
    medicine(chart, role, "fluticasone", "1-0-1", onset, strength="50 µg", reason="asthma")
    medicine(chart, role, "salbutamol", "prn", onset, strength="100 µg", reason="asthma")
    attack = onset + timedelta(days=rng.randint(100, 300))
    if attack < chart.end:
        emergency = chart.role("emergency", function="emergency-physician")
        start = visit(chart, emergency, attack, kind="EMER")
        vitals(chart, emergency, start, saturation=92, pulse=rng.randint(110, 135), breathing=32)
        document(chart, emergency, "childhood", "emergency", start + timedelta(hours=2))
        imaging(chart, emergency, "chest-x-ray", "normal", attack)
    for day in every(rng, onset + timedelta(days=30), chart.end - timedelta(days=12), days=200):
        height, kilos = size_at(birth, day)
        start, peak = visit(chart, role, day), round(height * 2.1 - 60 + rng.gauss(0, 12))
        vitals(chart, role, start, height=height, weight=kilos, peak_flow=peak)
        document(chart, role, "childhood", "consultation", start + timedelta(minutes=20), height=height, kilos=f"{kilos:.1f}",
                 peak=peak)  # fmt: skip
        questionnaire(chart, "asthma", day - timedelta(days=1), high=5)
