"""Lines of the log as sentences: who did what, in one breath (MY-15)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unidossier.portals.shared.components.log_line import LogLine


def log_sentence(line: LogLine) -> str:
    """Return the sentence without time and rule, which stand beside it."""
    who = _("You") if line.is_self else _who(line)
    pattern = _patterns_of_self() if line.is_self else _patterns()
    text = pattern[line.act] % {"who": who, "what": line.what or _("the record")}
    if line.on_behalf_of:
        text += " " + _("on behalf of %(name)s") % {"name": line.on_behalf_of}
    return text


def _who(line: LogLine) -> str:
    name = line.who or _("Somebody")
    place = ", ".join(part for part in (line.function, line.institution) if part)
    return f"{name} ({place})" if place else name


def _patterns() -> dict[str, str]:
    return {
        "opened": _("%(who)s opened %(what)s"),
        "read": _("%(who)s read %(what)s"),
        "listed": _("%(who)s saw the name in a list (%(what)s)"),
        "searched": _("%(who)s searched in %(what)s"),
        "wrote": _("%(who)s added %(what)s"),
        "amended": _("%(who)s corrected %(what)s"),
        "withdrew": _("%(who)s withdrew %(what)s"),
        "printed": _("%(who)s printed %(what)s"),
        "exported": _("%(who)s sent out %(what)s"),
        "signed-in": _("%(who)s signed in"),
        "signed-out": _("%(who)s signed out"),
        "refused": _("%(who)s tried to open %(what)s and was refused"),
        "acted": "%(who)s %(what)s",
    }


def _patterns_of_self() -> dict[str, str]:
    return {
        "opened": pgettext("you", "You opened %(what)s"),
        "read": pgettext("you", "You read %(what)s"),
        "listed": pgettext("you", "You looked at a list (%(what)s)"),
        "searched": pgettext("you", "You searched in %(what)s"),
        "wrote": pgettext("you", "You added %(what)s"),
        "amended": pgettext("you", "You corrected %(what)s"),
        "withdrew": pgettext("you", "You withdrew %(what)s"),
        "printed": pgettext("you", "You printed %(what)s"),
        "exported": pgettext("you", "You took out %(what)s"),
        "signed-in": pgettext("you", "You signed in"),
        "signed-out": pgettext("you", "You signed out"),
        "refused": pgettext("you", "You tried to open %(what)s and were refused"),
        "acted": pgettext("you", "You: %(what)s"),
    }
