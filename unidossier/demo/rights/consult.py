"""Carers outside at work: links and requests that wait, one claimed form, one applicant for an account (CON-2, CON-5, CON-6, CON-9)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from unidossier.actions.ask_access import ask_access
from unidossier.actions.claim_consent import claim_consent
from unidossier.actions.declare_consent import declare_consent
from unidossier.actions.list_links import list_links
from unidossier.actions.make_link import Contact, make_link
from unidossier.actions.register_for_consult import Application, register_for_consult
from unidossier.demo.fill.ids import institution_id, line_id, patient_id, person_id
from unidossier.demo.world import World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.brussels import BRUSSELS
from unidossier.kernel.nihdi import Nihdi, check_digits
from unidossier.kernel.scan import Scan
from unidossier.kernel.ssin import Ssin
from unidossier.kernel.ssin import check_digits as ssin_check
from unidossier.relations.consent_form import Parties, consent_form
from unidossier.signin.gate_session import close_gate_session, open_gate_session

GP, NURSE, PHYSIOTHERAPIST = (
    "wilgen.practice.gp.1",
    "soleil.practice.nurse.1",
    "beweging.practice.physiotherapist.1",
)
GERMAN_GP, DIRECTOR = "markt.practice.gp.1", "aldegonde.governance.medical-director.1"
CLAIMED = "p-000033"


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A link by national number; `patient` None: a number that nobody here has."""

    carer: str
    patient: str | None
    language: str
    signed: bool


LINKS = (
    Linked(carer=GP, patient="p-000030", language="de", signed=False),
    Linked(carer=GP, patient=None, language="nl", signed=True),
    Linked(carer=NURSE, patient="p-000003", language="fr", signed=True),
    Linked(carer=GERMAN_GP, patient=CLAIMED, language="fr", signed=True),
)
ASKED = (PHYSIOTHERAPIST, "p-000001", "Kinesitherapie aan huis; graag de verslagen en de medicatie")
NOBODY = ("Jozef Maes", "620215998" + ssin_check("620215998", century=1900))


def fill_consult(world: World) -> None:
    """Let it happen, once; a second call changes nothing. Patients that a small world lacks are left out."""
    known = {one.key: one for one in world.patients}
    today = datetime.now(BRUSSELS).date()
    for one in LINKS:
        if one.patient is None:
            name, digits = NOBODY
        elif one.patient in known:
            name, digits = known[one.patient].name, known[one.patient].ssin or ""
        else:
            continue
        _link(world, one, name=name, digits=digits, today=today)
    carer, patient, reason = ASKED
    if patient in known:
        secret = _session(world, carer)
        with suppress(ActRefused):  # under way since an earlier filling
            ask_access(
                secret,
                attempt=line_id("attempt", carer, patient),
                number=Ssin.parse(known[patient].ssin or ""),
                name=known[patient].name,
                reason=reason,
            )
        close_gate_session(secret)
    if CLAIMED in known:
        _claim(world)
    _apply()


def _session(world: World, key: str, *, face: str = "consult", purpose: str = "care") -> bytes:
    post = next(one for one in world.employments if one.person == key)
    employment = line_id("employment", post.person, post.institution, post.function)
    return open_gate_session(person_id(key), employment=employment, face=face, purpose=purpose, strong=True)


def _link(world: World, one: Linked, *, name: str, digits: str, today: date) -> None:
    attempt: UUID = line_id("attempt", one.carer, one.patient or "nobody")
    contact = Contact(number=Ssin.parse(digits), name=name, language=one.language, on=today, informed=True)
    secret = _session(world, one.carer)
    with suppress(ActRefused):  # under way since an earlier filling
        make_link(secret, attempt=attempt, contact=contact)
        if one.signed:
            declare_consent(secret, attempt=attempt, signed=today)
    close_gate_session(secret)


def _claim(world: World) -> None:
    patient = patient_id(CLAIMED)
    secret = _session(world, DIRECTOR, face="desk", purpose="governance")
    with suppress(ActRefused, AccessRefused):  # claimed, or judged, by somebody who tried the demonstration
        _patient, links = list_links(secret, patient=patient)
        signed = [
            row for row in links if row["state"] == "in-force" and row["person"] == _name(world, GERMAN_GP)
        ]
        for row in signed:
            claim_consent(
                secret, patient=patient, relation=row["id"], reason="Steekproef / contrôle par sondage"
            )
    close_gate_session(secret)


def _name(world: World, key: str) -> str:
    person = next(one for one in world.persons if one.key == key)
    return f"{person.given} {person.family}"


def _apply() -> None:
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    paper = consent_form("nl", parties=Parties(carer="Noor Vandamme", practice="Kine De Brug"), at=at)
    register_for_consult(
        line_id("applicant", "noor.vandamme"),
        application=Application(
            family="Vandamme",
            given="Noor",
            function="physiotherapist",
            nihdi=Nihdi.parse("599071" + check_digits("599071") + "527"),
            practice="Kine De Brug",
            address="Brugstraat 4, 9000 Gent",
            email="noor.vandamme@debrug.example",
            language="nl",
            institution=institution_id("scheldedal"),
        ),
        proof=Scan.read(paper, name="visum.pdf"),
        origin="the demonstration",
    )
