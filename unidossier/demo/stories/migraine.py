"""Migraine: attacks by diary, a preventive medicine."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import questionnaire
from unidossier.demo.clinical.problem import problem
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every

_REASON = {"nl": "toenemende migraine", "fr": "des migraines plus fréquentes", "de": "zunehmender Migräne"}
_QUESTION = {
    "nl": "Toename van hoofdpijn.",
    "fr": "Majoration des céphalées.",
    "de": "Zunahme der Kopfschmerzen.",
}
_VERDICT = {"nl": ("Profylaxe verder.", "Profylaxe met propranolol gestart."), "fr": ("Prophylaxie poursuivie.", "Prophylaxie par propranolol débutée."),
            "de": ("Prophylaxe weiter.", "Prophylaxe mit Propranolol begonnen.")}  # fmt: skip


def tell(chart: Chart) -> None:
    """Two or three years of headache clinic."""
    rng, role = chart.rng, chart.role("neurology")
    first = chart.days_ago(600, 1200)
    referral(chart, first - timedelta(days=15), reason=_REASON)
    problem(chart, role, "migraine", first)
    medicine(chart, role, "sumatriptan", "prn", first, strength="50 mg", reason="migraine")
    medicine(
        chart, role, "propranolol", "1-0-1", first + timedelta(days=60), strength="40 mg", reason="migraine"
    )
    imaging(chart, role, "ct-head", "normal", first + timedelta(days=5), question=_QUESTION[role.language])
    for number, day in enumerate(every(rng, first, chart.end - timedelta(days=10), days=130)):
        start = visit(chart, role, day)
        document(chart, role, "migraine", "consultation", start + timedelta(minutes=20), attacks=max(8 - number, rng.randint(2, 3)),
                 verdict=_VERDICT[role.language][number == 0])  # fmt: skip
        questionnaire(chart, "pain", day - timedelta(days=2), high=8)
    agenda(chart, role, every_days=130)
