"""The registration desk changes who a patient is: a new one, identity and contact, numbers over time (REC-8, MY-12)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask
from unidossier.kernel.sortkey import name_key
from unidossier.registry import desk


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What the form holds; `birth_date` is ISO or '', `sex` of FHIR or '', `language` fr, nl, de or en."""

    family: str
    given: str
    birth_date: str = ""
    sex: str = ""
    language: str = "nl"
    address: str = ""
    phone: str = ""
    email: str = ""
    emergency: str = ""

    def fields(self) -> dict[str, str]:
        """The fields as the database keeps them, without blanks around, and the key to sort by."""
        told = {name: value.strip() for name, value in asdict(self).items()}
        return told | {"sort_key": name_key(told["family"], given=told["given"])}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number of a patient: `system` of kernel/identifiers.py; `local`: of this institution alone."""

    system: str
    value: str
    local: bool = False


def register_new_patient(
    secret: bytes, *, patient: UUID, identity: Identity, numbers: Sequence[Number] = ()
) -> UUID:
    """Make a patient with the id of the form; the same form twice makes him once.

    Raises ActRefused: number-taken, family-missing, given-missing, birth-in-future, birth-too-early, sex-unknown, language-unknown;
    AccessRefused when the function may not register; SessionEnded.
    """
    rows = door.call(
        desk.act(
            "register_new",
            secret=secret,
            made=patient,
            identity=identity.fields(),
            numbers=[asdict(one) for one in numbers],
        )
    )
    made = rows[0]["register_new"]
    if made is None:
        raise AccessRefused("ACS-1.function")
    return made


def change_identity(secret: bytes, *, patient: UUID, shown: Identity, wanted: Identity, reason: str) -> int:
    """Change what differs between `shown` (as on the form) and `wanted`; return how many fields changed.

    Raises ActRefused: changed-meanwhile, nothing-changed, reason-missing, and those of register_new_patient; errors of gate.door.read.
    """
    query = desk.act("change_identity", shown=shown.fields(), wanted=wanted.fields(), reason=reason)
    granted = door.write(secret, Ask(verb="register-identity", patient=patient), query)
    return granted.rows[0][0]["change_identity"]


def add_number(secret: bytes, *, patient: UUID, number: Number, reason: str) -> None:
    """Give a patient one more number. Raises ActRefused: number-taken, reason-missing; errors of gate.door.read."""
    query = desk.act(
        "add_number", system=number.system, value=number.value, local=number.local, reason=reason
    )
    door.write(secret, Ask(verb="register-identity", patient=patient), query)


def close_number(secret: bytes, *, patient: UUID, number: Number, reason: str) -> None:
    """End a number: it finds the patient no more. Raises ActRefused: no-such-number, reason-missing; errors of gate.door.read."""
    query = desk.act("close_number", system=number.system, value=number.value, reason=reason)
    door.write(secret, Ask(verb="register-identity", patient=patient), query)
