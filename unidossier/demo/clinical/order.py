"""Orders and referrals: the work that gives the performing service its relation (ACD-2)."""

from datetime import datetime, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.when import instant

# Orders older than this say nothing any more that their result does not say.
_TOLD_DAYS = 120
_KIND = {"laboratory": ("108252007", "Laboratory procedure"), "imaging": ("363679005", "Imaging"),
         "referral": ("3457005", "Patient referral"), "therapy": ("91251008", "Physiotherapy"),
         "nursing": ("9632001", "Nursing procedure")}  # fmt: skip


def order(
    chart: Chart, role: Role, *, service: Role, kind: str, text: str, at: datetime, status: str = "completed", note: str = "",
) -> str | None:  # fmt: skip
    """Record a ServiceRequest of `role` to the team of `service`; None when it is too old to be told.

    `at` is when it is carried out; it is asked for one to three days before.
    """
    if at < instant(chart.today) - timedelta(days=_TOLD_DAYS):
        return None
    asked = at - timedelta(days=chart.rng.randint(0, 3), minutes=chart.rng.randint(40, 200))
    snomed, display = _KIND[kind]
    fhir: dict = {
        "resourceType": "ServiceRequest",
        "id": chart.id(),
        "status": status,
        "intent": "order",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": snomed, "display": display}]}],
        "code": {"text": text},
        "subject": chart.subject,
        "occurrenceDateTime": at.isoformat(),
        "authoredOn": asked.isoformat(),
        "requester": role.practitioner,
        "performer": [service.service, service.practitioner],
    }
    if note:
        fhir["note"] = [{"text": note}]
    return chart.store(role, fhir, at=asked)
