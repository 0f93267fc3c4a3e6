"""A home that the demo filled from nothing: made once for all processes of a run, by whoever needs it first."""

import fcntl
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.trouble.installation import Installation


@dataclass(frozen=True)
class FirstStart:
    """The first start of all: the stopped home, and what was seen."""

    home: Path
    seconds: float
    began_at: str  # of the database's clock, after the fill
    exit_code: int
    shown: str
    accounts: int
    relations: int
    versions: dict[str, str]  # digest by "item version"


def first_start(folder: Path) -> FirstStart:
    """Run the demo from nothing, end it by Ctrl-C, and keep its home in `folder`; other test processes use the same."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "first_start.json"
        if not told.exists():
            made = _start_from_nothing(folder / "home")
            told.write_text(json.dumps(asdict(made), default=str))
        kept = json.loads(told.read_text())
    return FirstStart(**{**kept, "home": Path(kept["home"])})


def _start_from_nothing(home: Path) -> FirstStart:
    installation = Installation(home)
    try:
        seconds = installation.start()
        ((began_at,),) = installation.query("SELECT now()::text")
        accounts, relations, versions = installation.counted()
        code = installation.stop()
    finally:
        installation.end()
    return FirstStart(
        home=home,
        seconds=seconds,
        began_at=began_at,
        exit_code=code,
        shown=installation.shown,
        accounts=accounts,
        relations=relations,
        versions=versions,
    )


def copied(home: Path, *, to: Path) -> Path:
    """Copy a stopped home with owners and modes."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(home), str(to)], check=True)
    return to
