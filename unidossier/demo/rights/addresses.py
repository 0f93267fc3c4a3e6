"""Addresses that notices may be sent to, as a security officer allowed them (T29). Nobody of this world listens there, so nobody subscribes."""

from contextlib import suppress
from uuid import UUID, uuid5

from unidossier.actions.allow_address import allow_address
from unidossier.demo.rights.sessions import at_the_desk
from unidossier.demo.world import World
from unidossier.gate.door import ActRefused
from unidossier.signin.gate_session import close_gate_session

OFFICER = "scheldedal.governance.security-officer.1"
ROOM = UUID("3a0c6f0e-8a52-4e7e-9d5c-1b7a4f4e0c29")  # so that a second filling allows the same ones
# address -> does it lie inside the house, and why it is there
ALLOWED = {
    "https://berichten.huisartspakket.example": (
        False,
        "Pakket van huisartsen in de regio: meldt nieuwe brieven. Gevraagd door dokter Wauters.",
    ),
    "http://laboserver.scheldedal.example:8080": (
        True,
        "Laboratoriumsysteem in ons eigen netwerk: wil weten wanneer een opname begint.",
    ),
}


def fill_addresses(world: World) -> None:
    """Allow them, once; a second call changes nothing."""
    post = next((one for one in world.employments if one.person == OFFICER), None)
    if post is None:
        return
    secret = at_the_desk(post)
    for address, (private, reason) in ALLOWED.items():
        with suppress(ActRefused):
            allow_address(
                secret, address=uuid5(ROOM, address), origin=address, private=private, reason=reason
            )
    close_gate_session(secret)
