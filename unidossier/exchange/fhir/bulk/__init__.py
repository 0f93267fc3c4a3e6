"""Bulk Data Access 2.0: an institution fetches its own data, all at once. hl7.org/fhir/uv/bulkdata"""
