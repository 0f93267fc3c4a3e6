"""Pregnancy and birth, in the category of gynaecology."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vaccination import vaccination
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.stays import ward_stay
from unidossier.demo.when import instant, workday

_WEEKS = (8, 12, 16, 20, 24, 28, 31, 34, 36, 38, 39)
_STAY = {"nl": "Bevalling", "fr": "Accouchement", "de": "Geburt"}
_CHILD = {"nl": ("Meisje", "Jongen"), "fr": ("Fille", "Garçon"), "de": ("Mädchen", "Junge")}


def tell(chart: Chart) -> None:
    """A pregnancy that goes on, or one that ended well."""
    rng, role = chart.rng, chart.role("gynaecology")
    week = {"pregnant": 32, "delivered": 39}.get(chart.scene) or rng.choice((14, 23, 30, 120, 200))
    conceived = chart.end - timedelta(days=7 * week + (5 if week == 39 else rng.randint(0, 5)))
    born = conceived + timedelta(days=39 * 7 + 3)
    delivered = born < chart.end
    _carry(chart, conceived, born)
    problem(chart, role, "pregnancy", conceived + timedelta(days=49), until=born if delivered else None)
    medicine(
        chart, role, "folic-acid", "1-0-0", conceived, strength="0,4 mg", until=conceived + timedelta(days=90)
    )
    for at_week in _WEEKS:
        day = workday(conceived + timedelta(days=7 * at_week + rng.randint(0, 2)))
        if day < chart.end:
            _visit(chart, role, day, at_week)
    if conceived + timedelta(days=196) < chart.end:
        vaccination(chart, role, "tetanus", conceived + timedelta(days=196))
    if delivered:
        _birth(chart, role, born)
    elif not chart.patient.deceased_at:
        chart.scene = chart.scene if chart.scene.startswith("clinic") else "clinic-next-week"
        agenda(chart, role, every_days=28)


def _carry(chart: Chart, conceived: date, born: date) -> None:
    """Weight rises, blood thins, iron goes to the child."""
    body, weight = chart.body, chart.body.level("weight")
    body.episode("weight", (conceived, weight), (born, weight + body.drawn("carried", 12, 1.5)), back_days=90)
    body.episode("haemoglobin", (conceived, 12.9), (born, 11.5), lead_days=30, back_days=60)
    body.episode("ferritin", (conceived, 60), (born, 20), lead_days=90, back_days=90)
    body.episode("systolic", (conceived, 112), (born, 116), lead_days=30, back_days=60)
    body.episode("diastolic", (conceived, 67), (born, 70), lead_days=30, back_days=60)


def _visit(chart: Chart, role: Role, day: date, week: int) -> None:
    rng = chart.rng
    start = visit(chart, role, day)
    heart = rng.randint(132, 152)
    taken = vitals(chart, role, start, "pressure", "weight")
    document(
        chart, role, "pregnancy", "consultation", start + timedelta(minutes=20), weeks=week, systolic=taken["systolic"],
        diastolic=taken["diastolic"], kilos=f"{taken['weight']:.1f}", fundus=week if week > 18 else 12, heart=heart, next=4 if week < 30 else 2,
    )  # fmt: skip
    if week in (12, 20, 31):
        imaging(chart, role, "ultrasound", "normal", day, weeks=week, heart=heart)
    if week in (8, 24, 34):
        laboratory(chart, role, day, ("blood-count", "iron", "glucose"))


def _birth(chart: Chart, role: Role, born: date) -> None:
    rng = chart.rng
    midwife = chart.role("maternity-ward", function="midwife")
    girl = chart.scene == "delivered" or rng.random() < 0.5
    document(
        chart, midwife, "pregnancy", "birth", instant(born, rng.randint(3, 5), rng.randint(0, 59)), weeks=39, days=3,
        minutes=rng.randint(14, 50), loss=rng.choice((250, 300, 350)), grams=rng.randint(2950, 3900),
        child=_CHILD[midwife.language][0 if girl else 1],
    )  # fmt: skip
    now = (chart.today - born).days < 4
    days = min((chart.today - born).days + 1, 4) if now else 4

    def each_day(number: int, day: date) -> None:
        document(chart, midwife, "pregnancy", "midwife", instant(day, 6, 30), day=number)

    ward_stay(
        chart,
        role,
        "maternity-ward",
        born,
        days=days,
        reason=_STAY[role.language],
        now=now,
        each_day=each_day,
    )
