"""Entries of the log as FHIR AuditEvent by IHE Basic Audit Log Patterns (LOG-7). profiles.ihe.net/ITI/BALP 1.1"""

from unidossier.log.audit.event import AuditEvent, Shown, audit_events

__all__ = ["AuditEvent", "Shown", "audit_events"]
