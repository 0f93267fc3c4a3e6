"""A short folder for sockets, when the home is too long for one or closed to the account of the database."""

import hashlib
import os
from pathlib import Path

from unidossier.database.account import Account
from unidossier.database.home import FOLDER_MODE, Home, HomeNotOurs

PORT = 5432  # names the socket; nothing listens on the network
SOCKET_PATH_LIMIT = 103  # bytes of sockaddr_un.sun_path: 103 on macOS, 107 on Linux


def runtime_base() -> Path:
    """Return the machine's folder for short-lived files: /run for root where it can be written, else /tmp."""
    run = Path("/run")
    return run if os.geteuid() == 0 and os.access(run, os.W_OK) else Path("/tmp")  # noqa: S108  (checked below)


def socket_folder(home: Home, *, account: Account | None) -> Path:
    """Return where the database's socket of `home` is; the same answer in every process of one user."""
    if account is None and len(os.fsencode(home.run / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
        return home.run
    mark = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:12]
    return runtime_base() / f"unidossier-{os.geteuid()}-{mark}"


def make_socket_folder(home: Home, *, account: Account | None) -> Path:
    """Make the socket folder, mode 0700, owned by the account of the database.

    Raises HomeNotOurs when somebody else made a folder of that name: it would see every connection.
    """
    folder = socket_folder(home, account=account)
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        status = folder.lstat()  # lstat: a symbolic link planted in a shared folder must not be followed
        if status.st_uid not in {os.geteuid(), owner} or not folder.is_dir() or folder.is_symlink():
            raise HomeNotOurs(
                f"The folder {folder} was made by another user. Remove it and start again."
            ) from None
        folder.chmod(FOLDER_MODE)
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder
