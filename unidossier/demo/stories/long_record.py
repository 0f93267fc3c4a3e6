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
_CHAPTERS = (
    (migraine, 24),
    (appendicitis, 19),
    (breast_cancer, 11),
    (hip_fracture, 4),
    (copd, 0),
    (kidney, 0),
)
_PANELS = ("electrolytes", "kidney", "blood-count", "liver", "lipids", "glucose", "thyroid", "heart")


def tell(chart: Chart) -> None:
    """All the chapters, then the yearly rhythm of thirty years until the number of items is reached."""
    start = years_before(chart.today, YEARS)
    present, chart.scene = chart.scene, ""
    for chapter, years_ago in _CHAPTERS:
        chart.past_days = years_ago * 365
        chapter.tell(chart)
    chart.past_days, chart.scene = 0, present
    diabetes.tell(chart, onset=years_before(chart.today, 21))
    failing = years_before(chart.today, 13)
    heart_failure.tell(chart, onset=failing)
    gp = chart.gp()
    assert gp is not None  # a named patient with a practitioner
    for year in range(YEARS, 0, -10):
        vaccination(chart, gp, "tetanus", years_before(chart.today, year - 1))
    yearly_influenza(chart, gp, years=YEARS - 2)
    _years(chart, gp, start, failing)
    _self_measured(chart, start)


def _years(chart: Chart, gp: Role, start: date, failing: date) -> None:
    rng, cardiology = chart.rng, chart.role("cardiology", on=start)
    elsewhere = chart.role("cardiology", institution="aldegonde")
    for number, day in enumerate(every(rng, start, chart.end - timedelta(days=30), days=35)):
        progress = share(day, start, chart.end)
        if number % 3 == 0 and day > failing:
            where = elsewhere if 0.6 < progress < 0.68 else cardiology
            heart_failure.clinic(chart, where, day, progress=progress, ejection=round(55 - 15 * progress))
        else:
            pressure = (rng.randint(118, 152), rng.randint(66, 90))
            moment = visit(chart, gp, day)
            vitals(
                chart,
                gp,
                moment,
                pressure=pressure,
                weight=round(chart.weight + rng.gauss(0, 1), 1),
                pulse=rng.randint(58, 92),
            )
            name = rng.choice(("cold", "check-up", "back"))
            document(
                chart,
                gp,
                "general",
                name,
                moment,
                systolic=pressure[0],
                diastolic=pressure[1],
                kilos=f"{chart.weight:.0f}",
            )
        if number % 4 == 1:
            laboratory(
                chart, cardiology, day, _PANELS, values={"potassium": rng.gauss(4.2 + 0.7 * progress, 0.2)}
            )
        if number % 20 == 7:
            imaging(chart, cardiology, "chest-x-ray", "normal", day, images=False)


def _self_measured(chart: Chart, start: date) -> None:
    """Blood pressure measured by the home nurse, as often as it takes to reach the number of items."""
    nurse = chart.role("practice", function="nurse", institution="zonneroute")
    missing = max(ITEMS - len(chart.resources), 0)
    span = (chart.end - start).days - 20
    for number in range(missing):
        day = start + timedelta(days=span * number // max(missing, 1))
        vitals(chart, nurse, day, pressure=(chart.rng.randint(112, 154), chart.rng.randint(62, 92)))
