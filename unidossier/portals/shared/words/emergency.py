"""Words of an emergency: the six reasons of break-the-glass (BTG-1), and why a lifting cannot be written down (EXC-7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REASONS = {
    "unconscious": _("The patient is unconscious"),
    "asked-by-gp": _("Asked by the patient’s GP about an earlier treatment"),
    "sample-or-image": _("Sample or image received without an order"),
    "clinical-study": _("Ongoing clinical study"),
    "unknown-relation": _("I treat this patient; the system does not know it yet"),
    "other": _("Another reason"),
}
WHY_NOT = {
    "others-on-duty": _(
        "According to the roster, a colleague of your function is on duty in your team now. Ask the colleague to take over."
    ),
    "no-such-lifting": _("There is nothing to confirm here. It may be older than 12 hours, or your own."),
    "confirmed-already": _("A colleague has confirmed it meanwhile. Nothing more is needed."),
}
