"""Epilepsy: a first seizure, imaging and EEG, the right dose."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.stories.rhythm import every

_QUESTION = {
    "nl": "Eerste epileptische aanval.",
    "fr": "Première crise d'épilepsie.",
    "de": "Erster epileptischer Anfall.",
}


def tell(chart: Chart) -> None:
    """Some years with two steps of dose."""
    rng, role = chart.rng, chart.role("neurology")
    emergency = chart.role("emergency", function="emergency-physician")
    first = chart.days_ago(900, 2200)
    start = visit(chart, emergency, first, kind="EMER")
    document(chart, emergency, "epilepsy", "emergency", start + timedelta(hours=3))
    laboratory(chart, emergency, first, ("blood-count", "electrolytes", "glucose", "liver"), moment=start)
    imaging(chart, emergency, "ct-head", "normal", first, question=_QUESTION[emergency.language])
    problem(chart, role, "epilepsy", first + timedelta(days=10))
    raised = first + timedelta(days=240)
    medicine(
        chart, role, "levetiracetam", "1-0-1", first + timedelta(days=10), strength="500 mg", until=raised
    )
    medicine(chart, role, "levetiracetam", "1-0-1", raised, strength="750 mg", reason="epilepsy")
    for number, day in enumerate(
        every(rng, first + timedelta(days=12), chart.end - timedelta(days=12), days=180)
    ):
        start = visit(chart, role, day)
        if number % 2 == 0:
            document(
                chart,
                role,
                "epilepsy",
                "eeg",
                start,
                life="withdrawn" if number == 2 and chart.patient.number % 3 == 2 else "final",
            )
        document(
            chart,
            role,
            "epilepsy",
            "consultation",
            start + timedelta(minutes=40),
            dose=500 if day < raised else 750,
        )
    agenda(chart, role, every_days=180)
