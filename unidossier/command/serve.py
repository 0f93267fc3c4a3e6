"""Run portals, API and worker on this machine, with real data: no fictional people, no sign-in without factors."""

import argparse
import os

from unidossier.command.arguments import add_port
from unidossier.command.prepare import prepare
from unidossier.command.told import out, show_line
from unidossier.database.home import Home, keep_closed
from unidossier.supervisor.site import ADDRESS, check_port_free, owned, run_site

NAME = "serve"
HELP = "run everything with real data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this subcommand takes."""
    add_port(parser)


def run(asked: argparse.Namespace, home: Home) -> None:
    """Bring the database up to date and run all processes until SIGINT or SIGTERM."""
    keep_closed()
    # what a shell happened to leave must not turn a real installation into a demo
    os.environ.pop("UNIDOSSIER_DEMO", None)
    with owned(home) as server:
        check_port_free(asked.port)
        prepare(home, server=server)
        run_site(
            home,
            server=server,
            port=asked.port,
            on_ready=lambda: out.print(f"Unidossier answers on http://{ADDRESS}:{asked.port}"),
            show=show_line,
        )
