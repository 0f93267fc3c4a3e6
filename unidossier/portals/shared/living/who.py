"""The frames, banners and relations of the living page. Everybody is invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from unidossier.portals.shared.components.banner import PatientBanner, WhyIn
from unidossier.portals.shared.components.relation import Relation
from unidossier.portals.shared.components.shell import Entry, Face, Shell, SignedIn

AT = datetime(2026, 11, 18, 10, 20, tzinfo=ZoneInfo("Europe/Brussels"))
HERE = "#"

PEOPLE = {
    "ward": SignedIn(
        name="Dr Lieve Verbruggen", function="Specialist", institution="UZ Scheldeland", initials="LV"
    ),
    "consult": SignedIn(
        name="Dr Benoît Lacroix",
        function="General practitioner",
        institution="Maison médicale",
        initials="BL",
    ),
    "my": SignedIn(name="Anna Peeters", function="Patient", initials="AP"),
    "open": None,
}
MENUS = {
    "ward": (
        Entry(label="My patients", href=HERE, is_here=True, count=24),
        Entry(label="Agenda", href=HERE),
    ),
    "consult": (Entry(label="My patients", href=HERE, is_here=True, count=112),),
    "my": (
        Entry(label="Home", href=HERE, is_here=True),
        Entry(label="My record", href=HERE),
        Entry(label="Who looked", href=HERE),
        Entry(label="Access", href=HERE),
    ),
    "open": (),
}


def shell(face: Face, *, theme: str = "auto", density: str = "") -> Shell:
    """The frame of one face, in the density that face begins with unless another is named."""
    return Shell(
        face=face,
        home_href=HERE,
        who=PEOPLE[face],
        nav=MENUS[face],
        theme=theme,  # type: ignore[arg-type]
        density=density or ("reading" if face == "my" else "work"),  # type: ignore[arg-type]
        search_href=HERE if face in ("ward", "consult") else "",
        preferences_href="/design/preferences",
    )


STAY = WhyIn(kind="relation", text="Stay, Cardiology", until=AT + timedelta(days=114))
GLASS = WhyIn(
    kind="glass", text="Unconscious patient, brought in by ambulance", minutes_left=671, end_href=HERE
)
OWN = WhyIn(kind="own", text="Your own record")
FOR_CHILD = WhyIn(
    kind="representative", text="You act for Noor, your daughter", until=AT + timedelta(days=900)
)

BANNER = PatientBanner(
    family="Peeters",
    given="Anna Maria",
    birth_date=date(1951, 4, 12),
    age="75 y",
    sex="F",
    number="51.04.12-994.36",
    initials="AP",
    href=HERE,
    allergies=("penicillin", "iodine contrast"),
    why=STAY,
)


def banner(**changes: object) -> PatientBanner:
    """The same patient in another state."""
    values = {name: getattr(BANNER, name) for name in BANNER.__dataclass_fields__}
    return PatientBanner(**(values | changes))  # type: ignore[arg-type]


def relation(name: str, why: str, *, days: int | None, of: int = 365, **more: object) -> Relation:
    """A relation that ends in `days` of `of` days; None: does not end by itself."""
    until = None if days is None else AT + timedelta(days=days)
    since = AT - timedelta(days=of - (days or 0))
    return Relation(name=name, why=why, at=AT, since=since, until=until, **more)  # type: ignore[arg-type]


TREATS = (
    relation("Dr B. Lacroix", "GP", days=290),
    relation("Cardiology 3B", "stay", days=114, of=120, kind="team"),
    relation("Wit-Gele Zorg", "home nursing", days=12, kind="team"),
    relation("Dr T. Maes", "referral", days=41, of=92),
)
ACCESS = (
    {
        "title": "Carers",
        "relations": (
            relation(
                "Dr Benoît Lacroix",
                "Your general practitioner",
                days=290,
                function="General practitioner",
                institution="Maison médicale des Tilleuls",
                proof="Confirmed at a visit on 4 September 2026",
                withdraw_href=HERE,
            ),
            relation(
                "Dr Tom Maes",
                "You were referred to him",
                days=12,
                of=92,
                function="Specialist",
                institution="Reha Zenne",
                proof="Referral of 21 August 2026",
                withdraw_href=HERE,
            ),
        ),
    },
    {
        "title": "Teams",
        "relations": (
            relation(
                "Cardiology 3B",
                "You are staying there now",
                days=114,
                of=120,
                institution="UZ Scheldeland",
                proof="Admission of 12 November 2026",
                kind="team",
                withdraw_href=HERE,
            ),
            relation(
                "Home nursing Wit-Gele Zorg",
                "Waits for your signature",
                days=365,
                proof="Form printed on 16 November 2026",
                kind="team",
                is_pending=True,
                withdraw_href=HERE,
            ),
        ),
    },
)
