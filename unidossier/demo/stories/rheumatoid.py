"""Rheumatoid arthritis: inflammation going down with treatment, a flare, safety blood tests."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.stories.rhythm import every, share

_VERDICT = {"nl": ("Remissie.", "Actieve ziekte, adalimumab besproken."), "fr": ("Rémission.", "Maladie active, adalimumab discuté."),
            "de": ("Remission.", "Aktive Erkrankung, Adalimumab besprochen.")}  # fmt: skip


def tell(chart: Chart) -> None:
    """From the first swollen joints to remission."""
    rng, role = chart.rng, chart.role("rheumatology")
    onset = chart.days_ago(1300, 2400)
    problem(chart, role, "rheumatoid-arthritis", onset)
    laboratory(chart, role, onset - timedelta(days=6), ("rheuma", "inflammation", "blood-count", "liver"),
               values={"rheumatoid-factor": rng.randint(60, 180), "anti-ccp": rng.randint(90, 300), "crp": 38, "sedimentation": 52})  # fmt: skip
    medicine(chart, role, "methotrexate", "weekly", onset, strength="15 mg", reason="rheumatoid-arthritis")
    medicine(chart, role, "folic-acid", "weekly", onset, strength="4 mg")
    medicine(
        chart, role, "methylprednisolone", "1-0-0", onset, strength="8 mg", until=onset + timedelta(days=120)
    )
    medicine(
        chart,
        role,
        "adalimumab",
        "weekly",
        onset + timedelta(days=420),
        strength="40 mg",
        reason="rheumatoid-arthritis",
    )
    for number, day in enumerate(
        every(rng, onset + timedelta(days=30), chart.end - timedelta(days=14), days=91)
    ):
        active = max(1 - 1.6 * share(day, onset, chart.end), 0.05) * (1.8 if number == 7 else 1)
        crp = 30 * active + rng.uniform(0.5, 2)
        laboratory(chart, role, day, ("inflammation", "blood-count", "liver", "kidney"),
                   values={"crp": crp, "sedimentation": 8 + 40 * active})  # fmt: skip
        if number % 2 == 0:
            start = visit(chart, role, day)
            document(
                chart, role, "rheumatoid", "consultation", start + timedelta(minutes=25), stiff=round(10 + 70 * active),
                swollen=round(9 * active), tender=round(11 * active), crp=f"{crp:.1f}", das=f"{1.9 + 3.4 * active:.1f}",
                verdict=_VERDICT[role.language][active > 0.45],
            )  # fmt: skip
            questionnaire(chart, "pain", day - timedelta(days=3), high=max(round(8 * active), 2))
    agenda(chart, role, every_days=120)
