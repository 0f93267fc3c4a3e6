"""One running installation per home: a lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os

from unidossier.database.home import Home


class HomeInUse(Exception):
    """Another process runs this home. `pid` is that process, None when it could not be read."""

    def __init__(self, home: Home, *, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"Unidossier already runs on {home.path} ({who}). "
            "Stop it first, or choose another folder with --home."
        )
        self.pid = pid


class HomeLock:
    """The lock of one home; not re-entrant."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this object holds the lock."""
        return self._fd is not None

    def acquire(self) -> None:
        """Take the lock at once, or raise HomeInUse."""
        # not inheritable: a child that outlives us must not keep the home locked
        fd = os.open(self._home.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            written = os.read(fd, 20).strip()
            os.close(fd)
            raise HomeInUse(self._home, pid=int(written) if written.isdigit() else None) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
