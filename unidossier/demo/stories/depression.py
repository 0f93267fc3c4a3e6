"""Depression: everything clinical is of the category psychiatry."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, stay, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.codes import code
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every, share

_REASON = {"nl": "aanhoudende sombere stemming en slaapproblemen", "fr": "une humeur dépressive persistante et des insomnies",
           "de": "anhaltend gedrückter Stimmung und Schlafstörungen"}  # fmt: skip


def tell(chart: Chart) -> None:
    """A first episode, a stay in half of the cases, then psychiatrist and psychologist."""
    rng, role = chart.rng, chart.role("psychiatry")
    psychologist = (
        chart.role("paramedical", function="psychologist") if chart.patient.home == "vennblick"
        else chart.role("psychiatry", function="psychologist")
    )  # fmt: skip
    onset = chart.days_ago(300, 900)
    referral(chart, onset - timedelta(days=8), reason=_REASON)
    problem(chart, role, "depression", onset)
    drug = rng.choice(("sertraline", "escitalopram"))
    medicine(
        chart,
        role,
        drug,
        "1-0-0",
        onset,
        strength="50 mg" if drug == "sertraline" else "10 mg",
        reason="depression",
    )
    medicine(chart, role, "trazodone", "0-0-0-1", onset, strength="50 mg", until=onset + timedelta(days=200))
    treatment = code("medicines", drug).texts[role.language].capitalize()
    laboratory(chart, role, onset + timedelta(days=3), ("blood-count", "thyroid", "vitamins", "liver"))
    if rng.random() < 0.5:
        ward = (
            chart.role("psychiatry", function="nurse")
            if chart.patient.home != "vennblick"
            else chart.role("internal-ward", function="nurse")
        )
        stay(chart, role, onset + timedelta(days=5), days=28, ward=ward)
        document(chart, role, "depression", "discharge", onset + timedelta(days=33), treatment=treatment,
                 admitted=(onset + timedelta(days=5)).strftime("%d/%m/%Y"))  # fmt: skip
    for number, day in enumerate(
        every(rng, onset + timedelta(days=40), chart.end - timedelta(days=8), days=42)
    ):
        score = max(round(19 - 15 * share(day, onset, chart.end) + rng.gauss(0, 2)), 2)
        start = visit(chart, role, day)
        document(chart, role, "depression", "consultation", start + timedelta(minutes=40), hours=rng.randint(5, 8), score=score,
                 treatment=treatment, next=rng.choice((4, 6, 8)))  # fmt: skip
        document(
            chart, psychologist, "depression", "psychologist", day + timedelta(days=7), session=number + 1
        )
        if number % 2:
            questionnaire(chart, "mood", day - timedelta(days=1), high=3, partly=number == 3)
    agenda(chart, role, every_days=42)
