"""How Django reaches the database: as the application's role, through a pool; to migrate, as the migrating role."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from unidossier.database.connections import POOL_SIZE, RECONNECT_S, app_dsn, migrate_dsn

POOL_WAIT_S = 5
TABLE_OWNER = "unidossier_owner"
_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def app_database() -> dict[str, Any]:
    """Return Django's entry for the application's role."""
    pool = {
        "min_size": 1,
        "max_size": POOL_SIZE,
        "timeout": POOL_WAIT_S,
        "reconnect_timeout": RECONNECT_S,
    }
    return _entry(app_dsn(), pool=pool)


def migrating_database() -> dict[str, Any]:
    """Return Django's entry for the migrating role; what it makes belongs to `TABLE_OWNER`."""
    return _entry(migrate_dsn(), assume_role=TABLE_OWNER)


def _entry(dsn: str, **options: Any) -> dict[str, Any]:
    parts = conninfo_to_dict(dsn)
    named = {_NAMES[name]: str(value) for name, value in parts.items() if name in _NAMES}
    others = {name: value for name, value in parts.items() if name not in _NAMES}
    return {
        "ENGINE": "django.db.backends.postgresql",
        # a connection of before a restart of the database is thrown away, not used
        "CONN_HEALTH_CHECKS": True,
        **named,
        "OPTIONS": {**others, **options},
    }
