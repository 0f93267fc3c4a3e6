"""Django in this test process, on the test database: started once, for whoever needs it."""

import os
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher

from tests.gate.server import SESSION_KEY, Dsns
from unidossier.database.home import Home, own_folder

ADDRESSES = "tests.signin.addresses"


# how dear a guess at a password is in the product; hundreds of accounts of tests need not pay for it
STRENGTH = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}


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
    _hash_quickly()
    from unidossier.config.django_tables import migrate_django

    migrate_django()


def _hash_quickly() -> None:
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = (
        1,
        8,
        1,
    )
