"""Backup of a whole installation into one tar file: database, attachments, keys, the log's tree. Restore into an empty home.

The database is dumped in one snapshot, and the attachments are copied after it: an attachment is on disk before the
row that names it is committed, and is never changed, so everything the dump names is in the file. The log's tree is
copied last: entries made since the dump are in it by their hash, as they are lost with this very backup.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.keys import REGISTER
from unidossier.database.log_copy import LOG, SIGNING, add_log, put_back
from unidossier.database.migrate import create_roles
from unidossier.database.server import SUPERUSER, EmbeddedServer
from unidossier.database.setup import make_database

LAYOUT = 1
# a tar cut between two members reads as a whole one: the last member proves that it is not
MANIFEST, DUMP, END = "manifest.json", "database.dump", "end"
FOLDERS = ("attachments", "keys")

Counts = dict[str, int]


class BackupFailed(Exception):
    """The backup could not be made; no file was left."""


class BackupUnreadable(Exception):
    """The file is no backup of an installation, or not whole."""


class HomeNotEmpty(Exception):
    """The home already holds an installation: restoring would mix two."""


class RestoreFailed(Exception):
    """The restore did not give back what was saved; the home is empty again."""


def back_up(home: Home, *, server: EmbeddedServer, target: Path) -> Counts:
    """Write a backup to `target` (mode 0600: it holds the keys) and return the rows saved per table.

    The service may go on meanwhile. Raises BackupFailed; `target` is either whole or as it was before.
    """
    target = target.resolve()
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as aside:
            dump, whole = Path(aside) / DUMP, Path(aside) / "whole.tar"
            counts = _dump(server, to=dump)
            _write_tar(home, dump=dump, counts=counts, to=whole)
            whole.replace(target)
    except OSError as error:
        raise BackupFailed(f"The backup could not be written to {target}: {error.strerror}.") from error
    return counts


def restore(home: Home, *, source: Path) -> Counts:
    """Make the installation that `source` holds in the empty `home`, and return the rows per table.

    A tree of the log and signing keys that survived there may be newer; then they stay.

    Raises HomeNotEmpty, BackupUnreadable, RestoreFailed. The server is stopped again at the end.
    """
    if any((home.path / name).exists() and any((home.path / name).iterdir()) for name in ("pg", *FOLDERS)):
        raise HomeNotEmpty(
            f"{home.path} already holds an installation. Restore into an empty folder: --home."
        )
    home.prepare()
    try:
        with tempfile.TemporaryDirectory(dir=home.run) as aside:
            expected = _unpack(source, home=home, dump=Path(aside) / DUMP)
            with EmbeddedServer(home) as server:
                _load(server, dump=Path(aside) / DUMP)
                found = _count(server.dsn(SUPERUSER, DATABASE))
            if found == expected:
                put_back(Path(aside), home)
        if found != expected:
            wrong = sorted(table for table in expected if found.get(table) != expected[table])
            raise RestoreFailed(
                f"Rows are missing after the restore in: {', '.join(wrong)}. Nothing was kept."
            )
    except BaseException:
        _empty(home)
        raise
    return found


def _dump(server: EmbeddedServer, *, to: Path) -> Counts:
    dsn = server.dsn(SUPERUSER, DATABASE)
    with psycopg.connect(dsn) as connection:
        # the counts and the dump look at one moment
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        _run(
            [str(server.bin / "pg_dump"), "--format=custom", f"--snapshot={row[0]}", f"--file={to}", dsn],
            BackupFailed,
        )
        return _count_in(connection)


def _load(server: EmbeddedServer, *, dump: Path) -> None:
    make_database(server)
    dsn = server.dsn(SUPERUSER, DATABASE)
    create_roles(dsn)  # a dump holds no roles, and its owners and rights need them
    _run(
        [
            str(server.bin / "pg_restore"),
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={dsn}",
            str(dump),
        ],
        RestoreFailed,
    )


def _run(arguments: list[str], failure: type[Exception]) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise failure(f"{Path(arguments[0]).name} failed: {done.stderr.strip()[-500:]}")


def _count(dsn: str) -> Counts:
    with psycopg.connect(dsn) as connection:
        return _count_in(connection)


def _count_in(connection: psycopg.Connection) -> Counts:
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        " ORDER BY 1, 2"
    ).fetchall()
    counts = {}
    for schema, table in tables:
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        ).fetchone()
        assert row is not None
        counts[f"{schema}.{table}"] = int(row[0])
    return counts


def _write_tar(home: Home, *, dump: Path, counts: Counts, to: Path) -> None:
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            manifest = {"layout": LAYOUT, "made_at": int(time.time()), "rows": counts}
            _add_bytes(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
            tar.add(dump, DUMP, filter=_anonymous)
            tar.add(home.path / REGISTER, REGISTER, filter=_anonymous)
            for folder in FOLDERS:
                tar.add(home.path / folder, folder, filter=_anonymous)
            add_log(tar, home)
            _add_bytes(tar, END, b"")
        file.flush()
        os.fsync(file.fileno())


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if Path(member.name).name.startswith(".new-"):
        return None  # a write that is under way or was cut off
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
    tar.addfile(member, io.BytesIO(content))


def _unpack(source: Path, *, home: Home, dump: Path) -> Counts:
    try:
        with tarfile.open(source) as tar:
            first = tar.next()
            described = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
            manifest = json.load(described) if described else {}
            if manifest.get("layout") != LAYOUT:
                raise BackupUnreadable(f"{source} is no backup of Unidossier that this version can read.")
            last = None
            for member in tar:
                last = member.name
                if member.name == DUMP or member.name.split("/")[0] in (LOG, SIGNING):
                    tar.extract(member, dump.parent, filter="data")
                elif member.name == REGISTER or member.name.split("/")[0] in FOLDERS:
                    # "data" refuses paths and links that lead out of the home, and devices
                    tar.extract(member, home.path, filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise BackupUnreadable(
            f"{source} cannot be read as a backup: {error}. Take another copy of it."
        ) from error
    if last != END or not dump.exists():
        raise BackupUnreadable(f"{source} is not whole. Take another copy of it.")
    return {str(table): int(rows) for table, rows in manifest["rows"].items()}


def _empty(home: Home) -> None:
    for name in ("pg", *FOLDERS):
        shutil.rmtree(home.path / name, ignore_errors=True)
    (home.path / REGISTER).unlink(missing_ok=True)
