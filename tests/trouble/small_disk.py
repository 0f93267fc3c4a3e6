"""A small disk, filled and emptied at will: a tmpfs with ballast. Needs the right to mount."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MB = 1024 * 1024


@dataclass(frozen=True)
class SmallDisk:
    """The disk mounted at `path`."""

    path: Path

    @property
    def free(self) -> int:
        """Bytes that are free."""
        return shutil.disk_usage(self.path).free

    def fill(self, *, leave: int = 0) -> None:
        """Put ballast on it until at most `leave` bytes are free."""
        with (self.path / ".ballast").open("ab") as ballast:
            wanted = self.free - leave
            if wanted > 0:
                os.posix_fallocate(ballast.fileno(), ballast.tell(), wanted)

    def relieve(self) -> None:
        """Take the ballast away."""
        (self.path / ".ballast").unlink()


@contextmanager
def small_disk(path: Path, *, size: int) -> Iterator[SmallDisk]:
    """Mount a disk of `size` bytes over the folder `path`, with what the folder holds copied onto it."""
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    status = path.stat()
    options = f"size={size},mode={status.st_mode & 0o777:o},uid={status.st_uid},gid={status.st_gid}"
    aside = path.with_name(f"{path.name}.aside")
    path.rename(aside)
    path.mkdir(mode=0o700)
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(path)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(path)], check=True)
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
        shutil.rmtree(aside, ignore_errors=True)
