"""Subscriptions of machines and of packages of carers outside: kept, shown, ended, and what they were told. hl7.org/fhir/uv/subscriptions-backport"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from unidossier.gate.door import AccessRefused, Query, Row, call
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text

Json = dict[str, Any]
TOKEN_BYTES = 32
MOST_CONTENT = (
    5_000_000  # characters of all resources of one notice; an event that no longer fits is told by its id
)


def keep_subscription(secret: bytes, *, subscription: UUID, wanted: Mapping[str, Any]) -> Json:
    """Make or change one's own subscription; return how it stands (notices.subscription_told).

    `wanted` as notices.keep_subscription says. Raises AccessRefused for others than machines and carers outside,
    ActRefused (`address-not-allowed`, `too-many`, `of-another`, `changed`), SessionEnded, RecordUnreadable.
    """
    sql = "SELECT notices.keep_subscription(%(secret)s::bytea, %(id)s, %(wanted)s::jsonb) AS told"
    told = _one(sql, secret=secret, id=subscription, wanted=json.dumps(dict(wanted), default=str))["told"]
    if told is None:
        raise AccessRefused("ACS-1.function")
    kept: Json = told
    return kept


def own_subscriptions(secret: bytes, *, subscription: UUID | None = None) -> list[Json]:
    """Return one's own subscriptions, or the one of that id."""
    sql = "SELECT notices.own_subscriptions(%(secret)s::bytea, %(id)s::uuid) AS told"
    told: list[Json] = _one(sql, secret=secret, id=subscription)["told"]
    return told


def end_subscription(secret: bytes, *, subscription: UUID) -> bool:
    """End one's own subscription; tell whether there was one."""
    sql = "SELECT notices.end_subscription(%(secret)s::bytea, %(id)s) AS ended"
    return bool(_one(sql, secret=secret, id=subscription)["ended"])


def list_events(secret: bytes, *, subscription: UUID, since: int | None, until: int | None) -> Json | None:
    """Return what one's own subscription was told, numbers `since` to `until` (at most 100), each decided anew; None without it.

    One that wants whole resources has them as `text`, asked for when the entries of the telling stand.
    """
    sql = (
        "SELECT notices.list_events(%(secret)s::bytea, %(id)s, %(since)s::bigint, %(until)s::bigint) AS told"
    )
    told: Json | None = _one(sql, secret=secret, id=subscription, since=since, until=until)["told"]
    if told is None or not wants_content(told):
        return told
    sql = "SELECT notices.contents_for_own(%(secret)s::bytea, %(id)s, %(entries)s::bigint[]) AS contents"
    contents = _one(sql, secret=secret, id=subscription, entries=entries_of(told))["contents"]
    return with_content(told, contents)


def make_socket_token(secret: bytes, *, subscriptions: Sequence[UUID] | None) -> tuple[str, Json] | None:
    """Return a token (hex) to bind a websocket, and {"subscriptions", "ends"}; None when one of them is not active at a websocket."""
    token = secrets.token_bytes(TOKEN_BYTES)
    sql = "SELECT notices.make_socket_token(%(secret)s::bytea, %(ids)s::uuid[], %(hash)s::bytea) AS told"
    ids = list(subscriptions) if subscriptions else None
    told = _one(sql, secret=secret, ids=ids, hash=hashlib.sha256(token).digest())["told"]
    return (token.hex(), told) if told else None


def wants_content(told: Json) -> bool:
    """Tell whether a notice (notices.subscription_told with "events") is to bring resources."""
    return told["content"] == "full-resource" and bool(told.get("events"))


def entries_of(told: Json) -> list[str]:
    """Return the numbers of the entries that its events are told by."""
    return [one["entry"] for one in told["events"]]


def with_content(told: Json, contents: Json) -> Json:
    """Return the notice with the `text` of each event that `contents` (notices.contents) has. Blocks: files lie on disk.

    What may not be read any more, is too large, or whose file cannot be read stays an id.
    """
    room, events = MOST_CONTENT, []
    for one in told["events"]:
        found = contents.get(one["entry"])
        text = _text(found) if found else None
        if text is not None and len(text) <= room:
            room -= len(text)
            one = one | {"text": text}
        events.append(one)
    return told | {"events": events}


def _text(found: Json) -> str | None:
    text: str = found["text"]
    if MARK not in text:
        return text
    try:
        return restore_text(text, patient_id=UUID(found["patient"]))
    except (AttachmentMissing, AttachmentDamaged):
        return None


def _one(sql: str, **params: Any) -> Row:
    (row,) = call(Query(sql, params))
    return row
