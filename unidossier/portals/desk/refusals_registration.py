"""Why an act of the registration desk cannot be done now, in words that say what to do (registry/sql: UD010)."""

from django.utils.translation import gettext_lazy as _

from unidossier.portals.desk.refusals import in_words as others

WORDS = {
    "number-taken": _("Another patient has this number. Find him first: it may be the same person."),
    "family-missing": _("Write the family name."),
    "given-missing": _("Write the given name."),
    "birth-in-future": _("The birth date lies in the future."),
    "birth-too-early": _("The birth date is too long ago."),
    "changed-meanwhile": _(
        "Somebody changed these data meanwhile. Open the page again: the history shows what was changed."
    ),
    "nothing-changed": _("Nothing was changed."),
    "no-such-number": _("This number is not in force any more, or another institution keeps it."),
    "no-such-gp": _("This person does not work as a general practitioner now. Choose another one."),
    "excluded": _("The patient has excluded this person. He must end the exclusion first."),
    "deceased": _("The patient has died: nothing new can be registered."),
    "deceased-already": _("A death is recorded already."),
    "in-future": _("This moment has not come yet."),
    "before-birth": _("This is before the birth of the patient."),
    "source-missing": _("Write who told of the death."),
    "not-deceased": _("No death is recorded."),
    "asked-already": _("A reversal is asked already. A colleague must confirm it."),
    "no-such-reversal": _("This request is not there any more."),
    "same-person": _("You asked for it yourself. A colleague must answer."),
    "words-missing": _("Write why you refuse."),
    "text-missing": _("Write an answer for the patient."),
    "kind-unknown": _("Choose who this person is."),
    "proof-missing": _("Choose the scanned paper."),
    "authority-missing": _("Write which document proves it."),
    "scope-missing": _("Tick what this person may see."),
    "end-before-start": _("The end lies before the start, or in the past."),
    "yourself": _("This is the patient himself."),
    "of-age": _(
        "The patient has reached the age of own access, or no birth date is known. A parent needs a mandate of the patient."
    ),
    "two-parents": _("Two parents are registered already. End one link first."),
    "known-already": _("This person is registered already in the same way."),
    "no-such-mandate": _("This file is not there any more."),
    "no-such-person": _("This person is not there any more. Choose another one."),
    "not-here": _("This person does not work here. The form belongs to the institution where he works."),
    "excluded-already": _("This person is excluded already."),
    "no-such-exclusion": _("This exclusion is not there any more."),
    "federal": _("This exclusion is federal. It ends at the federal portal alone."),
    "no-such-patient": _("One of the two is not there, or not open to you."),
    "merged-already": _(
        "One of the two was merged meanwhile. Open the file that stays: it says with whom, and lets you undo it."
    ),
    "no-such-merge": _("This merge is not there any more."),
    "merge-above": _("The record was merged again afterwards. Undo that merge first."),
}


def in_words(code: str) -> str:
    """Return what to tell for the code of an ActRefused."""
    return str(WORDS[code]) if code in WORDS else others(code)
