"""FHIR XML to FHIR JSON and back, from the definitions of R4. hl7.org/fhir/R4/xml.html, hl7.org/fhir/R4/json.html"""

from unidossier.exchange.fhir.xml.reading import UnreadableXml, from_xml
from unidossier.exchange.fhir.xml.writing import entry_to_xml, to_xml

__all__ = ["UnreadableXml", "entry_to_xml", "from_xml", "to_xml"]
