"""What the verbs answer, in words that say what to do: the field at fault and the sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from unidossier.gate.door import ActRefused

SENTENCES = {
    "reason-too-short": ("reason", _("Write at least 10 characters: the patient decides by what you write.")),
    "not-informed": ("informed", _("Inform the patient first, then tick this.")),
    "contact-in-future": ("contact", _("This day has not come yet. Give the day of the contact.")),
    "contact-too-old": (
        "contact",
        _("This contact is more than 30 days ago. Give a later one, or wait for the next."),
    ),
    "signed-in-future": ("signed", _("This day has not come yet. Give the date on the form.")),
    "signed-too-old": (
        "signed",
        _("This form is more than 3 months old. Let the patient sign a new one at the next contact."),
    ),
    "not-ending-soon": (None, _("This access lasts more than 30 days still. Renew it in its last 30 days.")),
    "no-such-relation": (
        None,
        _("This access cannot be renewed: it is over, or it follows from other work."),
    ),
    "no-such-link": (None, _("This link is not yours, or it is gone. Make a new one.")),
    "link-ended": (
        None,
        _("The time to declare this form is over. Make a new link at the next contact."),
    ),
    "waits": ("number", _("You have this under way already: see the list on your start page.")),
    "too-many": (
        "number",
        _("You have tried 20 different numbers today. You can go on tomorrow; everything you began is kept."),
    ),
    "refused": (None, _("Your function cannot do this from here.")),
    "not-the-gp": (
        None,
        _("Only the general practitioner of record can give a colleague access to this record."),
    ),
    "no-such-carer": ("employment", _("This colleague does not work there any more. Choose another one.")),
    "yourself": ("employment", _("This is yourself. Choose a colleague.")),
    "ended-before": ("until", _("This day is over. Choose a later one.")),
    "too-long": ("until", _("This is more than 3 months. Choose an earlier day.")),
    "no-such-attempt": (None, _("This is not there any more. Nothing has changed.")),
    "too-late": (
        None,
        _("The signed form is declared already. To give the access up, ask the patient to withdraw it."),
    ),
    "no-such-claim": (None, _("Nobody asks you for this form any more.")),
    "judged-already": (None, _("The institution has decided about this form already.")),
}
UNKNOWN = (None, _("This could not be done. Go back to your start page and look how it stands."))


def tell(form: forms.Form, refused: ActRefused) -> None:
    """Put the sentence of a refusal on the form, at its field when the form has it."""
    field, sentence = SENTENCES.get(refused.code, UNKNOWN)
    form.add_error(field if field in form.fields else None, sentence)
