"""Find whom an institution knows by a number: for references by identifier (hl7.org/fhir/R4/http.html#trules)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query
from unidossier.kernel.identifiers import SSIN, SSIN_SYSTEMS
from unidossier.kernel.ssin import InvalidSsin, Ssin

_OWN = "SELECT id FROM record.own_patients(%(secret)s, %(system)s, %(value)s)"


def find_own_patients(secret: bytes, *, system: str, value: str) -> list[UUID]:
    """Return whom the sender's institution knows by this number, by their ids in the registry; at most two.

    Only for an institution's own system; anybody else finds nobody. Raises SessionEnded, RecordUnreadable.
    """
    if system in SSIN_SYSTEMS:
        try:
            system, value = SSIN, Ssin.parse(value).digits
        except InvalidSsin:
            return []
    return [row["id"] for row in door.call(Query(_OWN, {"secret": secret, "system": system, "value": value}))]
