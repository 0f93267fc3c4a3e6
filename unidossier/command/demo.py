"""Run everything on this machine, filled with fictional people. The first start makes the data, later ones keep it."""

import argparse
import os
import time

import psycopg
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from unidossier.command.arguments import add_port, patients
from unidossier.command.prepare import prepare
from unidossier.command.told import out, show_event
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home, keep_closed
from unidossier.database.server import EmbeddedServer
from unidossier.demo.federal.service import socket_path
from unidossier.demo.witnesses import LOG_NAME, prepare_witnesses
from unidossier.supervisor.child import Child
from unidossier.supervisor.site import ADDRESS, PYTHON, check_port_free, owned, run_site

NAME = "demo"
HELP = "run everything with fictional people"


class RealData(Exception):
    """The home holds data that the demo did not make."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this subcommand takes."""
    add_port(parser)
    parser.add_argument(
        "--patients",
        type=patients,
        default=120,
        help="how many fictional patients the first start makes (default: 120)",
    )


def run(asked: argparse.Namespace, home: Home) -> None:
    """Start the database, fill it the first time, run all processes until Ctrl-C."""
    keep_closed()
    os.environ["UNIDOSSIER_DEMO"] = "1"
    os.environ.setdefault("UNIDOSSIER_ORIGIN", f"http://localhost:{asked.port}")
    os.environ.setdefault("UNIDOSSIER_LOG_NAME", LOG_NAME)
    os.environ.setdefault("UNIDOSSIER_LOG_FEED_S", "2")
    os.environ.setdefault("UNIDOSSIER_WITNESSED_ALARM_S", "150")
    os.environ.setdefault("UNIDOSSIER_FEDERAL_URL", f"unix:{socket_path(home.prepare())}")
    started = time.monotonic()
    out.print(f"[bold]Unidossier demo[/bold], data in {home.path}")
    with owned(home) as server:
        check_port_free(asked.port)
        _say("database", "runs", since=started)
        _make_data(home, server=server, patients=asked.patients)
        _say("servers", "are starting", since=started)
        run_site(
            home,
            server=server,
            port=asked.port,
            on_ready=lambda: _announce(asked.port, since=started),
            show=show_event,
            more=(Child(name="federal", argv=(*PYTHON, "unidossier.demo.federal")), *_witnesses(home)),
        )
        out.print("Stopping.")
    out.print(f"Stopped. The data stay in {home.path}; the next start finds them again.")


def _make_data(home: Home, *, server: EmbeddedServer | None, patients: int) -> None:
    started = time.monotonic()
    migrated = prepare(home, server=server)
    from unidossier.demo.fill import fill  # needs Django, which `prepare` loads

    _mark_as_demo(home)
    _say(
        "schema",
        f"{len(migrated.applied)} steps applied" if migrated.applied else "up to date",
        since=started,
    )
    started = time.monotonic()
    with _progress() as bar:
        task = bar.add_task("people", total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        made = fill(patients=patients, progress=advance)
    from unidossier.demo.apps.registered import register_demo_apps

    register_demo_apps(origin=os.environ["UNIDOSSIER_ORIGIN"].rstrip("/"))
    _say("people", "made" if made else "are there already", since=started)


def _witnesses(home: Home) -> tuple[Child, ...]:
    return tuple(
        Child(name=one.name, argv=(*PYTHON, "unidossier.command", *one.arguments))
        for one in prepare_witnesses(home)
    )


def _mark_as_demo(home: Home) -> None:
    from unidossier.signin.demo_entry import set_demo_mark

    with psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        marked, real = connection.execute(
            "SELECT to_regclass('public.demo_mark') IS NOT NULL, EXISTS (SELECT FROM registry.institution)"
        ).fetchall()[0]
    if real and not marked:
        # sign-in by one click over somebody's real record: never
        raise RealData(f"{home.path} holds a real installation. Name another folder for the demo: --home.")
    set_demo_mark(migrate_dsn())


def _announce(port: int, *, since: float) -> None:
    from unidossier.demo.cast import accounts

    _say("servers", "run", since=since)
    table = Table(title="Fictional people to sign in as, one click each", title_justify="left", box=None)
    for heading in ("account", "face", "function", "language", "try"):
        table.add_column(heading, overflow="fold")
    for account in sorted(accounts(), key=lambda one: not one.main):
        table.add_row(account.username, account.face, account.function, account.language, account.hint["en"])
    out.print()
    out.print(table)
    out.print()
    out.print(f"Open [bold]http://{ADDRESS}:{port}[/bold]  (Ctrl-C stops everything)", soft_wrap=True)
    # browsers bind a passkey to a name, never to a number (WebAuthn, 5.1.2: the relying party's id)
    out.print(
        f"To sign in with a passkey, open http://localhost:{port}: passkeys need a name.", soft_wrap=True
    )


def _say(part: str, what: str, *, since: float) -> None:
    out.print(f"  {part:<10} {what} ({time.monotonic() - since:.1f} s)")


def _progress() -> Progress:
    columns = (
        TextColumn("  {task.description:<10}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=out, transient=True)
