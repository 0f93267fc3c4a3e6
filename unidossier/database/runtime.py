"""A short folder for sockets, when the home is too long for one or closed to the account of the database."""

import hashlib
import os
import stat
from pathlib import Path

from unidossier.database.account import Account
from unidossier.database.home import FOLDER_MODE, Home, HomeNotOurs

PORT = 5432  # names the socket; nothing listens on the network
SOCKET_PATH_LIMIT = 103  # bytes of sockaddr_un.sun_path: 103 on macOS, 107 on Linux


def runtime_base() -> Path:
    """Return the machine's folder for short-lived files: /run for root if it can be written, else /tmp."""
    run = Path("/run")
    return run if os.geteuid() == 0 and os.access(run, os.W_OK) else Path("/tmp")  # noqa: S108  (checked below)


def socket_folder(home: Home, *, account: Account | None) -> Path:
    """Return where the database's socket of `home` is; the same answer in every process of one user."""
    if account is None and len(os.fsencode(home.run / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
        return home.run
    return _short_folder(home, purpose="db")


def web_socket(home: Home) -> Path:
    """Return the socket between the front door and the portals, in a folder of ours of mode 0700."""
    path = home.run / "web.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    return _closed_folder(_short_folder(home, purpose="web"), owner=os.geteuid()) / "web.sock"


def make_socket_folder(home: Home, *, account: Account | None) -> Path:
    """Make the database's socket folder, mode 0700, owned by the account of the database.

    Raises HomeNotOurs when somebody else made a folder of that name: it would see every connection.
    """
    folder = _closed_folder(
        socket_folder(home, account=account), owner=account.uid if account else os.geteuid()
    )
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def _short_folder(home: Home, *, purpose: str) -> Path:
    mark = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:12]
    return runtime_base() / f"unidossier-{os.geteuid()}-{mark}-{purpose}"


def _closed_folder(folder: Path, *, owner: int) -> Path:
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        status = folder.lstat()  # lstat: a symbolic link planted in a shared folder must not be followed
        if status.st_uid not in {os.geteuid(), owner} or not stat.S_ISDIR(status.st_mode):
            told = f"The folder {folder} was made by another user. Remove it and start again."
            raise HomeNotOurs(told) from None
        folder.chmod(FOLDER_MODE)
    return folder
