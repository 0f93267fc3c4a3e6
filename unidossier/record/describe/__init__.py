"""What a list shows of a FHIR resource, made once when it is stored. REC-3, REC-6"""

from unidossier.record.describe.description import Description
from unidossier.record.describe.dispatch import describe
from unidossier.record.describe.reference import members, references
from unidossier.record.describe.text import text_of

__all__ = ["Description", "describe", "members", "references", "text_of"]
