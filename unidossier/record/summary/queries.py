"""What a summary is chosen from, as statements for the door: under a verb that opens what it finds (gate.opens_found)."""

from unidossier.gate.door import Query
from unidossier.record.queries import LINE
from unidossier.record.summary.sections import ALCOHOL, MOST_RESULTS, PREGNANCY, TOBACCO

EACH = 300  # of one type, the newest: old prescriptions never push out an allergy
_TYPES = (
    "AllergyIntolerance", "Condition", "MedicationStatement", "MedicationRequest", "Immunization", "Procedure",
    "DeviceUseStatement", "Flag", "Consent", "CarePlan",
    "Medication",  # of no section: what the prescriptions are of
)  # fmt: skip
_TEXT = "JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version"
_VALID = "i.status IN ('final', 'amended') AND NOT i.withdrawn"


def facts() -> Query:
    """Return problems, allergies, medicines and the like, newest first of each type: the columns of LINE and `resource`.

    Of procedures the operations and births alone: an examination is told by its result.
    """
    return Query(
        f"""SELECT {LINE}, v.resource FROM (
            SELECT i.*, row_number() OVER (PARTITION BY i.type ORDER BY i.clinical_at DESC, i.id DESC) AS nth FROM record.item i
            WHERE {_VALID} AND i.type = ANY (%(types)s::text[]) AND (i.type <> 'Procedure' OR i.category IN (12, 20))
        ) i {_TEXT} WHERE i.nth <= %(each)s ORDER BY i.clinical_at DESC, i.id DESC""",
        {"types": list(_TYPES), "each": EACH},
    )


def observations() -> Query:
    """Return the newest value of each laboratory test, vital sign and asked social fact, those out of range first: the columns of LINE and `resource`."""
    return Query(
        f"""SELECT {LINE}, v.resource FROM (
            SELECT l.*, row_number() OVER (PARTITION BY l.category ORDER BY l.clinical_at DESC, l.id DESC) AS place FROM (
                SELECT i.*, row_number() OVER (PARTITION BY i.category, coalesce(i.code, i.title) ORDER BY i.clinical_at DESC, i.id DESC) AS nth FROM record.item i
                WHERE {_VALID} AND i.type = 'Observation' AND (i.category IN (7, 8) OR i.code = ANY (%(codes)s::text[]))
            ) l WHERE l.nth = 1
        ) i {_TEXT} WHERE i.place <= %(most)s ORDER BY i.flag IS NULL, i.clinical_at DESC, i.id DESC""",
        {"codes": sorted(TOBACCO | ALCOHOL | PREGNANCY), "most": MOST_RESULTS},
    )


def patient_ids() -> Query:
    """Return every id by which the resources of this record may name the patient: id."""
    return Query("SELECT i.id FROM record.item i WHERE i.type = 'Patient'")


def reach() -> Query:
    """Return what an app may read by its scopes: `reads`, {type or "*": mask of categories}; None for everybody else."""
    return Query("SELECT gate.app_reads() AS reads")
