"""The International Patient Summary of one record: what is chosen, its FHIR document, its paper. hl7.org/fhir/uv/ips (2.0)"""

from unidossier.record.summary.document import document
from unidossier.record.summary.gathered import Gathered
from unidossier.record.summary.paper import summary_pdf

__all__ = ["Gathered", "document", "summary_pdf"]
