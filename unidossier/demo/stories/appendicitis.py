"""Appendicitis: emergency, operation, home."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.stories.stays import recent_stay, ward_stay
from unidossier.demo.when import instant

_STAY = {"nl": "Acute appendicitis", "fr": "Appendicite aiguë", "de": "Akute Appendizitis"}


def tell(chart: Chart) -> None:
    """Three days, once."""
    rng, surgeon = chart.rng, chart.role("surgery")
    emergency = chart.role("emergency", function="emergency-physician")
    admitted, now = recent_stay(chart, days=3)
    days = (chart.today - admitted).days + 1 if now else 3
    start = visit(chart, emergency, admitted, kind="EMER", reason=_STAY[emergency.language])
    crp, cells = rng.randint(60, 140), round(rng.uniform(12.5, 18), 1)
    laboratory(chart, emergency, admitted, ("blood-count", "electrolytes", "kidney", "crp"), moment=start,
               values={"crp": crp, "white-cells": cells, "neutrophils": cells * 0.84})  # fmt: skip
    document(chart, emergency, "appendicitis", "emergency", start + timedelta(minutes=90), hours=rng.randint(14, 30),
             temperature=f"{rng.uniform(37.9, 38.8):.1f}".replace(".", ","), crp=crp, cells=cells)  # fmt: skip
    problem(chart, surgeon, "appendicitis", admitted, until=None if now else admitted + timedelta(days=14))
    document(
        chart, surgeon, "appendicitis", "operation", instant(admitted, 22, 10), minutes=rng.randint(32, 58)
    )

    def each_day(number: int, day: date) -> None:
        if number == 2:
            laboratory(
                chart, surgeon, day, ("crp", "blood-count"), values={"crp": crp * 0.7, "white-cells": 10.2}
            )

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
