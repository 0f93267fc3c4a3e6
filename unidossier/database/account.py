"""The account that runs PostgreSQL, which refuses to run as root: root hands it to an unprivileged one."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# `nobody` comes last: other services of the machine may run under it
CANDIDATES = ("unidossier", "postgres", "nobody")


class NoDatabaseAccount(Exception):
    """We are root, and there is no unprivileged account to run the database."""


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """Return the arguments of `subprocess.Popen` that start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_read_programs_in(self, folder: Path) -> bool:
        """Tell whether this account can enter `folder` and every parent of it."""
        return all(self._may_enter(part) for part in (folder, *folder.parents))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def database_account() -> Account | None:
    """Return the account for PostgreSQL when we are root, None when we may run it ourselves.

    UNIDOSSIER_PG_USER names it; else the first of `CANDIDATES` that exists. Raises NoDatabaseAccount.
    """
    if os.geteuid() != 0:
        return None
    named = os.environ.get("UNIDOSSIER_PG_USER")
    for name in (named,) if named else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoDatabaseAccount(
        "PostgreSQL does not run as root. Run the command as an ordinary user, or name an unprivileged "
        "account in UNIDOSSIER_PG_USER."
    )
