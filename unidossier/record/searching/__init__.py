"""What a resource is found by: the values of its search parameters, taken out when it is stored. hl7.org/fhir/R4/search.html"""
