"""Declare that the patient signed the consent form of a link, and when (CON-6, CON-7)."""

import json
from datetime import date
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query
from unidossier.kernel.scan import Scan
from unidossier.record import blobs

DONE = "declared"


def declare_consent(secret: bytes, *, attempt: UUID, signed: date, scan: Scan | None = None) -> None:
    """Declare the signed form; the record of somebody known then opens for 12 months from that date. The carer keeps the form.

    `scan` is kept encrypted, bound to the attempt. Raises ActRefused: signed-in-future, signed-too-old (three months),
    no-such-link, link-ended, refused (not a carer outside); SessionEnded, RecordUnreadable, blobs.StorageFull.
    """
    if scan is not None:
        blobs.put(attempt, data=scan.data)
    rows = door.call(
        Query(
            "SELECT relations.declare_consent(%(secret)s, %(attempt)s::uuid, %(signed)s::date, %(proof)s::jsonb) AS outcome",
            {
                "secret": secret,
                "attempt": attempt,
                "signed": signed,
                "proof": json.dumps(scan.facts) if scan else None,
            },
        )
    )
    if rows[0]["outcome"] != DONE:
        raise ActRefused(rows[0]["outcome"])
