"""Vital signs. hl7.org/fhir/R4/observation-vitalsigns.html"""

from datetime import date, datetime

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import loinc, observation, quantity

_PLAIN: dict[str, tuple[str, str, float | None, float | None, dict[str, str]]] = {
    "pulse": ("8867-4", "/min", 50, 100, {"nl": "Hartslag", "fr": "Fréquence cardiaque", "de": "Herzfrequenz"}),
    "temperature": ("8310-5", "Cel", 36, 37.8, {"nl": "Temperatuur", "fr": "Température", "de": "Temperatur"}),
    "saturation": ("59408-5", "%", 94, None,
                   {"nl": "Zuurstofsaturatie", "fr": "Saturation en oxygène", "de": "Sauerstoffsättigung"}),
    "weight": ("29463-7", "kg", None, None, {"nl": "Gewicht", "fr": "Poids", "de": "Gewicht"}),
    "height": ("8302-2", "cm", None, None, {"nl": "Lengte", "fr": "Taille", "de": "Größe"}),
    "bmi": ("39156-5", "kg/m2", 18.5, 25, {"nl": "BMI", "fr": "IMC", "de": "BMI"}),
    "pain": ("72514-3", "{score}", None, 3, {"nl": "Pijnscore", "fr": "Score de douleur", "de": "Schmerzskala"}),
    "breathing": ("9279-1", "/min", 12, 20,
                  {"nl": "Ademhaling", "fr": "Fréquence respiratoire", "de": "Atemfrequenz"}),
    "head": ("9843-4", "cm", None, None, {"nl": "Hoofdomtrek", "fr": "Périmètre crânien", "de": "Kopfumfang"}),
    "peak_flow": ("19935-6", "L/min", None, None, {"nl": "Piekstroom", "fr": "Débit de pointe", "de": "Peak-Flow"}),
}  # fmt: skip
_PRESSURE = {"nl": "Bloeddruk", "fr": "Tension artérielle", "de": "Blutdruck"}
_SYSTOLIC = {"nl": "Systolisch", "fr": "Systolique", "de": "Systolisch"}
_DIASTOLIC = {"nl": "Diastolisch", "fr": "Diastolique", "de": "Diastolisch"}


def vitals(
    chart: Chart,
    role: Role,
    moment: date | datetime,
    *,
    pressure: tuple[int, int] | None = None,
    **values: float,
) -> None:
    """Record measurements of one moment by name: pulse, temperature, saturation, weight, height, pain, ...

    `pressure` is (systolic, diastolic) in mm[Hg]; the units of the others stand in _PLAIN.
    """
    at = moment if isinstance(moment, datetime) else chart.at(moment, high=12)
    if pressure:
        _blood_pressure(chart, role, at, pressure)
    for name, value in values.items():
        loinc_code, unit, low, high, texts = _PLAIN[name]
        fhir = observation(
            chart, role, category="vital-signs", code=loinc(loinc_code, texts[role.language]), at=at,
            value=quantity(value, unit), low=low, high=high,
        )  # fmt: skip
        chart.store(role, fhir, at=at)


def _blood_pressure(chart: Chart, role: Role, at: datetime, pressure: tuple[int, int]) -> None:
    language = role.language
    parts = [
        {"code": loinc(part, texts[language]), "valueQuantity": quantity(value, "mm[Hg]")}
        for part, texts, value in (("8480-6", _SYSTOLIC, pressure[0]), ("8462-4", _DIASTOLIC, pressure[1]))
    ]
    fhir = observation(
        chart,
        role,
        category="vital-signs",
        code=loinc("85354-9", _PRESSURE[language]),
        at=at,
        components=parts,
    )
    chart.store(role, fhir, at=at)
