"""Who sends a request: the bearer token is the secret of a session of the gate, in hexadecimal. RFC 6750"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request

from unidossier.exchange.fhir.room import base_of
from unidossier.gate import async_door
from unidossier.gate.door import Query, SessionEnded

SECRET_BYTES = 32
T = TypeVar("T")
_WHO = "SELECT actor, person_id, institution_id, institution_key, language, app_patient FROM gate.bearer(%(secret)s::bytea)"


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """The holder of a token. A patient has no institution."""

    secret: bytes
    actor: str  # inside, outside, staff, machine, patient ...
    person_id: UUID
    institution_id: UUID | None
    institution_key: str
    language: str
    app_patient: UUID | None  # for whom an app was opened
    base: str = ""  # where he asks this server, [base]: absolute references below it are ours
    loop: asyncio.AbstractEventLoop = field(repr=False, compare=False)  # that answers the request

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of a coroutine, from a thread beside the event loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    @property
    def is_machine(self) -> bool:
        """Tell whether an institution's own system sends, not a human being."""
        return self.actor == "machine"

    @property
    def writing_verb(self) -> str:
        """Return the verb under which he stores: a machine delivers, anybody else writes under his own function."""
        return "deliver" if self.is_machine else "write-report"


def secret_of(request: Request) -> bytes:
    """Return the secret that the Authorization header carries. Raises SessionEnded when it is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        secret = bytes.fromhex(token.strip())
    except ValueError:
        raise SessionEnded("not a token") from None
    if scheme.lower() != "bearer" or len(secret) != SECRET_BYTES:
        raise SessionEnded("not a token")
    return secret


async def bearer_of(request: Request) -> Bearer:
    """Return who sends the request. Raises SessionEnded, RecordUnreadable."""
    secret = secret_of(request)
    (row,) = await async_door.ask_outside(Query(_WHO, {"secret": secret}))
    return Bearer(
        secret=secret,
        actor=row["actor"],
        person_id=row["person_id"],
        institution_id=row["institution_id"],
        institution_key=row["institution_key"] or "",
        language=row["language"] or "en",
        app_patient=row["app_patient"],
        base=base_of(request),
        loop=asyncio.get_running_loop(),
    )
