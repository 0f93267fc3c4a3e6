"""The long record: thirty years, three institutions, ten thousand items."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.vaccination import vaccination, yearly_influenza
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories import (
    appendicitis,
    breast_cancer,
    copd,
    diabetes,
    heart_failure,
    hip_fracture,
    kidney,
    migraine,
)
from unidossier.demo.stories.rhythm import every, share
from unidossier.demo.when import years_before

YEARS, ITEMS = 30, 10_060  # some of them lie in the coming weeks and are not told
_PAST = ((migraine, 24), (appendicitis, 19), (breast_cancer, 11), (hip_fracture, 4))
_PANELS = ("electrolytes", "kidney", "blood-count", "liver", "lipids", "glucose", "thyroid", "heart")
# One who takes nine others is spared these; of two for blood pressure the second is never begun.
_SPARED = ("beclometasone", "darbepoetin", "ramipril")


def tell(chart: Chart) -> None:
    """All the chapters, then the yearly rhythm of thirty years until the number of items is reached.

    The long illnesses mark the body first: whoever measures it in whatever chapter finds the same.
    """
    start = years_before(chart.today, YEARS)
    sugar, failing, kidneys = (years_before(chart.today, years) for years in (21, 13, 8))
    diabetes.afflict(chart, sugar)
    heart_failure.afflict(chart, failing)
    late = kidney.afflict(chart, kidneys)
    chart.stops |= dict.fromkeys(_SPARED, start) | {"perindopril": late}
    present, chart.scene = chart.scene, ""
    for chapter, years_ago in _PAST:
        chart.past_days = years_ago * 365
        chapter.tell(chart)
    chart.past_days = 0
    copd.tell(chart)
    chart.scene = present
    heart_failure.tell(chart, onset=failing)
    chart.scene = ""
    kidney.tell(chart, onset=kidneys)
    diabetes.tell(chart, onset=sugar)
    chart.scene = present
    gp = chart.gp()
    assert gp is not None  # a named patient with a practitioner
    for year in range(YEARS, 0, -10):
        vaccination(chart, gp, "tetanus", years_before(chart.today, year - 1))
    yearly_influenza(chart, gp, years=YEARS - 2)
    _years(chart, gp, start, failing)
    _home_nurse(chart, start)


def _years(chart: Chart, gp: Role, start: date, failing: date) -> None:
    rng, cardiology = chart.rng, chart.role("cardiology", on=start)
    elsewhere = chart.role("cardiology", institution="aldegonde")
    for number, day in enumerate(every(rng, start, chart.end - timedelta(days=30), days=35)):
        progress = share(day, start, chart.end)
        if number % 3 == 0 and day > failing:
            where = elsewhere if 0.6 < progress < 0.68 else cardiology
            heart_failure.clinic(chart, where, day, ejection=round(55 - 15 * progress))
        else:
            _practice(chart, gp, day)
        if number % 4 == 1:
            laboratory(chart, cardiology, day, _PANELS)
        if number % 20 == 7:
            imaging(chart, cardiology, "chest-x-ray", "normal", day)


def _practice(chart: Chart, gp: Role, day: date) -> None:
    moment = visit(chart, gp, day)
    taken = vitals(chart, gp, moment, "pressure", "weight", "pulse")
    document(
        chart, gp, "general", chart.rng.choice(("cold", "check-up", "back")), moment, systolic=taken["systolic"],
        diastolic=taken["diastolic"], kilos=f"{taken['weight']:.0f}",
    )  # fmt: skip


def _home_nurse(chart: Chart, start: date) -> None:
    """What the home nurse measures, as often as it takes to reach the number of items: more often the older she is."""
    nurse = chart.role("practice", function="nurse", institution="zonneroute")
    missing = max(ITEMS - len(chart.resources), 0)
    span, visits = (chart.end - start).days - 20, missing // _NURSE_ITEMS
    for number in range(visits):
        day = start + timedelta(days=round(span * (number / visits) ** 0.6))
        vitals(chart, nurse, day, "pressure", "pulse", "weight")


_NURSE_ITEMS = 4  # three values and their panel
