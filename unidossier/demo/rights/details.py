"""A father who asks for another general practitioner for his child: the request waits at the registration desk (MY-12)."""

from contextlib import suppress

from unidossier.actions.ask_gp import ask_gp
from unidossier.demo.fill.ids import human_id, line_id, patient_id, person_id
from unidossier.demo.world import World
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.signin.gate_session import close_gate_session, open_gate_session

FATHER, CHILD, WISHED = "p-000010", "p-000007", "wilgen.practice.gp.2"


def fill_details(world: World) -> None:
    """Let him ask, once; a second call changes nothing. A small world may lack them."""
    if not {FATHER, CHILD} <= {one.key for one in world.patients}:
        return
    secret = open_gate_session(
        human_id(FATHER), employment=None, face="my", purpose="own", strong=True, represents=True
    )
    with suppress(AccessRefused, ActRefused):  # asked, or settled, since an earlier filling
        ask_gp(
            secret,
            patient=patient_id(CHILD),
            request=line_id("wish", CHILD, WISHED),
            gp=person_id(WISHED),
        )
    close_gate_session(secret)
