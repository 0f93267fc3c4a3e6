"""Search: what is asked, compiled to terms over the search values of a record. hl7.org/fhir/R4/search.html"""
