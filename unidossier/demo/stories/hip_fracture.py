"""A fall, a broken hip, an operation, rehabilitation elsewhere, care at home."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.home_care import home_care
from unidossier.demo.stories.stays import ward_stay
from unidossier.demo.when import instant

_STAY = {"nl": "Femurhalsfractuur", "fr": "Fracture du col du fémur", "de": "Schenkelhalsfraktur"}
_PLAN = ("Revalidatieplan heup", ("Gangrevalidatie tweemaal per dag", "Trap oefenen vanaf week 2", "Ergotherapie: zelfzorg en keuken",
                                  "Valpreventie en huisbezoek"))  # fmt: skip
_ACUTE_DAYS, _REHAB_DAYS = 8, 35


def tell(chart: Chart) -> None:
    """The fall, eight days of surgery, five weeks of rehabilitation (or still there), home care."""
    rng, surgeon = chart.rng, chart.role("surgery")
    in_ward = chart.scene == "in-ward" and not chart.patient.deceased_at
    fell = (
        chart.today - timedelta(days=_ACUTE_DAYS + rng.randint(12, 25))
        if in_ward
        else chart.days_ago(90, 700)
    )
    emergency = chart.role("emergency", function="emergency-physician")
    _hurt(chart, fell)
    start = visit(chart, emergency, fell, kind="EMER", reason=_STAY[emergency.language])
    taken = vitals(chart, emergency, start, "pressure", "pulse", "saturation", "pain")
    document(chart, emergency, "hip_fracture", "emergency", start + timedelta(minutes=50), systolic=taken["systolic"],
             diastolic=taken["diastolic"], pain=taken["pain"])  # fmt: skip
    imaging(chart, emergency, "hip-x-ray", "fracture", fell, moment=start + timedelta(minutes=25))
    healed = fell + timedelta(days=120)
    problem(chart, surgeon, "hip-fracture", fell, until=healed if healed < chart.end else None)
    problem(chart, surgeon, "osteoporosis", fell + timedelta(days=4))
    _surgery(chart, surgeon, fell)
    _rehabilitation(chart, fell + timedelta(days=_ACUTE_DAYS), in_ward=in_ward)
    if not in_ward:
        back = fell + timedelta(days=_ACUTE_DAYS + _REHAB_DAYS)
        imaging(chart, surgeon, "hip-x-ray", "prosthesis", back + timedelta(days=4))
        home_care(chart, back, wound={"nl": "heup rechts", "fr": "hanche droite", "de": "rechte Hüfte"})
        agenda(chart, surgeon)


def _hurt(chart: Chart, fell: date) -> None:
    """Blood is lost at the operation of the second day; it comes back slowly."""
    body, days = chart.body, [fell + timedelta(days=after) for after in (0, 1, 2, 4, 7, 20, 45)]
    whole = body.steady("haemoglobin", fell) * 0.95
    lost = whole * body.drawn("hip-lost", 0.2, 0.02)
    body.episode("haemoglobin", (fell, whole), (days[1], whole * 0.97), (days[2], whole - lost),
                 (days[4], whole - lost * 0.85), (days[6], whole - lost * 0.2), back_days=60)  # fmt: skip
    body.episode("crp", (fell, 8), (days[1], 22), (days[2], 150), (days[3], 95), (days[4], 42), (days[5], 8))
    body.episode("pain", (fell, 8), (days[2], 5), (days[4], 4), (days[6], 2))


def _surgery(chart: Chart, surgeon: Role, fell: date) -> None:
    rng, operated = chart.rng, fell + timedelta(days=1)

    def each_day(number: int, day: date) -> None:
        if number in (1, 2, 3, 5, 7):
            laboratory(chart, surgeon, day, ("blood-count", "electrolytes", "kidney", "crp"))

    document(chart, surgeon, "hip_fracture", "operation", instant(operated, 14), head=rng.choice((44, 46, 48, 50)),
             minutes=rng.randint(62, 95), loss=rng.choice((250, 300, 350)))  # fmt: skip
    medicine(
        chart, surgeon, "enoxaparin", "0-0-1", operated, strength="40 mg", until=operated + timedelta(days=35)
    )
    medicine(
        chart,
        surgeon,
        "paracetamol",
        "1-1-1-1",
        operated,
        strength="1 g",
        until=operated + timedelta(days=40),
    )
    medicine(
        chart,
        surgeon,
        "alendronate",
        "weekly",
        operated + timedelta(days=6),
        strength="70 mg",
        reason="osteoporosis",
    )
    medicine(
        chart,
        surgeon,
        "calcium-d",
        "1-0-0",
        operated + timedelta(days=6),
        strength="1 g/880 IE",
        reason="osteoporosis",
    )
    end = ward_stay(
        chart,
        surgeon,
        "surgery-ward",
        fell,
        days=_ACUTE_DAYS,
        reason=_STAY[surgeon.language],
        each_day=each_day,
    )
    document(chart, surgeon, "hip_fracture", "discharge", end, paper=True, operated=operated.strftime("%d/%m/%Y"),
             hb=f"{chart.body.value('haemoglobin', end):.1f}", steps=rng.randint(10, 40))  # fmt: skip


def _rehabilitation(chart: Chart, admitted: date, *, in_ward: bool) -> None:
    rng = chart.rng
    physician = chart.role("rehabilitation", institution="linde")
    physio = chart.role("paramedical", function="physiotherapist", institution="linde")
    occupational = chart.role("paramedical", function="occupational-therapist", institution="linde")
    days = (chart.today - admitted).days + 1 if in_ward else _REHAB_DAYS
    care_plan(
        chart,
        physio,
        _PLAN[0],
        admitted,
        activities=_PLAN[1],
        until=None if in_ward else admitted + timedelta(days=days),
    )

    def each_day(number: int, day: date) -> None:
        if number % 7 == 3:
            week = number // 7 + 1
            document(chart, physio, "hip_fracture", "rehabilitation", day, week=week, steps=40 * week + rng.randint(0, 30),
                     force=min(3 + week // 3, 5), pain=max(5 - week, 1))  # fmt: skip
        if number in (5, 20):
            document(chart, occupational, "hip_fracture", "occupational", day, katz=rng.choice("ABC"))
        if number % 10 == 2:
            laboratory(chart, physician, day, ("blood-count", "kidney", "crp"))

    ward_stay(chart, physician, "locomotor-ward", admitted, days=days, reason=_STAY["nl"], now=in_ward, each_day=each_day,
              institution="linde")  # fmt: skip
