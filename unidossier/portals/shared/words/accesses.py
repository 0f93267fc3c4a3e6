"""Words of "who looked": why somebody could look, for what purpose, and who is meant when no name is shown (MY-15)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TIES = {
    "appointment": _("because you have an appointment"),
    "stay": _("because of your stay in the hospital"),
    "contact": _("because of a consultation"),
    "order": _("because of an examination that was asked for you"),
    "referral": _("because you were referred"),
    "care-team": _("as a member of your care team"),
    "gp": _("as your general practitioner"),
    "granted": _("because you gave access"),
    "request": _("because you accepted the request"),
    "link": _("because you signed the link"),
}
# The rule from the side of the reader, where its own words speak of "the patient".
YOURS = {
    "ACD-2.work": _("treats you"),
    "ACD-3.consent": _("with your agreement"),
    "CON-3.gp": _("as your general practitioner"),
    "CON-5.asked": _("asked you; opens nothing by itself"),
    "ACD-1.list": _("a list of patients in care there"),
    "MY-4.own": _("your own record"),
}
PURPOSES = {
    "care": _("care"),
    "own": _("your own record"),
    "governance": _("task of the administration"),
    "exchange": _("exchange between computers"),
}
KINDS = {
    "carer": _("A carer"),
    "staff": _("Somebody of the staff"),
    "governance": _("Somebody of the administration"),
}
GLASS = {
    "unconscious": _("you were unconscious"),
    "asked-by-gp": _("asked by your general practitioner"),
    "sample-or-image": _("a sample or image had to be judged"),
    "clinical-study": _("a clinical study"),
    "unknown-relation": _("a care relation that was not known here"),
    "other": _("another reason"),
}
PRESENTATIONS = {
    "pseudonymised": _(
        "%(institution)s shows its people by a code: the same code is always the same person. Its ombuds service can tell you more."
    ),
    "anonymised": _(
        "%(institution)s shows its people by their function and the hour alone. Its ombuds service can tell you more."
    ),
}
