"""Vital signs. hl7.org/fhir/R4/observation-vitalsigns.html; the panel: hl7.org/fhir/R4/vitalspanel.html"""

from datetime import date, datetime

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import loinc, observation, quantity
from unidossier.demo.codes.vitals import signs

_PANEL = {"nl": "Vitale parameters", "fr": "Paramètres vitaux", "de": "Vitalwerte"}
_PRESSURE = {"nl": "Bloeddruk", "fr": "Tension artérielle", "de": "Blutdruck"}
# The ends of a scale that a body cannot leave.
_ENDS = {"pain": (0, 10), "saturation": (60, 100)}
Taken = dict[str, float]


def vitals(chart: Chart, role: Role, moment: date | datetime, *names: str, **given: float) -> Taken:
    """Measure the signs `names` (pressure, pulse, temperature, saturation, weight, pain, breathing, bmi) in the body.

    `given` are values by name that the story fixes: height, head, peak_flow ... Units: codes/vitals.tsv. Several signs
    of one moment are one panel (LOINC 85353-1), so that a list shows one line. Returns the values by name, with
    `systolic` and `diastolic` for `pressure`.
    """
    at = moment if isinstance(moment, datetime) else chart.at(moment, high=12)
    taken, stored = Taken(), []
    for name in names:
        taken |= _measured(chart, name, at)
        stored.append(
            _pressure(chart, role, at, taken)
            if name == "pressure"
            else _sign(chart, role, at, name, taken[name])
        )
    for name, value in given.items():
        taken[name] = value
        stored.append(_sign(chart, role, at, name, value))
    if len(stored) > 1:
        members = [{"reference": reference} for reference in stored]
        panel = observation(
            chart, role, category="vital-signs", code=loinc("85353-1", _PANEL[role.language]), at=at
        )
        chart.store(role, {**panel, "hasMember": members}, at=at)
    return taken


def _measured(chart: Chart, name: str, at: datetime) -> Taken:
    if name == "pressure":
        return {part: _rounded(part, chart.body.value(part, at)) for part in ("systolic", "diastolic")}
    if name == "bmi":
        # of the weight of that moment, as the scale shows it
        kilos = _rounded("weight", chart.body.value("weight", at))
        return {name: _rounded(name, kilos / (chart.height / 100) ** 2)}
    return {name: _rounded(name, chart.body.value(name, at))}


def _rounded(name: str, value: float) -> float:
    low, high = _ENDS.get(name, (0, float("inf")))
    decimals = signs()[name].decimals
    rounded = round(max(low, min(high, value)), decimals)
    return rounded if decimals else int(rounded)


def _sign(chart: Chart, role: Role, at: datetime, name: str, value: float) -> str:
    sign = signs()[name]
    fhir = observation(
        chart, role, category="vital-signs", code=loinc(sign.code, sign.texts[role.language]), at=at,
        value=quantity(value, sign.unit), low=sign.low, high=sign.high,
    )  # fmt: skip
    return chart.store(role, fhir, at=at)


def _pressure(chart: Chart, role: Role, at: datetime, taken: Taken) -> str:
    parts = [
        {
            "code": loinc(sign.code, sign.texts[role.language]),
            "valueQuantity": quantity(taken[sign.key], sign.unit),
        }
        for sign in (signs()["systolic"], signs()["diastolic"])
    ]
    code = loinc("85354-9", _PRESSURE[role.language])
    fhir = observation(chart, role, category="vital-signs", code=code, at=at, components=parts)
    return chart.store(role, fhir, at=at)
