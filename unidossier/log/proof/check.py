"""Check a bundle: signatures, growth from one checkpoint to the next, each entry's place, each opened field. No input or output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unidossier.log.proof.bundle import Bundle, Proven, Section
from unidossier.log.proof.entry import FieldFalse
from unidossier.log.tree.merkle import ProofRefused, check_consistency, check_inclusion
from unidossier.log.tree.note import COSIGNATURE, ED25519, Note, NotSigned, Verifier


class ProofFalse(Exception):
    """Something in the bundle is not as the log has it: the first bad thing, named."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What the reader trusts, from elsewhere than the bundle. None: the keys that the bundle itself names.

    `need`: how many cosignatures each checkpoint must have, of different witnesses.
    """

    keys: tuple[Verifier, ...] | None = None
    witnesses: tuple[Verifier, ...] | None = None
    need: int = 0


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who signed a checkpoint, and which witnesses saw it when (POSIX seconds)."""

    by: Verifier
    seen: tuple[tuple[Verifier, int], ...]


def signed_section(section: Section, trust: Trust) -> Signed:
    """Check the signatures of a checkpoint. Raises ProofFalse."""
    return Signed(
        by=signer_of(section.note, section.keys if trust.keys is None else trust.keys),
        seen=witnesses_of(
            section.note, section.witnesses if trust.witnesses is None else trust.witnesses, need=trust.need
        ),
    )


def signer_of(note: Note, keys: Sequence[Verifier]) -> Verifier:
    """Return the key that signed the checkpoint of a log; a key signs for the logs below its name. Raises ProofFalse."""
    origin = note.text.split("\n", 1)[0]
    for key in keys:
        if key.kind == ED25519 and (origin == key.name or origin.startswith(f"{key.name}/")):
            try:
                note.signed_at(key)
            except NotSigned:
                continue
            return key
    raise ProofFalse(f"the checkpoint of {origin} is not signed by a key of this log")


def witnesses_of(
    note: Note, witnesses: Sequence[Verifier], *, need: int = 0
) -> tuple[tuple[Verifier, int], ...]:
    """Return the witnesses that cosigned, with the time of each. Raises ProofFalse when they are fewer than `need`."""
    seen: dict[bytes, tuple[Verifier, int]] = {}
    for one in witnesses:
        if one.kind == COSIGNATURE:
            try:
                seen[one.public] = (one, note.signed_at(one))
            except NotSigned:
                continue
    if len(seen) < need:
        raise ProofFalse(
            f"{len(seen)} witnesses have cosigned the checkpoint, and {need} are needed; new entries wait some minutes for theirs"
        )
    return tuple(seen.values())


def check_growth(bundle: Bundle) -> None:
    """Check that each checkpoint extends the one before of the same log. Raises ProofFalse."""
    newest: dict[str, Section] = {}
    for section in bundle.sections:
        now = section.checkpoint
        if now.origin in newest and section.extends is not None:
            before = newest[now.origin].checkpoint
            try:
                check_consistency(
                    section.extends, old=before.size, old_root=before.root, new=now.size, new_root=now.root
                )
            except ProofRefused as fault:
                raise ProofFalse(
                    f"{now.origin}: the checkpoint of size {now.size} does not extend that of size {before.size}: {fault}"
                ) from fault
        newest[now.origin] = section


def check_entry(one: Proven, section: Section) -> None:
    """Check the place of an entry in the tree and its opened fields. Raises ProofFalse, naming the position."""
    checkpoint = section.checkpoint
    try:
        check_inclusion(one.leaf, one.path, position=one.position, size=checkpoint.size, root=checkpoint.root)
        if one.entry is not None:
            one.entry.check()
    except (ProofRefused, FieldFalse) as fault:
        number = f" (entry {one.entry.number})" if one.entry else ""
        raise ProofFalse(f"{checkpoint.origin}, position {one.position}{number}: {fault}") from fault


def checked(bundle: Bundle, trust: Trust) -> Iterator[tuple[Section, Signed]]:
    """Yield each section as soon as its signatures are good; check growth first. Raises ProofFalse."""
    check_growth(bundle)
    for section in bundle.sections:
        yield section, signed_section(section, trust)
