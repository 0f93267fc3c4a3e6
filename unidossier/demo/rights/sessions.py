"""Sessions of the cast, by which the demonstration does what people do."""

from unidossier.demo.fill.ids import human_id, line_id, person_id
from unidossier.demo.world import Employment
from unidossier.signin.gate_session import open_gate_session


def at_the_desk(post: Employment) -> bytes:
    """Return the secret of a session of this employment at the Desk."""
    return _at(post, face="desk", purpose="governance")


def on_the_ward(post: Employment) -> bytes:
    """Return the secret of a session of this employment on Ward, for care."""
    return _at(post, face="ward", purpose="care")


def of_the_patient(key: str) -> bytes:
    """Return the secret of a patient's own session on My."""
    return open_gate_session(human_id(key), employment=None, face="my", purpose="own", strong=True)


def _at(post: Employment, *, face: str, purpose: str) -> bytes:
    employment = line_id("employment", post.person, post.institution, post.function)
    return open_gate_session(
        person_id(post.person), employment=employment, face=face, purpose=purpose, strong=True
    )
