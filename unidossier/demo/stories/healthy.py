"""Nothing much: check-ups, the dentist, one visit to the emergency department."""

from datetime import timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.contact import agenda, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.imaging import imaging
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every


def tell(chart: Chart) -> None:
    """Ten years of little."""
    rng = chart.rng
    emergency = chart.role("emergency", function="emergency-physician")
    day = chart.days_ago(100, 1500)
    start = visit(chart, emergency, day, kind="EMER")
    vitals(chart, emergency, start, "pressure", "pulse", "pain")
    document(chart, emergency, "general", "emergency", start + timedelta(hours=2))
    if chart.patient.language == "nl":
        dentist = chart.role("practice", function="dentist", institution="molenhof")
        for day in every(rng, chart.days_ago(1400, 1700), chart.end - timedelta(days=20), days=185):
            document(chart, dentist, "general", "dentist", visit(chart, dentist, day))
    if chart.patient.sex == "female" and chart.age() >= 50:
        surgery = chart.role("surgery")
        for day in every(rng, chart.days_ago(1500, 2200), chart.end - timedelta(days=30), days=730):
            imaging(chart, surgery, "mammography", "normal", day)
    if chart.scene:
        agenda(chart, chart.role("internal" if chart.patient.home == "vennblick" else "cardiology"))
