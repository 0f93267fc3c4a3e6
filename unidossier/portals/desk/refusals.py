"""Why an act of the Desk cannot be done now, in words that say what to do (codes: the SQL functions that raise UD010)."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "no-such-task": _("This task is not there any more. Go back to the work list."),
    "done-already": _("Somebody has finished this task meanwhile. Its history says who and how."),
    "not-by-hand": _("This task is closed by what it asks for, not by hand."),
    "words-missing": _("Write the note first."),
    "text-missing": _("Write what it is about, in a few words."),
    "motivation-missing": _("Write why the relative asks, in at least ten characters."),
    "answer-missing": _("Write the answer first."),
    "reason-missing": _("Write the reason, in at least ten characters."),
    "work-missing": _("Choose which work should have made the relation."),
    "no-such-outcome": _("Choose one of the outcomes."),
    "no-such-function": _("Choose another function."),
    "not-deceased": _(
        "This is for deceased patients only. A living patient asks himself, or by somebody who acts for him."
    ),
    "objected-in-life": _("The patient objected in life: nobody may read for relatives. Refuse the request."),
    "not-a-professional": _("Choose a physician, nurse, pharmacist, dentist or paramedic at work now."),
    "no-categories": _("Tick what may be read."),
    "end-not-allowed": _("Choose a day to come, at most three months from now."),
    "deceased": _("The patient has died: what was recorded in life stands."),
    "own-access": _("This is about your own access. A colleague must judge it."),
    "no-such-entry": _("Tick entries of this patient and this person."),
    "not-a-case": _("This is no case."),
    "request-missing": _(
        "Open the request of the patient first, and search from there. A request that is done is over."
    ),
    "no-such-overview": _("This hospital made no overview of this number. Check the number on the paper."),
    "nothing-in-common": _("Tick entries that are all about one patient, or all by one person."),
    "value-not-allowed": _("This value is beyond the limits of the setting."),
    "changed-meanwhile": _("Somebody changed this setting meanwhile. Open the page again to see its value."),
    "nothing-changes": _("Nothing would change. Choose another value."),
    "not-changeable": _("Only the rights of carers and staff are changed here."),
    "staff-administrative": _("Staff see administrative data and the agenda alone."),
    "table-changed": _("The table has changed meanwhile. Open the page again and start from the new one."),
    "date-not-allowed": _("Choose a day within the coming year."),
    "same-person": _("A second data protection officer must decide. The first one may only withdraw."),
    "no-such-proposal": _("This proposal is not there any more."),
    "period-not-allowed": _("Choose at most a month, and no day to come."),
    "not-shown": _("The carer has not shown the form yet. It can be refused, not accepted."),
    "no-such-link": _("This link is not in force any more."),
}


def in_words(code: str) -> str:
    """Return what to tell for the code of an ActRefused."""
    return str(WORDS.get(code, _("This cannot be done now. Open the page again and see what has changed.")))
