"""Django in this test process, on the test database: started once, for whoever needs it."""

import os
from pathlib import Path

from tests.gate.server import SESSION_KEY, Dsns
from unidossier.database.home import Home, own_folder

ADDRESSES = "tests.signin.addresses"


def start_django(dsns: Dsns, home: Path) -> None:
    """Set the process up as the product's command does, and make Django's tables. A second call changes nothing."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    prepared = Home.find(home).prepare()
    gate_key = own_folder(prepared.keys) / "gate-hmac"
    gate_key.write_bytes(SESSION_KEY)
    gate_key.chmod(0o600)
    os.environ |= {
        "UNIDOSSIER_HOME": str(home),
        "DATABASE_URL": dsns.app,
        "DATABASE_MIGRATE_URL": dsns.migrate,
        "DJANGO_SETTINGS_MODULE": "unidossier.config.settings",
    }
    import django

    django.setup()
    from unidossier.config.django_tables import migrate_django

    migrate_django()
