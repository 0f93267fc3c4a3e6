"""The pages that a face shows in its frame: name of the address, words. In the order shown."""

from django.utils.translation import gettext_lazy as _

PAGES = {
    "ward": (("home", _("My patients")),),
    "consult": (("home", _("My patients")),),
    "my": (
        ("home", _("Home")),
        ("record", _("My record")),
        ("access", _("Who has access")),
        ("who-looked", _("Who looked")),
        ("messages", _("Messages")),
    ),
    "desk": (("home", _("Work list")),),
}

# What a function has beyond the pages of its face.
PAGES_OF_FUNCTION: dict[str, tuple[tuple[str, object], ...]] = {
    "registration-desk": (
        ("find", _("Find a patient")),
        ("duplicates", _("Duplicates")),
        ("letters", _("Letters")),
        ("federal", _("Federal platform")),
    ),
    "ombuds": (("about", _("New request")),),
    "medical-director": (("about", _("Find a patient")),),
    "data-protection-officer": (
        ("about", _("Find a patient")),
        ("federal", _("Federal platform")),
        ("signals", _("Unexplained accesses")),
        ("settings", _("Settings")),
        ("change-rights", _("Function table")),
    ),
    "security-officer": (
        ("system", _("System")),
        ("settings", _("Settings")),
        ("rights", _("Who may do what")),
    ),
}

# On Ward and Consult, for those whose function may break the glass.
EMERGENCY = ("emergency", _("Emergency access"))
