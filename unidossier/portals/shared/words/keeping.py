"""Words for what is lawfully no longer in the log: why an entry was erased, why a month stays, what a restore was."""

from django.utils.translation import gettext_lazy as _

GROUNDS = {
    "court-order": _("ordered by a court"),
    "authority": _("ordered by the data protection authority"),
    "wrong-patient": _("it named the wrong patient"),
    "too-much": _("it said what must not stand in the log"),
}
RESTORE_GROUNDS = {
    "hardware": _("Hardware failed"),
    "software": _("Software failed"),
    "attack": _("An attack"),
    "exercise": _("An exercise"),
    "other": _("Something else"),
}
STAYS = {
    "running": _("the month is not over"),
    "period": _("its time is not over"),
    "record": _("it names patients whose record still stands"),
    "hold": _("a legal hold"),
    "case": _("a case that is running rests on it"),
    "tree": _("not all of its entries are in the tree yet"),
    "erasure": _("it proves an erasure in another month"),
}
STATES = {
    "waiting": _("waits for a second person"),
    "confirmed": _("confirmed"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
}
