"""Work for the Desk to see: a request for an overview, a relative after a death, a change of the function table that waits, and the signals of today."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from unidossier.actions.change_rights import propose_rights
from unidossier.actions.look_for_signals import list_signal_runs, look_for_signals
from unidossier.actions.open_request import open_request
from unidossier.actions.show_rights import show_rights
from unidossier.demo.fill.ids import line_id, patient_id
from unidossier.demo.rights.sessions import at_the_desk
from unidossier.demo.world import World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import Category
from unidossier.signin.gate_session import close_gate_session

OMBUDS = "scheldedal.governance.ombuds.1"
OFFICER = "scheldedal.governance.data-protection-officer.1"
SECOND_OFFICER = "aldegonde.governance.data-protection-officer.1"
ASKED = {
    "asker": "patient",
    "name": "",
    "contact": "",
    "channel": "telephone",
    "text": "Wie heeft mijn dossier geopend sinds mijn opname?",
}
RELATIVE = {
    "asker": "relative",
    "tie": "child",
    "name": "Els Maes",
    "contact": "els.maes@example.org",
    "channel": "letter",
    "text": "Ik wil weten of de aandoening erfelijk is, voor mijn kinderen.",
    "motivation": "Ik wil weten of de aandoening erfelijk is, voor mijn kinderen.",
}


def fill_oversight(world: World) -> None:
    """Let it happen, once; a second call changes nothing. After fill_snoopers, whom the review of the day finds."""
    posts = {one.person: one for one in world.employments}
    if OMBUDS in posts:
        _requests(world, at_the_desk(posts[OMBUDS]))
    for officer in (OFFICER, SECOND_OFFICER):
        if officer in posts:
            _signals(at_the_desk(posts[officer]))
    if SECOND_OFFICER in posts:
        _proposal(at_the_desk(posts[SECOND_OFFICER]))


def _requests(world: World, secret: bytes) -> None:
    _ask(secret, "p-000001", kind="overview", facts=ASKED)
    dead = next((one for one in world.patients if one.deceased_at and one.home == "scheldedal"), None)
    if dead:
        _ask(secret, dead.key, kind="relative", facts=RELATIVE)
    close_gate_session(secret)


def _ask(secret: bytes, patient: str, *, kind: str, facts: dict[str, str]) -> None:
    task = line_id("request", patient, kind)
    with suppress(
        AccessRefused, ActRefused
    ):  # a small world may lack the patient, or the hospital may not know him
        open_request(secret, patient=patient_id(patient), task=task, kind=kind, facts=facts)


def _signals(secret: bytes) -> None:
    if not list_signal_runs(secret):
        now = datetime.now(UTC)
        look_for_signals(secret, since=now - timedelta(days=1), until=now)
    close_gate_session(secret)


def _proposal(secret: bytes) -> None:
    """Another hospital's officer proposes: the officer of Scheldedal confirms or refuses."""
    change = {"function": "dietician", "action": "read", "category": int(Category.VACCINATION), "allow": True}
    with suppress(ActRefused):  # made and decided by an earlier filling
        propose_rights(
            secret,
            proposal=line_id("rights", "dietician"),
            base=show_rights().version,
            changes=[change],
            from_at=datetime.now(UTC),
            reason="Diëtisten volgen vaccinaties bij ondervoeding op",
        )
    close_gate_session(secret)
