"""The functions of ACS-3 in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FUNCTIONS = {
    "gp": _("General practitioner"),
    "specialist": _("Specialist"),
    "emergency-physician": _("Emergency physician"),
    "trainee-physician": _("Trainee physician"),
    "dentist": _("Dentist"),
    "pharmacist-hospital": _("Hospital pharmacist"),
    "pharmacist-public": _("Pharmacist"),
    "clinical-biologist": _("Clinical biologist"),
    "laboratory-technologist": _("Laboratory technologist"),
    "imaging-technologist": _("Imaging technologist"),
    "nurse": _("Nurse"),
    "practical-nurse": _("Practical nurse"),
    "midwife": _("Midwife"),
    "physiotherapist": _("Physiotherapist"),
    "occupational-therapist": _("Occupational therapist"),
    "dietician": _("Dietician"),
    "psychologist": _("Psychologist"),
    "social-worker": _("Social worker"),
    "reception": pgettext_lazy("function", "Reception"),
    "medical-secretary": _("Medical secretary"),
    "billing": pgettext_lazy("function", "Billing"),
    "registration-desk": _("Registration desk"),
    "ombuds": _("Ombuds service"),
    "medical-director": _("Medical director"),
    "data-protection-officer": _("Data protection officer"),
    "security-officer": _("Security officer"),
    "patient": pgettext_lazy("function", "Patient"),
    "representative": pgettext_lazy("function", "Representative"),
    "researcher": _("Researcher"),
    "machine": _("Computer system"),
}
