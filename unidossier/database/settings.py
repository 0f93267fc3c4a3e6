"""Settings of the embedded PostgreSQL, given on its command line: ALTER SYSTEM cannot undo them."""

import os
from pathlib import Path

from unidossier.database.runtime import PORT


def initdb_arguments(superuser: str) -> list[str]:
    """Return the arguments of initdb.

    `trust` holds on the socket alone, whose folder is 0700; nothing listens on the network. The built-in
    locale gives the same case folding and order on every machine, where the system's libraries differ.
    """
    return [
        f"--username={superuser}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--auth-local=trust",
        "--auth-host=reject",
    ]


def server_arguments(*, sockets: Path) -> list[str]:
    """Return the `-c` arguments of postgres: for two cores, on a socket alone, never losing a commit."""
    folder = str(sockets).replace('"', '""')  # a quoted item of a list, PostgreSQL manual 19.3.1
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{folder}"',
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": os.environ.get("UNIDOSSIER_PG_MAX_CONNECTIONS", "100"),
        "shared_buffers": os.environ.get("UNIDOSSIER_PG_SHARED_BUFFERS", "256MB"),
        "effective_cache_size": "1GB",
        "work_mem": "8MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        # nothing acknowledged is ever lost
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_level": "replica",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        # the technical log must hold no clinical content: no statement, no key value of a DETAIL line
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
