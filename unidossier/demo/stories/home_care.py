"""Care at home after a stay: practitioner, nurse, physiotherapist and pharmacist, each in the care team of his practice."""

from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.order import order
from unidossier.demo.clinical.plan import care_team
from unidossier.demo.when import instant

_NURSES = {"nl": "zonneroute", "fr": "soleil"}
_TEAM = {"nl": "Thuiszorgteam", "fr": "Équipe de soins à domicile", "de": "Häusliche Pflege"}
_PHARMACIST = "Huisapotheker"  # whom a patient chooses to keep his medication scheme
_REQUEST = {"nl": "Wondzorg aan huis", "fr": "Soins de plaie à domicile", "de": "Wundpflege zu Hause"}
_THERAPY = {"nl": "Kinesitherapie", "fr": "Kinésithérapie", "de": "Physiotherapie"}


def home_care(chart: Chart, since: date, *, wound: dict[str, str]) -> None:
    """Wound care three times in the first week and physiotherapy; where no home nurses exist, the practitioner alone."""
    gp = chart.gp()
    practice = _NURSES.get(chart.patient.language)
    if gp is None or practice is None or chart.patient.deceased_at:
        return
    nurse = chart.role("practice", function="nurse", institution=practice)
    physio = chart.role("practice", function="physiotherapist", institution="beweging")
    members = [gp, nurse] + ([physio] if chart.patient.language == "nl" else [])
    # a practice names its own people alone: each registers that it takes part (ACD-2)
    for member in members:
        care_team(chart, member, _TEAM[member.language], since, members=[member], practice=True)
    if chart.patient.language == "nl":
        pharmacist = chart.role("practice", function="pharmacist-public", institution="vijzel")
        care_team(chart, pharmacist, _PHARMACIST, since, members=[pharmacist])
    order(
        chart,
        gp,
        service=nurse,
        kind="nursing",
        text=_REQUEST[gp.language],
        at=instant(since, 10),
        status="active",
    )
    if physio in members:
        order(
            chart,
            gp,
            service=physio,
            kind="therapy",
            text=_THERAPY[gp.language],
            at=instant(since, 11),
            status="active",
        )
    for number in range(4):
        day = since + timedelta(days=1 + 2 * number)
        if day < chart.today:
            document(
                chart, nurse, "nursing", "wound", day, place=wound[nurse.language], pain=max(3 - number, 0)
            )
    for week in range(1, 4):
        day = since + timedelta(days=7 * week)
        if physio in members and day < chart.today:
            document(
                chart,
                physio,
                "hip_fracture",
                "rehabilitation",
                day,
                week=week,
                steps=150 + 60 * week,
                force=4,
                pain=1,
            )
