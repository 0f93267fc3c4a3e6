"""Care plans and care teams. hl7.org/fhir/R4/careplan.html, careteam.html"""

from collections.abc import Sequence
from datetime import date

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role


def care_plan(
    chart: Chart, role: Role, title: str, since: date, *, activities: Sequence[str], until: date | None = None
) -> str:
    """A care or rehabilitation plan with its activities as text."""
    at = chart.at(since)
    fhir: dict = {
        "resourceType": "CarePlan",
        "id": chart.id(),
        "status": "completed" if until and until < chart.end else "active",
        "intent": "plan",
        "title": title,
        "subject": chart.subject,
        "period": {"start": since.isoformat(), **({"end": until.isoformat()} if until else {})},
        "created": at.isoformat(),
        "author": role.practitioner,
        "activity": [
            {"detail": {"status": "in-progress", "description": activity, "performer": [role.practitioner]}}
            for activity in activities
        ],
    }
    return chart.store(role, fhir, at=at)


def care_team(
    chart: Chart, role: Role, name: str, since: date, *, members: Sequence[Role], practice: bool = False
) -> str:
    """A named care team: gives its members a relation while it lasts (ACD-2); `practice`: the colleagues of `role` too."""
    at = chart.at(since)
    fhir = {
        "resourceType": "CareTeam",
        "id": chart.id(),
        "status": "active",
        "name": name,
        "subject": chart.subject,
        "period": {"start": since.isoformat()},
        "participant": [
            *({"member": one.practitioner, "onBehalfOf": one.organization} for one in members),
            *([{"member": role.members}] if practice else []),
        ],
        "managingOrganization": [role.organization],
    }
    return chart.store(role, fhir, at=at)
