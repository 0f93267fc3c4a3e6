"""Find the patient whom an institution's system describes, among those of whom the institution holds something ($match)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query
from unidossier.kernel.identifiers import SSIN, SSIN_SYSTEMS
from unidossier.kernel.sortkey import sort_key
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.registry import queries as registry
from unidossier.registry.matching import Described, Match, weighed

VERB = "fhir-match"
FIND, AT_DESK = "find-patient", "desk-find"
_WHO = """SELECT i.patient_id AS id FROM registry.patient_identifier i
    WHERE i.system = %(system)s AND i.value = %(value)s AND i.until_at IS NULL ORDER BY i.patient_id"""


def match_patient(secret: bytes, *, described: Described) -> list[Match]:
    """Return those who may be meant, the most probable first. One entry names them all; nobody else's existence is told (ACD-8).

    Raises the errors of gate.door.read_list.
    """
    wanted: dict[str, object] = {}
    if described.numbers:
        wanted["numbers"] = [{"system": system, "value": value} for system, value in described.numbers]
    if described.birth is not None and sort_key(described.family):
        wanted |= {"birth": described.birth.isoformat(), "name": sort_key(described.family)}
    granted = door.read_list(secret, VERB, wanted, registry.matched())
    return weighed(granted.rows[0], described=described)


def find_by_number(
    secret: bytes, *, system: str, value: str, is_machine: bool = False, is_desk: bool = False
) -> list[UUID]:
    """Return who has this number among those whom the asker may find: a machine its institution's own, the Desk whom it finds there,
    anybody else his own patients.

    One entry names them; nobody else's existence is told (ACD-8). Raises the errors of gate.door.read_list.
    """
    if system in SSIN_SYSTEMS:
        try:
            system, value = SSIN, Ssin.parse(value).digits
        except InvalidSsin:
            return []
    if is_machine:
        described = Described(numbers=((system, value),))
        return [one.row["id"] for one in match_patient(secret, described=described)]
    who = Query(_WHO, {"system": system, "value": value})
    return [
        row["id"]
        for row in door.read_list(secret, AT_DESK if is_desk else FIND, {"number": value}, who).rows[0]
    ]
