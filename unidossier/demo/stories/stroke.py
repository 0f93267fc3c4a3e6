"""A stroke, the acute stay, neurorehabilitation elsewhere, the clinic."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.plan import care_plan
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.home_care import home_care
from unidossier.demo.stories.rhythm import every
from unidossier.demo.stories.stays import ward_stay
from unidossier.demo.when import instant

_STAY = {"nl": "CVA", "fr": "AVC", "de": "Schlaganfall"}
_PLAN = ("Neurorevalidatie", ("Kinesitherapie drie sessies per dag", "Logopedie dagelijks", "Ergotherapie: rechterarm",
                              "Gesprek met familie om de twee weken"))  # fmt: skip
_ACUTE_DAYS, _REHAB_DAYS = 9, 60


def tell(chart: Chart) -> None:
    """Nine acute days, two months at the rehabilitation hospital (or still there), then the clinic."""
    rng, role = chart.rng, chart.role("neurology")
    in_ward = chart.scene == "in-ward" and not chart.patient.deceased_at
    struck = (
        chart.today - timedelta(days=_ACUTE_DAYS + rng.randint(15, 45))
        if in_ward
        else chart.days_ago(150, 1100)
    )
    ldl, nihss = rng.randint(118, 168), rng.randint(7, 14)
    statin = [
        (struck + timedelta(days=after), value) for after, value in ((2, ldl), (25, 92), (60, 74), (200, 66))
    ]
    chart.body.course("stroke", "ldl", *statin)
    for key in ("stroke", "hemiparesis", "aphasia"):
        problem(chart, role, key, struck)
    visit(
        chart,
        chart.role("emergency", function="emergency-physician"),
        struck,
        kind="EMER",
        reason=_STAY[role.language],
    )
    imaging(chart, role, "ct-head", "stroke", struck)

    def each_day(number: int, day: date) -> None:
        if number in (1, 3, 6):
            panels = (
                ("blood-count", "electrolytes", "kidney", "lipids", "glucose", "clotting")
                if number == 1
                else ("electrolytes", "crp")
            )
            laboratory(chart, role, day, panels)

    end = ward_stay(
        chart, role, "internal-ward", struck, days=_ACUTE_DAYS, reason=_STAY[role.language], each_day=each_day
    )
    drug, dose, strength = rng.choice((("clopidogrel", "1-0-0", "75 mg"), ("apixaban", "1-0-1", "5 mg")))
    medicine(chart, role, drug, dose, struck + timedelta(days=2), strength=strength, reason="stroke")
    medicine(
        chart, role, "atorvastatin", "0-0-1", struck + timedelta(days=2), strength="80 mg", reason="stroke"
    )
    medicine(chart, role, "perindopril", "1-0-0", struck + timedelta(days=5), strength="5 mg")
    document(chart, role, "stroke", "discharge", end, paper=True, admitted=struck.strftime("%d/%m/%Y"), nihss=nihss,
             later=nihss - 4, ldl=ldl, arm=rng.choice((2, 3)), leg=rng.choice((3, 4)))  # fmt: skip
    _rehabilitation(chart, end, in_ward=in_ward)
    if not in_ward:
        _clinic(chart, end + timedelta(days=_REHAB_DAYS + 30), struck)


def _rehabilitation(chart: Chart, admitted: date, *, in_ward: bool) -> None:
    rng = chart.rng
    physician = chart.role("rehabilitation", institution="linde")
    physio = chart.role("paramedical", function="physiotherapist", institution="linde")
    speech = chart.role("paramedical", function="occupational-therapist", institution="linde")
    days = (chart.today - admitted).days + 1 if in_ward else _REHAB_DAYS
    care_plan(
        chart,
        physician,
        _PLAN[0],
        admitted,
        activities=_PLAN[1],
        until=None if in_ward else admitted + timedelta(days=days),
    )
    best = rng.randint(22, 30)

    def each_day(number: int, day: date) -> None:
        week = number // 7 + 1
        if number % 7 == 4:
            document(
                chart,
                physio,
                "stroke",
                "rehabilitation",
                day,
                week=week,
                berg=min(best + 3 * week, 54),
                steps=20 * week,
            )
        if number % 14 == 6:
            document(chart, speech, "stroke", "speech", day, score=min(24 + 4 * week, 58))
        if number % 20 == 3:
            laboratory(chart, physician, day, ("blood-count", "kidney", "lipids"))

    ward_stay(chart, physician, "neuro-ward", admitted, days=days, reason=_STAY["nl"], now=in_ward, each_day=each_day,
              institution="linde")  # fmt: skip
    photo_day = admitted + timedelta(days=2)
    document(chart, physician, "general", "internal", instant(photo_day, 15), flags=("internal-only",))


def _clinic(chart: Chart, first: date, struck: date) -> None:
    rng, role = chart.rng, chart.role("neurology")
    for day in every(rng, first, chart.end - timedelta(days=10), days=240):
        start = visit(chart, role, day)
        taken = vitals(chart, role, start, "pressure", "pulse")
        laboratory(chart, role, day, ("lipids", "kidney"))
        document(chart, role, "stroke", "consultation", start + timedelta(minutes=25), months=max((day - struck).days // 30, 1),
                 arm=4, leg=rng.choice((4, 5)), systolic=taken["systolic"], diastolic=taken["diastolic"])  # fmt: skip
    if (
        chart.patient.language == "fr"
    ):  # home nurses are known in Dutch and French; the Dutch ones have their patients
        home_care(chart, first, wound={"fr": "talon droit"})
    agenda(chart, role, every_days=240)
