"""Which category (slug of kernel/category.py) a code speaks for. REC-6, ACS-1."""

from functools import cache

from unidossier.terminology.words import rows


@cache
def document_categories() -> dict[str, str]:
    """Return the category of each LOINC document type. Psychiatric and obstetric types are all there (sensitive)."""
    listed = {row["code"]: row["category"] for row in rows("loinc_document")}
    return listed | {row["code"]: row["category"] for row in rows("loinc_sensitive")}


@cache
def observation_kinds() -> dict[str, str]:
    """Return the FHIR observation category of each LOINC code of measurements; laboratory codes included."""
    measured = {row["code"]: row["kind"] for row in rows("loinc_observation")}
    return measured | {row["code"]: "laboratory" for row in rows("loinc_laboratory")}


@cache
def procedure_kinds() -> dict[str, str]:
    """Return operation, examination, imaging, care, psychiatry or gynaecology for each SNOMED CT procedure."""
    return {row["code"]: row["kind"] for row in rows("snomed_procedure")}
