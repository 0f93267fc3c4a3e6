"""Heart failure with atrial fibrillation: rising NT-proBNP, a stay, clinic twice a year."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import titrated
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every
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
# medicine, dose, first strength, strength after some months, reason
_MEDICINES = (
    ("bisoprolol", "1-0-0", "2,5 mg", "5 mg", "atrial-fibrillation"), ("apixaban", "1-0-1", "5 mg", "", "atrial-fibrillation"),
    ("bumetanide", "1-0-0", "1 mg", "", "heart-failure"), ("perindopril", "1-0-0", "2,5 mg", "5 mg", "heart-failure"),
    ("spironolactone", "1-0-0", "25 mg", "", "heart-failure"), ("dapagliflozin", "1-0-0", "10 mg", "", "heart-failure"),
)  # fmt: skip


def afflict(chart: Chart, onset: date) -> None:
    """What a weak heart does to the measurements, from `onset` on."""
    body, end = chart.body, chart.end
    body.course(
        "heart", "nt-probnp", (onset, body.drawn("probnp", 950, 120)), (end, body.drawn("probnp", 1900, 240))
    )
    body.course("heart", "creatinine", (onset, 1.05), (end, 1.35))
    body.course("heart", "potassium", (onset, 4.5), (end, 4.8))
    body.course("heart", "haemoglobin", (onset, 13.4), (end, 12.9))
    body.course("heart", "systolic", (onset, 122))


def tell(chart: Chart, *, onset: date | None = None) -> None:
    """From the first visit to today."""
    role = chart.role("cardiology")
    onset = onset or chart.days_ago(1500, 2600)
    afflict(chart, onset)
    days = chart.rng.randint(6, 10)
    admitted, now = recent_stay(chart, days=days)
    gain = _congest(chart, admitted)
    referral(chart, onset - timedelta(days=12), reason=_REASON)
    problem(chart, role, "heart-failure", onset)
    problem(chart, role, "atrial-fibrillation", onset)
    _treat(chart, role, onset)
    imaging(chart, role, "chest-x-ray", "failure", onset)
    ejection = chart.rng.randint(32, 44)
    for number, day in enumerate(every(chart.rng, onset, chart.end - timedelta(days=20), days=182)):
        clinic(chart, role, day, ejection=ejection)
        if number % 3 == 0:
            document(
                chart, role, "heart_failure", "echocardiography", day, ef=ejection + chart.rng.randint(-2, 3)
            )
    _decompensation(chart, role, admitted, days=days, now=now, gain=gain)
    agenda(chart, role, every_days=180)


def _treat(chart: Chart, role: Role, onset: date) -> None:
    for key, dose, first, later, reason in _MEDICINES:
        since = onset + timedelta(days=chart.rng.randint(0, 60))
        steps = [(since, dose, first)]
        if later:
            steps.append((since + timedelta(days=chart.rng.randint(60, 150)), dose, later))
        titrated(chart, role, key, *steps, reason=reason)


def clinic(chart: Chart, role: Role, day: date, *, ejection: int) -> None:
    """One visit of the heart failure clinic with its blood test and report."""
    start = visit(chart, role, day)
    results = laboratory(chart, role, day, _PANELS)
    taken = vitals(chart, role, start, "pressure", "pulse", "weight", "saturation")
    document(
        chart, role, "heart_failure", "consultation", start + timedelta(minutes=30), ef=ejection,
        stairs=chart.rng.choice(_STAIRS[role.language]), systolic=taken["systolic"], diastolic=taken["diastolic"],
        pulse=taken["pulse"], kilos=f"{taken['weight']:.1f}", probnp=f"{results['nt-probnp']:.0f}",
        potassium=f"{results['potassium']:.1f}", creatinine=f"{results['creatinine']:.2f}",
    )  # fmt: skip


def _congest(chart: Chart, admitted: date) -> int:
    """Water comes in the ten days before the stay and goes in the eight days of it; returns how many kilos."""
    body, gain = chart.body, chart.rng.randint(5, 8)
    dry, steady = body.steady("weight", admitted), body.steady("nt-probnp", admitted)
    gone = admitted + timedelta(days=8)
    body.episode("weight", (admitted, dry + gain), (gone, dry + 0.6), lead_days=10, back_days=10)
    body.episode(
        "nt-probnp",
        (admitted, steady * chart.rng.uniform(3.4, 5)),
        (gone, steady * 1.3),
        lead_days=12,
        back_days=30,
    )
    body.episode("pulse", (admitted, chart.rng.randint(98, 118)), (gone, 76), lead_days=4)
    body.episode("saturation", (admitted, 91), (gone, 95), lead_days=4)
    body.episode(
        "potassium",
        (admitted, body.steady("potassium", admitted) * 0.97),
        (gone, body.steady("potassium", gone) * 0.92),
    )
    body.episode(
        "creatinine", (admitted, body.steady("creatinine", admitted) * 1.1), lead_days=8, back_days=20
    )
    return gain


def _decompensation(chart: Chart, role: Role, admitted: date, *, days: int, now: bool, gain: int) -> None:
    """A stay for congestion: now, or some months ago with its discharge letter."""
    rng = chart.rng
    days = (chart.today - admitted).days + 1 if now else days
    probnp = 0.0

    def each_day(number: int, day: date) -> None:
        nonlocal probnp
        if number % 2:
            panels = _PANELS if number == 1 else ("electrolytes", "kidney", "heart")
            results = laboratory(chart, role, day, panels)
            probnp = probnp or results["nt-probnp"]
        kilos = vitals(chart, role, day, "weight")["weight"]
        document(
            chart, role, "heart_failure", "ward-round", day, day=number, kilos=f"{kilos:.1f}", balance=-rng.randint(400, 1900),
            potassium=f"{chart.body.value('potassium', day):.1f}",
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
        body = chart.body
        document(
            chart, role, "heart_failure", "discharge", end, paper=True, admitted=admitted.strftime("%d/%m/%Y"), gain=gain,
            systolic=rng.randint(128, 152), diastolic=rng.randint(74, 92), pulse=rng.randint(98, 118), probnp=f"{probnp:.0f}",
            loss=gain - 1, kilos=f"{body.value('weight', end):.1f}", creatinine=f"{body.value('creatinine', end):.2f}",
            potassium=f"{body.value('potassium', end):.1f}", life="amended" if chart.patient.number % 3 == 2 else "final",
        )  # fmt: skip
