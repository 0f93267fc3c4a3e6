"""Terminology: the words of codes in four languages (REC-9). Tables in data/, see data/README.md."""

from unidossier.terminology.words import display, searchable, short_language, unit

__all__ = ["display", "searchable", "short_language", "unit"]
