"""The apps of an institution: registered, changed and stopped at the Desk, by its security officer or data protection officer (XCH-1, ACS-4)."""

import json
from typing import Any
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query, Row
from unidossier.kernel.smart_scope import opens, split
from unidossier.registry.smart_app import AppFacts, require_fit

VERB = "register-app"
REGISTER = "SELECT gate.register_app(%(app)s::jsonb) AS id"
SUSPEND = "SELECT gate.suspend_app(%(app)s::uuid, %(stop)s::boolean, %(reason)s::text) AS changed"
CHANGE = "SELECT gate.change_app(%(change)s::jsonb) AS ended"


def list_apps(secret: bytes) -> list[Row]:
    """Return id, name, about, kind, redirect_uris, launch_uri, jwks, scopes, registered_by, registered_at, suspended_at, version,
    accesses (how many stand now), changes: newest first, each {at, person, reason, version, was, becomes}.

    Errors as gate.door.read_list.
    """
    return door.read_list(secret, VERB, {"patients": []}, Query("SELECT * FROM gate.desk_apps()")).rows[0]


def register_app(secret: bytes, *, id: UUID, app: AppFacts) -> UUID:
    """Register an app; the id, made with the form, is its client_id: sent twice, it is one.

    Raises AppUnfit, ActRefused (no-machine, taken) and the errors of gate.door.read_list.
    """
    require_fit(app)
    told = _told(app) | {"id": str(id), "kind": app.kind}
    wanted = {"patients": [], "app": str(id), "name": app.name}
    granted = door.read_list(secret, VERB, wanted, Query(REGISTER, {"app": json.dumps(told)}))
    made: UUID = granted.rows[0][0]["id"]
    return made


def change_app(secret: bytes, *, id: UUID, app: UUID, version: int, becomes: AppFacts, reason: str) -> int:
    """Change a registration that stood at `version`; return how many accesses this ended, because they opened more (ACD-7).

    `id`, made with the form: sent twice, it is one change. Raises AppUnfit, ActRefused (changed-meanwhile, nothing-changes, no-such-app,
    reason-missing, taken) and the errors of gate.door.read_list.
    """
    require_fit(becomes)
    told = _told(becomes) | {"id": str(id), "app": str(app), "version": version, "reason": reason}
    wanted = {"patients": [], "app": str(app), "version": version, "reason": reason}
    granted = door.read_list(secret, VERB, wanted, Query(CHANGE, {"change": json.dumps(told)}))
    ended: int = granted.rows[0][0]["ended"]
    return ended


def suspend_app(secret: bytes, *, app: UUID, stop: bool, reason: str) -> bool:
    """Stop an app for everybody at once, or let it go on; False when it stood so already.

    Raises ActRefused (no-such-app, reason-missing) and as above.
    """
    wanted = {"patients": [], "app": str(app), "stop": stop, "reason": reason}
    query = Query(SUSPEND, {"app": app, "stop": stop, "reason": reason})
    granted = door.read_list(secret, VERB, wanted, query)
    return bool(granted.rows[0][0]["changed"])


def _told(app: AppFacts) -> dict[str, Any]:
    return {
        "name": app.name,
        "about": app.about,
        "redirect_uris": list(app.redirect_uris),
        "launch_uri": app.launch_uri,
        "jwks": app.jwks,
        "scopes": app.scopes,
        "opens": opens(split(app.scopes)),
    }
