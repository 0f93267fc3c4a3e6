"""Appendicitis: emergency, operation, home."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.stays import recent_stay, ward_stay
from unidossier.demo.when import instant

_STAY = {"nl": "Acute appendicitis", "fr": "Appendicite aiguë", "de": "Akute Appendizitis"}


_PANELS = ("blood-count", "electrolytes", "kidney", "crp")


def _inflame(chart: Chart, admitted: date) -> None:
    body, next_day, week = chart.body, admitted + timedelta(days=1), admitted + timedelta(days=7)
    crp, cells = body.drawn("appendix-crp", 100, 16), body.drawn("appendix-cells", 15.2, 1.1)
    body.episode("crp", (admitted, crp), (next_day, crp * 0.7), (week, 9), lead_days=1, back_days=7)
    body.episode("white-cells", (admitted, cells), (next_day, 10.2), (week, 7.4), lead_days=1, back_days=7)
    body.episode("temperature", (admitted, 38.3), (next_day, 37.5), lead_days=1, back_days=2)
    body.episode("pulse", (admitted, 98), (next_day, 84), lead_days=1, back_days=4)
    body.episode("pain", (admitted, 7), (next_day, 4), lead_days=1, back_days=5)


def tell(chart: Chart) -> None:
    """Three days, once."""
    rng, surgeon = chart.rng, chart.role("surgery")
    emergency = chart.role("emergency", function="emergency-physician")
    admitted, now = recent_stay(chart, days=3)
    days = (chart.today - admitted).days + 1 if now else 3
    _inflame(chart, admitted)
    start = visit(chart, emergency, admitted, kind="EMER", reason=_STAY[emergency.language])
    taken = vitals(chart, emergency, start, "pressure", "pulse", "temperature", "pain")
    results = laboratory(chart, emergency, admitted, _PANELS, moment=start)
    document(chart, emergency, "appendicitis", "emergency", start + timedelta(minutes=90), hours=rng.randint(14, 30),
             temperature=taken["temperature"], crp=f"{results['crp']:.0f}", cells=results["white-cells"])  # fmt: skip
    problem(chart, surgeon, "appendicitis", admitted, until=None if now else admitted + timedelta(days=14))
    document(
        chart, surgeon, "appendicitis", "operation", instant(admitted, 22, 10), minutes=rng.randint(32, 58)
    )

    def each_day(number: int, day: date) -> None:
        if number == 2:
            laboratory(chart, surgeon, day, ("crp", "blood-count"))

    end = ward_stay(
        chart,
        surgeon,
        "surgery-ward",
        admitted,
        days=days,
        reason=_STAY[surgeon.language],
        now=now,
        each_day=each_day,
    )
    medicine(
        chart,
        surgeon,
        "amoxiclav",
        "1-1-1",
        admitted,
        strength="875/125 mg",
        until=admitted + timedelta(days=5),
    )
    medicine(
        chart, surgeon, "paracetamol", "1-1-1-1", admitted, strength="1 g", until=admitted + timedelta(days=7)
    )
    if not now:
        document(
            chart,
            surgeon,
            "appendicitis",
            "discharge",
            end,
            paper=True,
            operated=admitted.strftime("%d/%m/%Y"),
        )
    agenda(chart, surgeon, every_days=14)
