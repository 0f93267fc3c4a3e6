"""Vaccinations. hl7.org/fhir/R4/immunization.html; basic schedule of the Superior Health Council."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.codes import code

# (age in days, vaccine, dose)
_SCHEDULE = (
    (56, "rotavirus", 1), (56, "hexavalent", 1), (56, "pneumococcal", 1), (84, "rotavirus", 2), (84, "hexavalent", 2),
    (112, "hexavalent", 3), (112, "pneumococcal", 2), (365, "mmr", 1), (365, "pneumococcal", 3), (456, "hexavalent", 4),
    (456, "meningococcal", 1), (2010, "tetravalent", 1), (2900, "mmr", 2), (4450, "hpv", 1), (4640, "hpv", 2),
    (5300, "tetanus", 1),
)  # fmt: skip


def vaccination(
    chart: Chart, role: Role, key: str, day: date, *, dose: int = 1, refused: bool = False
) -> str:
    """Record one Immunization, given or refused."""
    at = chart.at(day)
    fhir: dict = {
        "resourceType": "Immunization",
        "id": chart.id(),
        "status": "not-done" if refused else "completed",
        "vaccineCode": code("vaccines", key).concept(role.language),
        "patient": chart.subject,
        "occurrenceDateTime": day.isoformat(),
        "recorded": at.isoformat(),
        "primarySource": True,
        "performer": [{"actor": role.practitioner}],
        "protocolApplied": [{"doseNumberPositiveInt": dose}],
    }
    if refused:
        reason = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "PATOBJ"}
        fhir["statusReason"] = {"coding": [reason]}
    else:
        fhir["lotNumber"] = (
            f"{chart.rng.choice('ABDEFK')}{chart.rng.randint(1000, 9999)}{chart.rng.choice('AC')}"
        )
    return chart.store(role, fhir, at=at)


def childhood_schedule(chart: Chart, role: Role) -> None:
    """All vaccinations of the basic schedule whose day has come; one family in twenty refuses HPV."""
    refuses_hpv = chart.rng.random() < 0.05
    for age, key, dose in _SCHEDULE:
        day = chart.patient.birth_date + timedelta(days=age + chart.rng.randint(0, 12))
        if day < chart.end:
            vaccination(chart, role, key, day, dose=dose, refused=refuses_hpv and key == "hpv")


def yearly_influenza(chart: Chart, role: Role, *, years: int) -> None:
    """The influenza vaccine of the last autumns, with a gap now and then."""
    for back in range(years, 0, -1):
        day = date(chart.end.year - back, 10, 10) + timedelta(days=chart.rng.randint(0, 40))
        if chart.rng.random() < 0.85 and day < chart.end:
            vaccination(chart, role, "influenza", day)
