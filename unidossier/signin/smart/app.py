"""An app as it was registered at the Desk. RFC 6749, 2"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query

FACTS = "SELECT * FROM gate.app_facts(%(app)s::uuid)"


@dataclass(frozen=True, kw_only=True)
class App:
    """`kind`: public, confidential (signs assertions) or backend (no person). `scopes`: what it may ask for at most."""

    id: UUID
    name: str
    about: str
    institution_names: Mapping[str, str]
    kind: str
    redirect_uris: tuple[str, ...]
    launch_uri: str | None
    jwks: Mapping[str, Any] | None
    scopes: tuple[str, ...]
    is_suspended: bool


def find_app(client_id: str) -> App | None:
    """Return the app of this id; None when nobody registered it, or it is suspended. Raises RecordUnreadable."""
    try:
        id_ = UUID(client_id)
    except ValueError:
        return None
    if str(id_) != client_id:
        return None
    rows = door.call(Query(FACTS, {"app": id_}))
    if not rows or rows[0]["is_suspended"]:
        return None
    row = rows[0]
    return App(
        id=row["id"],
        name=row["name"],
        about=row["about"],
        institution_names=row["institution_names"],
        kind=row["kind"],
        redirect_uris=tuple(row["redirect_uris"]),
        launch_uri=row["launch_uri"],
        jwks=row["jwks"],
        scopes=tuple(row["scopes"].split()),
        is_suspended=row["is_suspended"],
    )


def source_of(address: str) -> str:
    """Return what a form may lead to for this address: its origin, or the scheme of an app on a telephone (CSP 3, 6.6)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
