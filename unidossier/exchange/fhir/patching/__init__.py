"""A change of a part of a resource: JSON Patch (RFC 6902) and FHIRPath Patch (hl7.org/fhir/R4/fhirpatch.html)."""

from unidossier.exchange.fhir.patching.fhirpath_patch import apply_fhirpath_patch
from unidossier.exchange.fhir.patching.json_patch import apply_json_patch
from unidossier.exchange.fhir.patching.refused import PatchRefused, text_of

__all__ = ["PatchRefused", "apply_fhirpath_patch", "apply_json_patch", "text_of"]
