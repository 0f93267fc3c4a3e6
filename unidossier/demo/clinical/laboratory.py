"""Laboratory reports with their results. hl7.org/fhir/R4/diagnosticreport.html"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import loinc, observation, quantity
from unidossier.demo.clinical.order import order
from unidossier.demo.codes.laboratory import PANELS, Test, tests
from unidossier.demo.paper.result import result_paper
from unidossier.demo.when import instant

_WORD = {"nl": "Bloedonderzoek", "fr": "Analyse de sang", "de": "Blutuntersuchung", "en": "Blood test"}
# The lowest that is printed: no tube holds less than nothing.
_FLOOR = 0.1


def filtration(chart: Chart, creatinine: float, day: date) -> float:
    """Estimated filtration, CKD-EPI 2021 (Inker et al., NEJM 2021), mL/min/1.73 m2; `creatinine` in mg/dL."""
    female = chart.patient.sex == "female"
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine / kappa
    value = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938 ** max(chart.age(day), 1)
    return value * (1.012 if female else 1)


def _measured(chart: Chart, key: str, known: dict[str, float], day: date) -> float:
    """One result: of the body, or what follows from results that are `known` already."""
    body = chart.body
    if key == "egfr":
        return filtration(chart, known["creatinine"], day)
    if key == "haematocrit":
        return known["haemoglobin"] * 2.95
    if key == "red-cells":  # fewer or smaller cells carry less haemoglobin
        return body.level(key) * known["haemoglobin"] / tests()["haemoglobin"].mean
    if key == "mcv":
        return known["haematocrit"] / known["red-cells"] * 10
    if key == "neutrophils":  # what is left of the white cells; one in thirteen is of another kind
        return known["white-cells"] * 0.92 - body.value("lymphocytes", day) - body.value("eosinophils", day)
    if key == "cholesterol":  # Friedewald, the other way round
        return body.value("ldl", day) + known["hdl"] + known["triglycerides"] / 5
    if key == "glucose":
        return body.value(key, day) + 24 * (body.steady("hba1c", day) - body.level("hba1c"))
    return body.value(key, day)


def _results(chart: Chart, keys: Sequence[str], day: date) -> dict[str, float]:
    """key -> result, rounded as the laboratory prints it."""
    known: dict[str, float] = {}
    for key in keys:
        decimals = tests()[key].decimals
        rounded = round(max(_measured(chart, key, known, day), _FLOOR if decimals else 1), decimals)
        known[key] = rounded if decimals else int(rounded)
    return known


def laboratory(
    chart: Chart, role: Role, day: date, panels: Sequence[str], *, moment: datetime | None = None,
    status: str = "final", conclusion: str = "", paper: bool = False,
) -> dict[str, float]:  # fmt: skip
    """A report with one Observation per test of `panels`. Returns the results by name, as printed.

    `role` asks for it; the laboratory of his institution makes it, of the patient's body on that day.
    """
    place = role.institution.key
    biologist = chart.role("laboratory", function="clinical-biologist", institution=place)
    taken = moment or instant(day, chart.rng.randint(7, 10), chart.rng.randint(0, 59))
    issued = taken + timedelta(minutes=chart.rng.randint(70, 300))
    known = _results(chart, [key for panel in panels for key in PANELS[panel][2]], day)
    observations = [
        _observation(chart, biologist, tests()[key], value, taken, status) for key, value in known.items()
    ]
    for fhir in observations:
        chart.store(biologist, fhir, at=issued)
    title = f"{_WORD[role.language]}: {', '.join(PANELS[panel][1][role.language] for panel in panels)}"
    panel_code = PANELS[panels[0]][0] if len(panels) == 1 else None
    fhir = {
        "resourceType": "DiagnosticReport",
        "id": chart.id(),
        "status": status,
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}
        ],
        "code": {**loinc(panel_code or "11502-2", title), "text": title},
        "subject": chart.subject,
        "effectiveDateTime": taken.isoformat(),
        "issued": issued.isoformat(),
        "performer": [biologist.practitioner, biologist.organization],
        "result": [{"reference": f"Observation/{each['id']}"} for each in observations],
    }
    if conclusion:
        fhir["conclusion"] = conclusion
    asked = order(chart, role, service=biologist, kind="laboratory", text=title, at=taken)
    if asked:
        fhir["basedOn"] = [{"reference": asked}]
    attachments = []
    if paper and chart.with_papers:
        attachments = [result_paper(chart, biologist, title, taken, known)]
        fhir["presentedForm"] = [_presented(attachments[0].id, title, issued)]
    chart.store(biologist, fhir, at=issued, attachments=attachments)
    return known


def _presented(attachment: str, title: str, issued: datetime) -> dict:
    return {
        "contentType": "application/pdf",
        "url": f"Binary/{attachment}",
        "title": title,
        "creation": issued.isoformat(),
    }


def _observation(chart: Chart, role: Role, test: Test, value: float, at: datetime, status: str) -> dict:
    fhir = observation(
        chart, role, category="laboratory", code=loinc(test.code, test.texts[role.language]), at=at,
        value=quantity(value, test.unit), low=test.low, high=test.high,
    )  # fmt: skip
    fhir["status"] = "preliminary" if status in ("partial", "preliminary") else "final"
    return fhir
