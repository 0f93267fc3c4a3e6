"""Bring keys, database, schema and Django's own tables up to date; load Django for the commands that need it."""

import os

from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.migrate import Migrated
from unidossier.database.server import EmbeddedServer
from unidossier.database.setup import set_up


def prepare(home: Home, *, server: EmbeddedServer | None) -> Migrated:
    """Make `home` ready to serve; safe to repeat. Raises what `database.setup.set_up` raises."""
    migrated = set_up(home, server=server)
    load_django()  # after the keys are made: the settings read one
    from unidossier.config.django_tables import migrate_django
    from unidossier.jobs.tables import make_tables

    migrate_django()
    make_tables(migrate_dsn())
    return migrated


def load_django() -> None:
    """Make the accounts usable from a command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unidossier.config.settings")
    import django

    django.setup()
