"""Why an act of the Desk cannot be done now, in words that say what to do (codes: the SQL functions that raise UD010)."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "no-such-task": _("This task is not there any more. Go back to the work list."),
    "done-already": _("Somebody has finished this task meanwhile. Its history says who and how."),
    "words-missing": _("Write the note first."),
}


def in_words(code: str) -> str:
    """Return what to tell for the code of an ActRefused."""
    return str(WORDS.get(code, _("This cannot be done now. Open the page again and see what has changed.")))
