"""The keys that sign the log: Ed25519, made at the first start, in a folder of their own, outside the database.

<home>/signing/name        the name of this log's signatures, of all years
<home>/signing/periods     a line a key: id, from when, until when (`-`: without end)
<home>/signing/<id>.key    PRIVATE+KEY+<name>+<id>+<key>, as signed notes write it
<home>/signing/lost        other halves of keys that were lost: they are believed for what they signed, and sign no more
<home>/log/keys            the other halves, for everybody: comment lines begin with `#`
"""

import base64
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from unidossier.database.home import Home, own_folder
from unidossier.log.tree.note import ED25519, Note, NotSigned, Signer, Verifier
from unidossier.log.tree.tiles import write_durably

NAME, PERIODS, LOST, PUBLISHED = "name", "periods", "lost", "keys"
OVERLAP = timedelta(days=30)
HEADING = "# Keys of this log. A checkpoint is good when one of them has signed it; those with an end sign no more after it.\n"


class SigningKeyMissing(Exception):
    """The log was signed before, and the key is gone: a new one in its place would not be believed."""


class SigningKeyExposed(Exception):
    """Others than the owner may read a signing key."""


@dataclass(frozen=True)
class SigningKey:
    """A key with its period; `until` None: without end."""

    signer: Signer
    begins: datetime
    until: datetime | None

    def signs(self, at: datetime) -> bool:
        """Tell whether it signs at this instant."""
        return self.begins <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class SigningKeys:
    """Every key that this installation has, oldest first."""

    name: str
    keys: tuple[SigningKey, ...]
    lost: tuple[Verifier, ...] = ()

    def signers(self, at: datetime) -> tuple[Signer, ...]:
        """Return who signs at this instant; two during the overlap of a rotation. Never nobody, whatever the clock says."""
        return tuple(key.signer for key in self.keys if key.signs(at)) or (self.keys[-1].signer,)

    def signed(self, note: Note) -> bool:
        """Tell whether one of the keys has signed the note."""
        for verifier in (*(key.signer.verifier for key in self.keys), *self.lost):
            try:
                note.signed_at(verifier)
            except NotSigned:
                continue
            return True
        return False


def open_keys(home: Home) -> SigningKeys:
    """Return the keys, the first one made when there never was any. Raises SigningKeyMissing, SigningKeyExposed."""
    folder = own_folder(home.signing)
    if not (folder / PERIODS).exists():
        if published(home):
            raise SigningKeyMissing(
                f"The keys that signed the log are gone from {folder}. Put them back from a backup. If there is none: "
                "unidossier log rotate-key --lost, and tell the witnesses the new key."
            )
        _add_key(folder, name=_name_of(folder), now=datetime.now(UTC), overlap=OVERLAP)
    return _read(folder)


def rotate(home: Home, *, overlap: timedelta, now: datetime, lost: bool = False) -> Verifier:
    """Make a new key; the present ones go on signing beside it for `overlap`. Returns its other half.

    `lost`: there are no present ones any more. Raises what `open_keys` raises.
    """
    folder = own_folder(home.signing)
    if lost:
        gone = dict.fromkeys((*_lost(folder), *published(home)))
        _write_closed(folder / LOST, "".join(f"{verifier}\n" for verifier in gone))
    else:
        open_keys(home)
    return _add_key(folder, name=_name_of(folder, known=published(home)), now=now, overlap=overlap)


def changed_at(home: Home) -> int:
    """Return when the keys were last changed, as nanoseconds; to be compared alone."""
    return (home.signing / PERIODS).stat().st_mtime_ns


def published(home: Home) -> tuple[Verifier, ...]:
    """Return the keys that everybody may read, those of earlier times included. Raises NoteUnreadable."""
    return _verifiers(home.log_folder / PUBLISHED)


def publish(home: Home, keys: SigningKeys) -> tuple[Verifier, ...]:
    """Write the other halves beside the log; return those that are new there. One that is gone from us stays written."""
    before = published(home)
    ours = {key.signer.verifier: key for key in keys.keys}
    text = HEADING
    for verifier in dict.fromkeys((*before, *ours)):
        key = ours.get(verifier)
        period = f"from {_told(key.begins)} until {_told(key.until)}" if key else "lost"
        text += f"# {period}\n{verifier}\n"
    path = home.log_folder / PUBLISHED
    if not path.exists() or path.read_text() != text:
        write_durably(path, text.encode())
    return tuple(verifier for verifier in ours if verifier not in before)


def _add_key(folder: Path, *, name: str, now: datetime, overlap: timedelta) -> Verifier:
    private = Ed25519PrivateKey.generate()
    if not name:
        name = f"unidossier-{private.public_key().public_bytes_raw()[:4].hex()}/log"
    signer = Signer(name, ED25519, private)
    told_id = signer.verifier.key_id.hex()
    content = base64.b64encode(bytes([ED25519]) + private.private_bytes_raw()).decode()
    _write_closed(folder / f"{told_id}.key", f"PRIVATE+KEY+{name}+{told_id}+{content}\n")
    _write_closed(folder / NAME, f"{name}\n")
    lines = []
    for one, begins, until in _periods(folder):
        ends = min(until, now + overlap) if until else now + overlap
        lines.append(f"{one} {_told(begins)} {_told(ends)}\n")
    _write_closed(folder / PERIODS, "".join([*lines, f"{told_id} {_told(now)} -\n"]))
    return signer.verifier


def _name_of(folder: Path, *, known: tuple[Verifier, ...] = ()) -> str:
    # the name stays for ever: witnesses know the log by it
    if (folder / NAME).exists():
        return (folder / NAME).read_text().strip()
    if known:
        return known[-1].name
    named = os.environ.get("UNIDOSSIER_LOG_NAME", "").strip()
    return f"{named}/log" if named else ""


def _read(folder: Path) -> SigningKeys:
    keys = tuple(
        SigningKey(_read_key(folder / f"{one}.key"), begins, until) for one, begins, until in _periods(folder)
    )
    return SigningKeys((folder / NAME).read_text().strip(), keys, _lost(folder))


def _lost(folder: Path) -> tuple[Verifier, ...]:
    return _verifiers(folder / LOST)


def _verifiers(path: Path) -> tuple[Verifier, ...]:
    if not path.exists():
        return ()
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return tuple(Verifier.parse(line) for line in lines)


def _read_key(path: Path) -> Signer:
    if not path.exists():
        raise SigningKeyMissing(f"The signing key {path} is gone. Put it back from a backup.")
    if path.stat().st_mode & 0o077:
        raise SigningKeyExposed(
            f"Others may read the signing key {path}. Do: chmod 600 {path}, then unidossier log rotate-key --overlap-days 0"
        )
    _, _, name, _, content = path.read_text().strip().split("+", 4)
    return Signer(name, ED25519, Ed25519PrivateKey.from_private_bytes(base64.b64decode(content)[1:]))


def _periods(folder: Path) -> list[tuple[str, datetime, datetime | None]]:
    path = folder / PERIODS
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [
        (one, datetime.fromisoformat(begins), None if until == "-" else datetime.fromisoformat(until))
        for one, begins, until in lines
    ]


def _told(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else "-"


def _write_closed(path: Path, text: str) -> None:
    before = os.umask(0o077)
    try:
        write_durably(path, text.encode())
    finally:
        os.umask(before)
