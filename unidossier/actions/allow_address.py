"""The addresses that notices of subscriptions may be sent to: kept by the security officers of the network (T29)."""

from typing import Any
from uuid import UUID

from unidossier.gate.door import AccessRefused, ActRefused, Query, call
from unidossier.notices.hook_address import NotAnAddress, normal_address, origin_of

Json = dict[str, Any]


def list_addresses(secret: bytes) -> list[Json]:
    """Return what notices.list_addresses says. Raises AccessRefused for all but security officers."""
    (row,) = call(Query("SELECT notices.list_addresses(%(secret)s::bytea) AS told", {"secret": secret}))
    if row["told"] is None:
        raise AccessRefused("ACS-1.function")
    told: list[Json] = row["told"]
    return told


def allow_address(secret: bytes, *, address: UUID, origin: str, private: bool, reason: str) -> None:
    """Put scheme, host and port on the list, under the id that the form made.

    `private`: inside the house: private ranges and plain http are meant. Raises AccessRefused, ActRefused
    (`not-an-address`, `path-given`, `http-outside`, `already-there`).
    """
    try:
        told = origin_of(origin)
    except NotAnAddress:
        raise ActRefused("not-an-address") from None
    if normal_address(origin) != f"{told}/":
        raise ActRefused("path-given")
    if told.startswith("http:") and not private:
        raise ActRefused("http-outside")
    sql = (
        "SELECT notices.allow_address(%(secret)s::bytea, %(id)s, %(origin)s, %(private)s, %(reason)s) AS done"
    )
    params = {"secret": secret, "id": address, "origin": told, "private": private, "reason": reason}
    (row,) = call(Query(sql, params))
    if not row["done"]:
        raise AccessRefused("ACS-1.function")


def disallow_address(secret: bytes, *, address: UUID) -> None:
    """Take an address off the list: from now on nothing is sent there. Raises AccessRefused."""
    sql = "SELECT notices.disallow_address(%(secret)s::bytea, %(id)s) AS done"
    (row,) = call(Query(sql, {"secret": secret, "id": address}))
    if not row["done"]:
        raise AccessRefused("ACS-1.function")
