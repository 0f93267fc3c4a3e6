"""A carer outside asks for an account (CON-2), which is free (CON-1). Nobody is signed in: the answer is the same whatever happens."""

import hashlib
import json
from dataclasses import asdict, dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query
from unidossier.kernel.function import CARERS
from unidossier.kernel.nihdi import Nihdi
from unidossier.kernel.scan import Scan
from unidossier.kernel.sortkey import name_key
from unidossier.record import blobs

PROFESSIONS = tuple(sorted(CARERS))  # the functions of ACS-3 that an applicant may have


@dataclass(frozen=True, kw_only=True)
class Application:
    """Who asks: his name, function (ACS-3), NIHDI number, practice and its address, and the institution that should validate."""

    family: str
    given: str
    function: str
    nihdi: Nihdi
    practice: str
    address: str
    email: str
    language: str
    institution: UUID


def register_for_consult(applicant: UUID, *, application: Application, proof: Scan, origin: str) -> None:
    """Write the application down and make the task of the medical director, due in 7 days.

    `applicant` was made when the form was shown: the same twice is one application. `origin` is the network address: of one
    address five a day are kept, what comes after is dropped without a word. Raises RecordUnreadable, blobs.StorageFull.
    """
    facts = asdict(application) | {
        "nihdi": application.nihdi.digits,
        "institution": str(application.institution),
        "sort_key": name_key(application.family, given=application.given),
    }
    taken = door.call(
        Query(
            "SELECT registry.register_applicant(%(applicant)s::uuid, %(facts)s::jsonb, %(proof)s::jsonb, %(origin)s) AS taken",
            {
                "applicant": applicant,
                "facts": json.dumps(facts),
                "proof": json.dumps(proof.facts),
                "origin": hashlib.sha256(origin.encode()).digest(),
            },
        )
    )
    if taken[0]["taken"]:  # nothing is laid on the disk for what was dropped
        blobs.put(applicant, data=proof.data)
