"""The pages that a face shows in its frame: name of the address, words. In the order shown."""

from django.utils.translation import gettext_lazy as _

PAGES = {
    "ward": (("home", _("My patients")),),
    "consult": (("home", _("My patients")), ("messages", _("Messages"))),
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
        ("figures", _("Open figures")),
    ),
    "ombuds": (
        ("about", _("New request")),
        ("code-of-overview", _("Who is behind a code")),
        ("log-state", _("State of the log")),
        ("figures", _("Open figures")),
    ),
    "medical-director": (
        ("about", _("Find a patient")),
        ("log", _("Search in the log")),
        ("log-state", _("State of the log")),
        ("figures", _("Open figures")),
    ),
    "data-protection-officer": (
        ("about", _("Find a patient")),
        ("log", _("Search in the log")),
        ("signals", _("Unexplained accesses")),
        ("log-state", _("State of the log")),
        ("log-keeping", _("Keeping of the log")),
        ("figures", _("Open figures")),
        ("federal", _("Federal platform")),
        ("apps", _("Apps")),
        ("settings", _("Settings")),
        ("change-rights", _("Function table")),
    ),
    "security-officer": (
        ("system", _("System")),
        ("apps", _("Apps")),
        ("log-state", _("State of the log")),
        ("log-keeping", _("Keeping of the log")),
        ("figures", _("Open figures")),
        ("settings", _("Settings")),
        ("rights", _("Who may do what")),
        ("addresses", _("Addresses for notices")),
    ),
}

# Pages that stand as one entry, and as tabs of each other.
ROOMS: dict[str, tuple[tuple[object, tuple[str, ...]], ...]] = {
    "desk": (
        (_("Log"), ("log", "signals", "log-state", "log-keeping", "code-of-overview", "figures")),
        (_("Apps"), ("apps", "addresses")),
        (_("Settings"), ("settings", "change-rights", "rights")),
    ),
}

# Pages below a page: the header shows where one is.
BELOW = {
    "my": {"proof": "who-looked", "unknown": "who-looked"},
    "desk": {
        "log-retention": "log-keeping",
        "log-restores": "log-keeping",
        "register-app": "apps",
        "change-app": "apps",
        "suspend-app": "apps",
        "allow-address": "addresses",
        "end-address": "addresses",
        "change-setting": "settings",
        "decide-rights": "change-rights",
    },
}

# On Ward and Consult, for those whose function may break the glass.
EMERGENCY = ("emergency", _("Emergency access"))
