"""What somebody may see, as kinds of information in plain words; each stands for some of the 21 categories (ACS-1)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from unidossier.kernel.category import EVERY_CATEGORY, Category, mask
from unidossier.portals.shared.present.words import in_a_sentence

# Identity goes with everything: nobody is treated under no name.
ALWAYS = Category.ADMINISTRATIVE.bit
SCOPES = {
    "conditions": mask([Category.PROBLEM, Category.ALLERGY]),
    "medicines": mask([Category.MEDICATION, Category.PRESCRIPTION, Category.VACCINATION]),
    "results": mask([Category.LABORATORY, Category.EXAMINATION, Category.VITAL_SIGN]),
    "images": mask([Category.IMAGING]),
    "letters": mask([Category.REPORT, Category.LETTER, Category.DISCHARGE, Category.OPERATION]),
    "appointments": mask([Category.AGENDA, Category.ORDER, Category.CARE_PLAN]),
    "mental-health": mask([Category.PSYCHIATRY]),
    "gynaecology": mask([Category.GYNAECOLOGY]),
    "own": mask([Category.QUESTIONNAIRE, Category.PATIENT_DOCUMENT]),
}
WORDS = {
    "conditions": _("Conditions and allergies"),
    "medicines": _("Medicines and vaccines"),
    "results": _("Results and measurements"),
    "images": _("Images"),
    "letters": _("Letters and reports"),
    "appointments": _("Appointments and care plans"),
    "mental-health": _("Mental health"),
    "gynaecology": _("Gynaecology and pregnancy"),
    "own": _("Questionnaires and documents from you"),
}
assert ALWAYS | sum(SCOPES.values()) == EVERY_CATEGORY


def mask_of(chosen: Iterable[str]) -> int:
    """Return the categories of the kinds that were ticked, identity always among them."""
    bits = ALWAYS
    for one in chosen:
        bits |= SCOPES[one]
    return bits


def scope_in_words(categories: int) -> str:
    """Return the kinds of which a mask opens anything."""
    return ", ".join(in_a_sentence(str(WORDS[key])) for key, bits in SCOPES.items() if categories & bits)


def closed_in_words(categories: int) -> str:
    """Return the kinds of which a mask opens nothing at all."""
    return ", ".join(in_a_sentence(str(WORDS[key])) for key, bits in SCOPES.items() if not categories & bits)
