"""The kinds of items: the word in a clinician's list, and the plain word for the patient.

The slugs are those of kernel/category.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = {
    "administrative": _("Administrative"),
    "agenda": _("Appointment"),
    "problem": _("Problem"),
    "allergy": _("Allergy"),
    "vaccination": _("Vaccination"),
    "medication": _("Medication"),
    "prescription": _("Prescription"),
    "vital-sign": _("Vital sign"),
    "laboratory": pgettext_lazy("kind of item", "Laboratory"),
    "report": _("Report"),
    "letter": _("Letter"),
    "discharge": _("Discharge"),
    "operation": _("Operation"),
    "imaging": _("Imaging"),
    "examination": _("Examination"),
    "care-plan": _("Care plan"),
    "order": pgettext_lazy("kind of item", "Order"),
    "questionnaire": _("Questionnaire"),
    "patient-document": _("From the patient"),
    "psychiatry": _("Psychiatry"),
    "gynaecology": _("Gynaecology"),
}
PLAIN_KINDS = KINDS | {
    "problem": _("Condition"),
    "medication": _("Medicine"),
    "vital-sign": _("Measurement"),
    "laboratory": _("Lab result"),
    "discharge": _("Discharge letter"),
    "imaging": _("Images"),
    "order": pgettext_lazy("kind of item", "Request"),
    "patient-document": _("From you"),
}
# short forms for the narrow column of a dense list
SHORT_KINDS = KINDS | {
    "administrative": _("Admin"),
    "care-plan": pgettext_lazy("short kind of item", "Plan"),
    "vaccination": _("Vaccine"),
    "laboratory": _("Lab"),
    "questionnaire": _("Form"),
    "patient-document": _("Patient"),
    "vital-sign": _("Vital"),
    "prescription": _("Script"),
    "examination": _("Exam"),
    "gynaecology": _("Gynaec."),
    "agenda": _("Agenda"),
}
GROUPS = {
    "documents": _("Reports and letters"),
    "results": _("Results and vital signs"),
    "images": _("Imaging and examinations"),
    "medicines": _("Medicines and vaccines"),
    "other": _("Other"),
}
STATUSES = {
    "draft": _("Draft"),
    "final": pgettext_lazy("status of an item", "Validated"),
    "amended": pgettext_lazy("status of an item", "Amended"),
    "entered-in-error": pgettext_lazy("status of an item", "Withdrawn"),
}
FLAGS = {"H": _("high"), "L": _("low"), "HH": _("very high"), "LL": _("very low"), "A": _("abnormal")}
FLAG_SIGNS = {"H": "↑", "L": "↓", "HH": "↑↑", "LL": "↓↓", "A": "!"}
SEXES = {"F": _("Female"), "M": _("Male"), "X": _("X")}
