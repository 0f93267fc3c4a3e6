"""Words of the daily review: why an access is worth a look (LOG-6)."""

from django.utils.translation import gettext_lazy as _

SIGNALS = {
    "self": _("Own record opened at work, not on My"),
    "colleague": _("Record of a colleague, without work that explains it"),
    "same-name": _("Same family name as the patient, without work that explains it"),
    "same-address": _("Same address as the patient, without work that explains it"),
    "planned-with-oneself": _("The only relation was planned by the person himself"),
    "emergency": _("Emergency access that waits in no review"),
    "excluded": _("Tried to open a record although the patient excluded the person"),
    "no-activity": _(
        "Three records or more on one day of patients with whom nothing happened: no stay, appointment, order or report within two weeks"
    ),
    "came-back": _(
        "The same record on three days or more of a month, although nothing happened with the patient"
    ),
    "bulk": _("More different records in a short time than anybody works on: over 50 within an hour"),
}


def signal_words(signal: str) -> str:
    """Return why accesses are worth a look, in the reader's language."""
    return str(SIGNALS.get(signal, signal))
