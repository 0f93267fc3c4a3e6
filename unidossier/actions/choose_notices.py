"""How I want to be told, per kind (MY-13). Notices about who can see the record change their way, never their being told."""

from collections.abc import Mapping
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.notices import queries as notices


def choose_notices(secret: bytes, *, patient: UUID, ways: Mapping[str, str]) -> int:
    """Write {kind: mail, letter, portal}; return how many changed. The same again changes nothing.

    Raises ActRefused (security-kind: `portal` for what is about access; unknown-way) and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(verb="choose-notices", patient=patient, detail={"ways": dict(ways)}),
        notices.choose(ways),
    )
    return int(granted.rows[0][0]["changed"])
