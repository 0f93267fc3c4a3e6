"""The folder of one installation: its database, attachments, keys and logs.

Every folder that this module makes has mode 0700. A folder made by somebody else is never chmod-ed.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FOLDER_MODE = 0o700
SUBFOLDERS = ("pg", "run", "attachments", "keys", "logs")


class HomeNotOurs(Exception):
    """The folder of the installation belongs to another user of this machine."""


class HomeNotWritable(Exception):
    """The folder of the installation cannot be made or used."""


@dataclass(frozen=True)
class Home:
    """One installation's folder. Making the value touches no disk; `prepare` makes the folders."""

    path: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> Self:
        """Return the home: `given`, else UNIDOSSIER_HOME, else the user's data folder (XDG)."""
        named = given or os.environ.get("UNIDOSSIER_HOME")
        if named:
            return cls(Path(named).expanduser().resolve())
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return cls((Path(base) / "unidossier").resolve())

    @property
    def pg(self) -> Path:
        """The data folder of the embedded PostgreSQL."""
        return self.path / "pg"

    @property
    def run(self) -> Path:
        """Sockets and what dies with the processes."""
        return self.path / "run"

    @property
    def attachments(self) -> Path:
        """Encrypted attachments, see `unidossier.record.blobs`."""
        return self.path / "attachments"

    @property
    def keys(self) -> Path:
        """Random keys, see `unidossier.database.keys`."""
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        """Technical logs, no clinical content."""
        return self.path / "logs"

    @property
    def log_folder(self) -> Path:
        """The tree over the log, outside the database: tiles, checkpoints, verifier keys. UNIDOSSIER_LOG, default `log`."""
        return _elsewhere("UNIDOSSIER_LOG") or self.path / "log"

    @property
    def signing(self) -> Path:
        """The keys that sign the log, read by the sequencer alone. UNIDOSSIER_SIGNING, default `signing`."""
        return _elsewhere("UNIDOSSIER_SIGNING") or self.path / "signing"

    def prepare(self) -> Self:
        """Make the folders that are missing, mode 0700.

        Raises HomeNotOurs when another user owns the home, HomeNotWritable when it cannot be made.
        """
        try:
            own_folder(self.path)
            for name in SUBFOLDERS:
                if name != "pg":  # made by initdb, which wants it absent or empty
                    own_folder(self.path / name)
        except HomeNotOurs:
            raise
        except OSError as error:
            raise HomeNotWritable(
                f"The folder {self.path} cannot be used: {error.strerror}. "
                "Set UNIDOSSIER_HOME to a folder of your own."
            ) from error
        return self


def _elsewhere(variable: str) -> Path | None:
    named = os.environ.get(variable)
    return Path(named).expanduser().resolve() if named else None


def keep_closed() -> None:
    """From here on nobody else may read what this process makes, and what its children make."""
    os.umask(0o077)


def own_folder(path: Path) -> Path:
    """Make `path` with mode 0700, or check that it is ours already. Raises HomeNotOurs or OSError."""
    # only the last folder is ours: its parents keep the modes that the user's umask gives them
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        _check_ours(path)
        if not any(path.iterdir()):  # empty and ours: nobody relies on its mode yet
            path.chmod(FOLDER_MODE)
    return path


def _check_ours(path: Path) -> None:
    owner = path.stat().st_uid
    if owner != os.geteuid():
        raise HomeNotOurs(
            f"The folder {path} belongs to user {owner}, and you are user {os.geteuid()}. "
            "Run the command as that user, or set UNIDOSSIER_HOME to a folder of your own."
        )
