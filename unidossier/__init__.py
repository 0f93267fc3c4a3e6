"""Unidossier: one shared patient record for many institutions."""
