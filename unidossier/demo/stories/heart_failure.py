"""Heart failure with atrial fibrillation: rising NT-proBNP, a stay, clinic twice a year."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every, share
from unidossier.demo.stories.stays import recent_stay, ward_stay

_PANELS = ("electrolytes", "kidney", "blood-count", "heart")
_STAIRS = {"nl": ("één verdieping", "twee verdiepingen", "stevig doorstappen"),
           "fr": ("un étage", "deux étages", "la marche rapide"),
           "de": ("einem Stockwerk", "zwei Stockwerken", "raschem Gehen")}  # fmt: skip
_REASON = {"nl": "kortademigheid bij inspanning en onregelmatige pols", "fr": "dyspnée d'effort et pouls irrégulier",
           "de": "Belastungsdyspnoe und unregelmäßigem Puls"}  # fmt: skip
_STAY = {
    "nl": "Decompensatie hartfalen",
    "fr": "Décompensation cardiaque",
    "de": "Dekompensierte Herzinsuffizienz",
}
_MEDICINES = (("bisoprolol", "1-0-0", "5 mg", "atrial-fibrillation"), ("apixaban", "1-0-1", "5 mg", "atrial-fibrillation"),
              ("bumetanide", "1-0-0", "1 mg", "heart-failure"), ("perindopril", "1-0-0", "5 mg", "heart-failure"),
              ("spironolactone", "1-0-0", "25 mg", "heart-failure"), ("dapagliflozin", "1-0-0", "10 mg", "heart-failure"))  # fmt: skip


def tell(chart: Chart, *, onset: date | None = None) -> None:
    """From the first visit to today."""
    role = chart.role("cardiology")
    onset = onset or chart.days_ago(1500, 2600)
    referral(chart, onset - timedelta(days=12), reason=_REASON)
    problem(chart, role, "heart-failure", onset)
    problem(chart, role, "atrial-fibrillation", onset)
    for key, dose, strength, reason in _MEDICINES:
        medicine(
            chart,
            role,
            key,
            dose,
            onset + timedelta(days=chart.rng.randint(0, 60)),
            strength=strength,
            reason=reason,
        )
    imaging(chart, role, "chest-x-ray", "failure", onset, images=False)
    ejection = chart.rng.randint(32, 44)
    for number, day in enumerate(every(chart.rng, onset, chart.end - timedelta(days=20), days=182)):
        clinic(chart, role, day, progress=share(day, onset, chart.end), ejection=ejection)
        if number % 3 == 0:
            document(
                chart, role, "heart_failure", "echocardiography", day, ef=ejection + chart.rng.randint(-2, 3)
            )
    decompensation(chart, role)
    agenda(chart, role, every_days=180)


def clinic(chart: Chart, role: Role, day: date, *, progress: float, ejection: int) -> None:
    """One visit of the heart failure clinic with its blood test and report."""
    rng = chart.rng
    start = visit(chart, role, day)
    values = {"nt-probnp": rng.gauss(900 + 900 * progress, 180), "creatinine": rng.gauss(1.05 + 0.3 * progress, 0.06),
              "potassium": rng.gauss(4.5 + 0.3 * progress, 0.2), "haemoglobin": rng.gauss(13.2, 0.4)}  # fmt: skip
    laboratory(chart, role, day, _PANELS, values=values)
    pressure, pulse = (rng.randint(104, 136), rng.randint(58, 80)), rng.randint(62, 92)
    kilos = round(chart.weight + rng.gauss(0, 0.8), 1)
    vitals(chart, role, start, pressure=pressure, pulse=pulse, weight=kilos, saturation=rng.randint(94, 98))
    document(
        chart, role, "heart_failure", "consultation", start + timedelta(minutes=30), ef=ejection,
        stairs=rng.choice(_STAIRS[role.language]), systolic=pressure[0], diastolic=pressure[1], pulse=pulse,
        kilos=f"{kilos:.1f}", probnp=f"{values['nt-probnp']:.0f}", potassium=f"{values['potassium']:.1f}",
        creatinine=f"{values['creatinine']:.2f}",
    )  # fmt: skip


def decompensation(chart: Chart, role: Role) -> None:
    """A stay for congestion: now, or some months ago with its discharge letter."""
    rng, days = chart.rng, chart.rng.randint(6, 10)
    admitted, now = recent_stay(chart, days=days)
    days = (chart.today - admitted).days + 1 if now else days
    peak, gain = rng.randint(5200, 9800), rng.randint(5, 8)
    target = chart.weight

    def each_day(number: int, day: date) -> None:
        left = max(1 - number / 8, 0.1)
        values = {
            "nt-probnp": peak * left + 900,
            "potassium": rng.gauss(3.9, 0.25),
            "creatinine": rng.gauss(1.35, 0.08),
        }
        kilos = target + gain * left
        if number % 2:
            laboratory(
                chart,
                role,
                day,
                _PANELS if number == 1 else ("electrolytes", "kidney", "heart"),
                values=values,
            )
        vitals(chart, role, day, weight=round(kilos, 1))
        document(
            chart, role, "heart_failure", "ward-round", day, day=number, kilos=f"{kilos:.1f}",
            balance=-rng.randint(400, 1900), potassium=f"{values['potassium']:.1f}",
            life="draft" if now and day == chart.today - timedelta(days=1) else "final",
        )  # fmt: skip

    imaging(chart, role, "chest-x-ray", "failure", admitted)
    end = ward_stay(
        chart,
        role,
        "cardiology-ward",
        admitted,
        days=days,
        reason=_STAY[role.language],
        now=now,
        each_day=each_day,
    )
    if not now:
        document(
            chart, role, "heart_failure", "discharge", end, paper=True, admitted=admitted.strftime("%d/%m/%Y"), gain=gain,
            systolic=rng.randint(128, 152), diastolic=rng.randint(74, 92), pulse=rng.randint(98, 128), probnp=peak,
            loss=gain - 1, kilos=f"{target:.1f}", creatinine=f"{rng.gauss(1.2, 0.1):.2f}", potassium=f"{rng.gauss(4.3, 0.2):.1f}",
            life="amended" if chart.patient.number % 3 == 2 else "final",
        )  # fmt: skip
