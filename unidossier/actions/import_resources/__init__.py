"""Import FHIR R4 resources of one institution: bundles, single resources and NDJSON, from files and folders."""

from unidossier.actions.import_resources.report import Outcome, Report
from unidossier.actions.import_resources.run import UnknownInstitution, import_resources

__all__ = ["Outcome", "Report", "UnknownInstitution", "import_resources"]
