"""Why an erasure, a hold, a time of keeping or the account of a restore cannot be done now (codes: cases/sql/erasure.sql, retention.sql, restored.sql)."""

from django.utils.translation import gettext_lazy as _

from unidossier.portals.desk.refusals import in_words as common_words

WORDS = {
    "not-fresh": _("Prove once more who you are: send the form again, and you are asked for it."),
    "no-such-ground": _("Choose one of the grounds."),
    "officer-asks": _("A data protection officer asks; you may confirm."),
    "asked-already": _("Somebody has asked for this already. It waits for a second person."),
    "no-second": _("Nobody else may confirm this. A second officer must be named first."),
    "no-such-entry": _("There is no such entry at this hospital. Check the number."),
    "own-entry": _("This is about yourself. Two colleagues must decide it."),
    "keeps-the-log": _("What the log says about itself is never erased."),
    "not-in-tree": _("This entry is not in the tree yet. Try again in a minute."),
    "in-a-case": _("A case or a request that is running rests on this entry. It must be closed first."),
    "on-hold": _("A legal hold keeps this entry. It must be ended first."),
    "erased-already": _("This entry is erased already."),
    "same-officer": _("A second person must decide. The first one may only withdraw."),
    "not-second": _("An officer of the hospital that asked must decide."),
    "no-such-request": _("This request is not there any more."),
    "held-already": _("There is such a hold already."),
    "no-such-hold": _("This hold is not there any more."),
    "by-two": _("Two officers change this setting: propose it under “How long the log is kept”."),
    "not-by-two": _("The confirmation names another entry. Open the page again."),
    "changed-meanwhile": _("Somebody changed this meanwhile. Open the page again to see the value."),
    "no-such-restore": _("This restore is not there any more."),
    "no-such-account": _("This account is not there any more."),
    "date-not-possible": _(
        "A backup cannot be newer than the moment its restore was noticed. Choose an earlier moment."
    ),
    "who-missing": _("Say who did the restore."),
}


def in_words(code: str) -> str:
    """Return what to tell for the code of an ActRefused."""
    return str(WORDS[code]) if code in WORDS else common_words(code)
