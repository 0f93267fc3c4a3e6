"""Breast cancer: mammography, biopsy, surgery, hormone treatment, follow-up."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.problem import problem
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.basics import referral
from unidossier.demo.stories.rhythm import every
from unidossier.demo.stories.stays import ward_stay

_REASON = {"nl": "een nieuwe knobbel in de linkerborst", "fr": "une masse récente du sein gauche",
           "de": "eines neuen Knotens der linken Brust"}  # fmt: skip
_STAY = {
    "nl": "Borstsparende heelkunde",
    "fr": "Chirurgie mammaire conservatrice",
    "de": "Brusterhaltende Operation",
}


def tell(chart: Chart) -> None:
    """From the first mammography to the follow-up of today."""
    rng = chart.rng
    surgery, oncology = chart.role("surgery"), chart.role("oncology")
    found = chart.days_ago(800, 1700)
    referral(chart, found - timedelta(days=5), reason=_REASON)
    imaging(chart, surgery, "mammography", "normal", found - timedelta(days=730))
    imaging(chart, surgery, "mammography", "tumour", found, size=rng.randint(11, 18))
    document(chart, surgery, "breast_cancer", "pathology", found + timedelta(days=5), pr=rng.choice((60, 80, 90)),
             ki=rng.choice((8, 12, 15)))  # fmt: skip
    problem(chart, surgery, "breast-cancer", found + timedelta(days=6))
    imaging(chart, oncology, "ct-thorax", "normal", found + timedelta(days=9))
    operated = found + timedelta(days=21)
    laboratory(
        chart, surgery, operated - timedelta(days=4), ("blood-count", "kidney", "clotting", "tumour-marker")
    )
    document(chart, surgery, "breast_cancer", "operation", operated)
    ward_stay(chart, surgery, "surgery-ward", operated, days=2, reason=_STAY[surgery.language])
    document(chart, oncology, "breast_cancer", "board", operated + timedelta(days=12), paper=True)
    started = operated + timedelta(days=40)
    medicine(chart, oncology, "letrozole", "1-0-0", started, strength="2,5 mg", reason="breast-cancer")
    medicine(chart, oncology, "calcium-d", "1-0-0", started, strength="1 g/880 IE")
    for number, day in enumerate(
        every(rng, started + timedelta(days=90), chart.end - timedelta(days=15), days=180)
    ):
        start = visit(chart, oncology, day)
        marker = laboratory(chart, oncology, day, ("tumour-marker", "blood-count", "liver"))["ca-15-3"]
        kilos = vitals(chart, oncology, start, "weight", "pressure")["weight"]
        document(
            chart, oncology, "breast_cancer", "consultation", start + timedelta(minutes=30),
            years=max(round((day - found).days / 365), 1), kilos=f"{kilos:.0f}", marker=f"{marker:.1f}",
        )  # fmt: skip
        if number % 2:
            imaging(chart, oncology, "mammography", "normal", day - timedelta(days=6))
    agenda(chart, oncology, every_days=180)
