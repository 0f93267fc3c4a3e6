"""Bring keys, database, schema and Django's own tables up to date."""

import os

from unidossier.database.home import Home
from unidossier.database.migrate import Migrated
from unidossier.database.server import EmbeddedServer
from unidossier.database.setup import set_up


def prepare(home: Home, *, server: EmbeddedServer | None) -> Migrated:
    """Make `home` ready to serve; safe to repeat. Raises what `database.setup.set_up` raises."""
    migrated = set_up(home, server=server)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unidossier.config.settings")
    # after the keys are made: the settings read one
    import django

    django.setup()
    from unidossier.config.django_tables import migrate_django

    migrate_django()
    return migrated
