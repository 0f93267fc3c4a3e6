"""Work for those who keep the log: another time of keeping that waits for a second person, and a legal hold (LOG-4)."""

from contextlib import suppress
from uuid import UUID, uuid5

from unidossier.actions.hold_entries import lay_hold
from unidossier.actions.keep_log import propose_setting
from unidossier.demo.fill.ids import patient_id
from unidossier.demo.rights.sessions import at_the_desk
from unidossier.demo.world import World
from unidossier.gate.door import ActRefused
from unidossier.signin.gate_session import close_gate_session

OFFICER = "scheldedal.governance.data-protection-officer.1"
ROOM = UUID("5d1f8a2e-6c1c-4a5c-9a3f-2f5b7f0f9d11")  # so that a second filling lays the same lines
HELD = "p-000002"


def fill_keeping(world: World) -> None:
    """Let it happen, once; a second call changes nothing."""
    post = next((one for one in world.employments if one.person == OFFICER), None)
    if post is None:
        return
    secret = at_the_desk(post)
    with suppress(ActRefused):
        propose_setting(
            secret,
            proposal=uuid5(ROOM, "ten years"),
            name="log.retention",
            value="10",
            expected="5",
            reason="Het ziekenhuis wil tien jaar kunnen antwoorden op vragen van patiënten.",
        )
    with suppress(ActRefused):
        lay_hold(
            secret,
            hold=uuid5(ROOM, "hold"),
            patient=patient_id(HELD),
            reason="Geschil voor de rechtbank: niets wissen voor het vonnis.",
        )
    close_gate_session(secret)
