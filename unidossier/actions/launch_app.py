"""Open an app for a patient, from Ward: it learns whom by a word that is good once, for this very session. SMART App Launch 2.2, 2.0.4"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import queries as registry

VERB = "launch-app"
WORD_BYTES = 32
APPS = "SELECT * FROM gate.launchable_apps()"
# the stay or contact of now is the newest one that this person may see
LAUNCH = """SELECT gate.launch_app(%(app)s::uuid, (SELECT i.id FROM record.item i WHERE i.type = 'Encounter' AND i.status <> 'entered-in-error'
    ORDER BY i.clinical_at DESC, i.id DESC LIMIT 1), %(hash)s::bytea) AS address"""


@dataclass(frozen=True, kw_only=True)
class Launchable:
    """`patient` as registry.queries.patient; `apps` id, name, about, launch_uri."""

    patient: Row
    apps: list[Row]


@dataclass(frozen=True, kw_only=True)
class Launch:
    """Where the app opens, and the word (`launch`) that it brings back."""

    address: str
    word: str


def list_launchable_apps(secret: bytes, *, patient: UUID) -> Launchable:
    """Return the apps of one's institution that open for this patient. Errors of gate.door.read."""
    granted = door.read(secret, Ask(verb=VERB, patient=patient), registry.patient(), Query(APPS))
    patients, apps = granted.rows
    return Launchable(patient=patients[0], apps=apps)


def launch_app(secret: bytes, *, patient: UUID, app: UUID) -> Launch:
    """Make a word for the app, good for five minutes. Raises ActRefused (no-such-app) and the errors of gate.door.read."""
    word = secrets.token_urlsafe(WORD_BYTES)
    values = {"app": app, "hash": hashlib.sha256(word.encode()).digest()}
    asked = Ask(verb=VERB, patient=patient, detail={"app": str(app)})
    granted = door.write(secret, asked, Query(LAUNCH, values))
    return Launch(address=granted.rows[0][0]["address"], word=word)


@lru_cache(maxsize=256)
def has_apps(institution: UUID, _minute: int) -> bool:
    """Tell whether an institution has apps to open; asked anew each minute. Raises RecordUnreadable."""
    rows = door.call(Query("SELECT gate.has_apps(%(id)s::uuid) AS any", {"id": institution}))
    return bool(rows[0]["any"])
