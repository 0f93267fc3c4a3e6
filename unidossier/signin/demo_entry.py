"""The one-click sign-in of the demonstration. Two locks: the flag of the process, and the mark in the database.

The application cannot write the mark: only the migrating role can, when it fills the database with fictional people.
"""

import psycopg
from django.conf import settings
from django.db import connection

DEMO_METHOD = "demo"  # in the records of the session, beside password and mfa


def demo_is_open() -> bool:
    """Tell whether this process and this database are the demonstration's."""
    if not settings.DEMO_FLAG:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.demo_mark') IS NOT NULL")
        (there,) = cursor.fetchone()
        if not there:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM public.demo_mark)")
        (marked,) = cursor.fetchone()
    return bool(marked)


def set_demo_mark(migrate_dsn: str) -> None:
    """Mark a database as the demonstration's. Called by `unidossier demo` when it fills an empty one, never elsewhere."""
    with psycopg.connect(migrate_dsn, autocommit=True) as migrating:
        migrating.execute(
            "CREATE TABLE IF NOT EXISTS public.demo_mark (at timestamptz NOT NULL DEFAULT now())"
        )
        migrating.execute(
            "INSERT INTO public.demo_mark SELECT now() WHERE NOT EXISTS (SELECT FROM public.demo_mark)"
        )
        migrating.execute("GRANT SELECT ON public.demo_mark TO unidossier_app")
