"""How the two apps are registered: at this very server's address, at the Desk of one hospital (XCH-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from unidossier.actions.register_app import list_apps, register_app, suspend_app
from unidossier.demo.fill.ids import line_id, person_id
from unidossier.registry.smart_app import AppFacts
from unidossier.signin.gate_session import close_gate_session, open_gate_session

HOUSE, FUNCTION = "scheldedal", "security-officer"
OFFICER = f"{HOUSE}.governance.{FUNCTION}.1"
ROOM = UUID("0f5b8c8e-6f5a-4b57-9d0c-6d6f2b1f7a42")  # so that a second start finds the same apps
LOCAL = ("localhost", "127.0.0.1")
VITAL_SIGNS = "http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"


@dataclass(frozen=True, kw_only=True)
class DemoApp:
    """`query`: what it asks the API for, after the patient is known."""

    name: str
    about: str
    scopes: str
    query: str
    from_ward: bool


APPS: Mapping[str, DemoApp] = {
    "koortscurve": DemoApp(
        name="Koortscurve",
        about="Tekent de temperatuur van een opgenomen patiënt.",
        scopes=f"launch openid fhirUser patient/Patient.r patient/Encounter.r patient/Observation.rs?category={VITAL_SIGNS}",
        query="Observation?category=vital-signs&_sort=-date&_count=20",
        from_ward=True,
    ),
    "dagboek": DemoApp(
        name="Gezondheidsdagboek",
        about="Houdt uw metingen en allergieën bij de hand.",
        scopes="launch/patient openid fhirUser offline_access patient/Patient.r patient/AllergyIntolerance.rs patient/Observation.rs",
        query="AllergyIntolerance?_count=20",
        from_ward=False,
    ),
}


MOVED = "Geregistreerd op een adres dat deze server niet meer heeft."  # in the words of the house


def client_id(slug: str, *, origin: str) -> UUID:
    """Return the id of an app at this address: on another port it is another registration."""
    return uuid5(ROOM, f"{origin}/{slug}")


def addresses(slug: str, *, origin: str) -> tuple[str, ...]:
    """Return where its answers may go: on this machine alone, by both names that it has."""
    parts = urlsplit(origin)
    hosts = [parts.netloc]
    if parts.hostname in LOCAL:
        hosts = [name if parts.port is None else f"{name}:{parts.port}" for name in LOCAL]
    return tuple(f"{parts.scheme}://{host}/apps/{slug}/back" for host in hosts)


def register_demo_apps(*, origin: str) -> None:
    """Register both at every start; what an earlier start registered at another address is stopped."""
    employment = line_id("employment", OFFICER, HOUSE, FUNCTION)
    secret = open_gate_session(
        person_id(OFFICER), employment=employment, face="desk", purpose="governance", strong=True
    )
    there = {one["id"]: one for one in list_apps(secret)}
    wanted = {client_id(slug, origin=origin): slug for slug in APPS}
    for id_, slug in wanted.items():
        if id_ not in there:
            register_app(secret, id=id_, app=_facts(slug, origin=origin))
    ours = {app.name for app in APPS.values()}
    for id_, row in there.items():
        if id_ not in wanted and row["name"] in ours and row["suspended_at"] is None:
            suspend_app(secret, app=id_, stop=True, reason=MOVED)
    close_gate_session(secret)


def _facts(slug: str, *, origin: str) -> AppFacts:
    app = APPS[slug]
    return AppFacts(
        name=app.name,
        about=app.about,
        kind="public",
        scopes=app.scopes,
        redirect_uris=addresses(slug, origin=origin),
        launch_uri=addresses(slug, origin=origin)[0].replace("/back", "/launch") if app.from_ward else None,
    )
