"""One whole proof on one site: plant, let the cast ask for everything, judge."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import psycopg
from psycopg.types.json import Jsonb

from tests.browser.site import Site
from tests.canary.ask import Asker, TokenHolder
from tests.canary.clock import Timed, timed
from tests.canary.plant import plant
from tests.canary.routes import Route, api_routes, portal_routes
from tests.canary.seed import Garden, Member, Planted
from tests.canary.survey import FACES, LANGUAGE, Depth, Findings, Survey
from tests.canary.survey_api import BY_AN_APP, ApiSurvey, Reach
from tests.gate.signing import sign_session
from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
from unidossier.kernel.uuid7 import new_id

TYPES = ("Patient", "DiagnosticReport", "Observation")
SCOPED_TO = "AllergyIntolerance"  # none is planted


@dataclass
class Proof:
    """What is known of one site, and what was found in it."""

    site: Site
    planted: Planted
    cast: list[Member]
    routes: list[Route]
    findings: Findings = field(default_factory=Findings)
    uneven: list[Timed] = field(default_factory=list)
    timed: list[Timed] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, site: Site) -> "Proof":
        """Plant the canaries."""
        garden = Garden(site)
        cast = garden.cast
        garden.close()
        return cls(site, plant(site), cast, portal_routes())

    def survey(
        self, usernames: Iterable[str], *, depth: Depth, told: Callable[[str], None] = lambda line: None
    ) -> None:
        """Let these people ask."""
        chosen = set(usernames)
        for member in (one for one in self.cast if one.username in chosen and one.face in FACES):
            asker = Asker(self.site.address, member.username, LANGUAGE)
            try:
                Survey(member, asker, self.planted, self.findings, depth).run(self.routes)
            finally:
                asker.close()
            self.asked.add(member.username)
            told(
                f"{member.username}: {self.findings.answers} answers, {len(self.findings.leaks(self.planted))} leaks"
            )

    def survey_api(
        self,
        usernames: Iterable[str],
        *,
        methods: tuple[str, ...],
        reach: Reach | None = None,
        scoped: bool = False,
    ) -> None:
        """Let the tokens of these people ask; `scoped`: those of an app of theirs whose scopes name nothing that was planted."""
        chosen = set(usernames)
        for member in (one for one in self.cast if one.username in chosen):
            secret = token(self.site, member)
            if scoped:
                member = replace(member, username=f"{member.username}{BY_AN_APP}")
                narrow(self.site, self.planted, secret)
            holder = TokenHolder(self.site.address, secret)
            try:
                survey = ApiSurvey(member, holder, self.planted, self.findings, reach or Reach())
                survey.run(api_routes(), TYPES, methods=methods)
            finally:
                holder.close()

    def clock(self, usernames: Iterable[str], *, rounds: int, routes: int) -> None:
        """Time what these people are refused; what is uneven is timed again, longer."""
        chosen = set(usernames)
        for member in (one for one in self.cast if one.username in chosen):
            asker = Asker(self.site.address, member.username, LANGUAGE)
            closed = {
                why: str(one)
                for why, one in self.planted.patients.items()
                if member.username in self.planted.closed_to[one]
            }
            for address in self._of_one_patient(member.face)[:routes]:
                found = timed(asker, address, closed, rounds=rounds)
                found = found if found.is_even() else timed(asker, address, closed, rounds=3 * rounds)
                self.timed.append(found)
                if not found.is_even():
                    self.uneven.append(found)
            asker.close()

    def _of_one_patient(self, face: str) -> list[str]:
        return [
            next(one.filled({"uuid": ["{}"]}))
            for one in self.routes
            if one.face == face and [name for _, name in one.parameters] == ["patient"]
        ]

    def twins_missing(self) -> list[str]:
        return self.findings.not_found(self.planted, asked=self.asked)

    def leaks(self) -> list[str]:
        return self.findings.leaks(self.planted)


def narrow(site: Site, planted: Planted, secret: str) -> None:
    """Make the session that of an app which may read and search allergies alone, of whomever the person may."""
    garden = Garden(site)
    garden.planted = planted
    app, everything = new_id(), (1 << 21) - 1
    garden.insert(
        "gate.app",
        id=app,
        name="Canary",
        institution_id=garden.house("aldegonde"),
        kind="public",
        redirect_uris=["https://canary.example/back"],
        scopes=f"user/{SCOPED_TO}.rs patient/{SCOPED_TO}.rs",
        registered_by="canary",
    )
    may = {letter: {SCOPED_TO: everything} for letter in "rs"}
    garden.ask(
        "UPDATE gate.session SET app_id = %s, app_name = 'Canary', app_scope = '', app_opens = %s WHERE secret_hash = sha256(%s)",
        app,
        Jsonb({"user": may, "patient": may, "system": may}),
        bytes.fromhex(secret),
    )
    garden.close()


def token(site: Site, member: Member) -> str:
    """Open a session at the API, signed with the key of this installation, as its own command does."""
    home = Home(site.home)
    [(employment,)] = site.ask(
        "SELECT (SELECT id FROM registry.employment WHERE person_id = %s ORDER BY from_at LIMIT 1)",
        member.person,
    )
    purpose = {"machine": "exchange", "patient": "own", "representative": "own"}.get(member.function, "care")
    claims = {
        "person": member.person,
        "employment": employment,
        "face": "api",
        "purpose": purpose,
        "representative": member.function == "representative",
        "idle_s": 3600,
    }
    secret, text, mac = sign_session(claims, key=(home.keys / "gate-hmac").read_bytes())
    dsn = EmbeddedServer(home).dsn("unidossier_app", DATABASE)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT gate.open_session(%s, %s)", (text, mac))
    return secret.hex()
