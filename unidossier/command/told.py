"""What a person at the terminal reads: results on stdout; a failure as one sentence on stderr, its traceback in a log."""

import datetime
import os
import traceback

import psycopg
from rich.console import Console
from rich.text import Text

from unidossier.database.home import Home
from unidossier.database.logfile import open_log

LOG = "command.log"
FILE_FAULTS = (
    FileNotFoundError,
    FileExistsError,
    PermissionError,
    IsADirectoryError,
)  # told whole in a sentence

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show_line(part: str, line: str, *, ours: bool) -> None:
    """Show one line of one process, with its name in front."""
    del ours
    out.print(Text(f"{part:<8} | {line}", style="dim"), soft_wrap=True)


def show_event(part: str, line: str, *, ours: bool) -> None:
    """Show what happens to the processes; what they say themselves is in their logs."""
    if ours:
        show_line(part, line, ours=ours)


def tell_failure(error: Exception, *, home: Home) -> None:
    """Say what failed and what to do. Our own errors say it themselves; others are named, and logged whole."""
    log = _write_log(error, home=home)
    details = f" (details: {log})" if log and not (_is_ours(error) or isinstance(error, FILE_FAULTS)) else ""
    err.print(_sentence(error) + details, markup=False, style="red" if err.is_terminal else None)


def _sentence(error: Exception) -> str:
    if _is_ours(error):
        return str(error)
    if isinstance(error, psycopg.OperationalError):
        if "does not exist" in str(
            error
        ):  # of a role or a database; such an error has no SQLSTATE at connection
            return "The database has no schema yet, or an unfinished one. Run: unidossier migrate"
        first = str(error).strip().split("\n")[0]
        return f"The database could not be reached: {first}. Is it running, and is DATABASE_URL right?"
    if isinstance(error, ModuleNotFoundError):
        return f"The program is not whole: {error.name} is missing. Install it again: make install."
    if isinstance(error, OSError) and error.filename and error.strerror:
        return _of_a_file(error)
    return f"This did not work: {type(error).__name__}: {error}"


def _of_a_file(error: OSError) -> str:
    """Say which file, what is wrong with it, and what to do."""
    if isinstance(error, FileExistsError):
        return f"{error.filename} is there already: name a file that does not exist yet."
    if isinstance(error, FileNotFoundError):
        return f"{error.filename} is not there: check the name and its folder."
    if isinstance(error, PermissionError):
        return f"{error.filename} may not be read or written here: check the rights on it and on its folder."
    return f"{error.filename}: {error.strerror}."


def _is_ours(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] == "unidossier"


def _write_log(error: Exception, *, home: Home) -> str | None:
    """Write the traceback to the log, and return its path; None when the home cannot be written, or is not ours."""
    path = home.logs / LOG
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    text = f"{now} process {os.getpid()}\n{''.join(traceback.format_exception(error))}\n"
    try:
        if home.logs.stat().st_uid != os.geteuid():
            return None  # a file of ours in another user's home would be in his way
        handle = open_log(path)
    except OSError:
        return None
    with os.fdopen(handle, "a") as log:
        log.write(text)
    return str(path)
