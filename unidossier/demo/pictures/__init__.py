"""Fictional images: drawn phantoms in DICOM and PNG. No picture is of a human being."""

from unidossier.demo.pictures.dicom import Picture, dicom_file, preview

__all__ = ["Picture", "dicom_file", "preview"]
