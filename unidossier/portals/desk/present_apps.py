"""An app as the Desk shows it: its parts in words, and who changed what of it and why (XCH-1)."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.portals.desk.forms_apps import KIND_WORDS, AppForm


def app_line(row: Row) -> dict[str, Any]:
    """Return the row with `scopes` apart, `kind_words`, `keys`, `history`, and where it is changed and stopped."""
    return {
        **row,
        "scopes": tuple(row["scopes"].split()),
        "kind_words": KIND_WORDS[row["kind"]],
        "keys": _kids(row["jwks"]),
        "history": tuple(_event(one) for one in row["changes"]),
        "href": reverse("desk:suspend-app", args=[row["id"]]),
        "change_href": reverse("desk:change-app", args=[row["id"]]),
    }


def change_lines(row: Row, *, since: int) -> tuple[dict[str, str], ...]:
    """Return what was changed after version `since`, as {title, note}: a part with its value now, and who changed it."""
    return tuple(
        {"title": line, "note": f"{event['person']}: {event['reason']}"}
        for event in (_event(one) for one in row["changes"] if one["version"] > since)
        for line in event["lines"]
    )


def _event(change: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": datetime.fromisoformat(change["at"]),
        "person": change["person"],
        "reason": change["reason"],
        "lines": tuple(_line(part, change["was"][part], value) for part, value in change["becomes"].items()),
    }


def _line(part: str, was: Any, becomes: Any) -> str:
    if part == "suspended":
        return _("Stopped") if becomes else _("Let go on")
    label = AppForm.base_fields[part].label
    return f"{label}: {_words(part, was)} → {_words(part, becomes)}"


def _words(part: str, value: Any) -> str:
    if part == "jwks":
        value = _kids(value)
    text = ", ".join(value) if isinstance(value, (list, tuple)) else str(value or "")
    return text or _("nothing")


def _kids(jwks: dict[str, Any] | None) -> tuple[str, ...]:
    return tuple(one["kid"] for one in jwks["keys"]) if jwks else ()
