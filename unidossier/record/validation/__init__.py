"""Structural validation of FHIR R4: strict JSON, the official definitions. hl7.org/fhir/R4/json.html"""

from unidossier.record.validation.check import Checked, Entry, validate, validate_batch
from unidossier.record.validation.issue import InvalidResource, Issue

__all__ = ["Checked", "Entry", "InvalidResource", "Issue", "validate", "validate_batch"]
