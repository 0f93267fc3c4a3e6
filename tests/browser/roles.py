"""Every person of the demonstration's cast, as the sign-in page of each language offers or accepts him."""

from unidossier.demo.cast import accounts

FACES = ("ward", "consult", "my", "desk")


def with_a_face() -> tuple[tuple[str, str, str], ...]:
    """Return (user name, face, language) of everybody who has a portal."""
    return tuple((one.username, one.face, one.language) for one in accounts() if one.face in FACES)
