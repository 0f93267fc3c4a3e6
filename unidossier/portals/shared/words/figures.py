"""Words of the open figures: outcomes, questions, ways."""

from django.utils.translation import gettext_lazy as _

OUTCOMES = {
    "justified": _("justified"),
    "not-justified": _("not justified"),
    "missing-relation": _("a relation was missing in the system"),
    "granted": _("granted"),
    "partly": _("partly granted"),
    "refused": _("refused"),
    "answered": _("answered"),
    "designated": _("a professional reads for the relative"),
    "explained": _("explained"),
    "case": _("a case was opened"),
    "no-abuse": _("no abuse"),
    "warned": _("the person was warned"),
    "access-ended": _("the access was ended"),
    "reported": _("reported to the Order or the authority"),
}
REVIEWED = {"in-time": _("within 72 hours"), "late": _("later"), "open": _("still waits")}
QUESTIONS = {
    "overview": _("Overview of accesses"),
    "correction": _("Correction"),
    "not-visible": _("Something that is not visible"),
    "relative": _("Request of a relative after death"),
    "unknown-person": _("Somebody unknown looked"),
    "other": _("Something else"),
}
CHANNELS = {"form": _("by form"), "portal": _("on My"), "federal": _("at the federal platform")}
