"""Ask for another general practitioner of record (MY-12): a request that the registration desk settles."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.registry import desk, posts
from unidossier.registry import queries as registry


def show_wished(secret: bytes, *, patient: UUID, gp: UUID) -> tuple[Row, str, Row | None]:
    """Return the patient, the deciding rule, and the post of this general practitioner (registry.posts.posts); None when he holds none."""
    ask = Ask(verb="who-looked", patient=patient, detail={"page": "wished-gp", "person": str(gp)})
    granted = door.read(secret, ask, registry.patient(), posts.posts_of(gp))
    patients, held = granted.rows
    return patients[0], granted.rule, next((one for one in held if one["function"] == "gp"), None)


def ask_gp(secret: bytes, *, patient: UUID, request: UUID, gp: UUID) -> int:
    """Send the request; return the number of the task. `request` was made with the form: sent twice, it is one.

    Raises ActRefused (no-such-gp, is-the-gp, excluded, asked-already, no-desk) and the errors of gate.door.read.
    """
    ask = Ask(verb="ask-gp", patient=patient, detail={"request": str(request), "gp": str(gp)})
    return int(door.write(secret, ask, desk.act("ask_gp", made=request, gp=gp)).rows[0][0]["ask_gp"])


def refuse_gp(secret: bytes, *, patient: UUID, task: UUID, words: str) -> None:
    """The registration desk cannot do it: end the task with words that the patient reads.

    Raises ActRefused (no-such-task, done-already, text-missing) and the errors of gate.door.read.
    """
    ask = Ask(verb="register-rights", patient=patient, detail={"task": str(task)})
    door.write(secret, ask, desk.act("refuse_gp", task=task, words=words))
