"""The carer shows the signed form that an institution claimed (CON-9). The access stays suspended until the director accepts it."""

import json
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query
from unidossier.kernel.scan import Scan
from unidossier.record import blobs

DONE = "shown"


def show_claimed_form(secret: bytes, *, claim: UUID, scan: Scan) -> None:
    """Keep the scan, encrypted and bound to the claim, and put the task before the director. Shown again replaces it.

    Raises ActRefused: no-such-claim, judged-already, refused (not a carer outside); SessionEnded, RecordUnreadable,
    blobs.StorageFull.
    """
    blobs.put(claim, data=scan.data)
    rows = door.call(
        Query(
            "SELECT relations.show_claimed_form(%(secret)s, %(claim)s::uuid, %(proof)s::jsonb) AS outcome",
            {"secret": secret, "claim": claim, "proof": json.dumps(scan.facts)},
        )
    )
    if rows[0]["outcome"] != DONE:
        raise ActRefused(rows[0]["outcome"])
