"""The tables of accounts and sessions: made by Django's migrations, owned by the owner, used by the application."""

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from unidossier.config.databases import migrating_database

ALIAS = "migrating"
APP = sql.Identifier("unidossier_app")


def migrate_django() -> None:
    """Bring Django's tables up to date and give the application exactly what it needs on them.

    Needs `django.setup()`, and the schema of `unidossier.database.migrate`. Raises what the database raises.
    """
    connections.settings[ALIAS] = {**connections.settings["default"], **migrating_database()}
    try:
        call_command("migrate", database=ALIAS, interactive=False, verbosity=0)
        call_command("createcachetable", database=ALIAS, verbosity=0)
        _grant()
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def written_tables() -> list[str]:
    """Return the tables that the application reads and writes: of the installed models, and of the limits at sign-in."""
    models = (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)
    return sorted({model._meta.db_table for model in models} | {"signin_limits"})


def _grant() -> None:
    # keys are identity columns: an INSERT needs no right on their sequences
    with connections[ALIAS].cursor() as cursor:
        for table in written_tables():
            name = sql.Identifier("public", table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(name, APP))
            cursor.execute(sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(name, APP))
        cursor.execute(sql.SQL("GRANT SELECT ON public.django_migrations TO {}").format(APP))
        # the steps of the schema belong to the migrating role itself
        cursor.execute("RESET ROLE")
        cursor.execute(sql.SQL("GRANT SELECT ON public.schema_step TO {}").format(APP))
