"""A decision in words: the facts that mattered, and what would change it. Names and values are those of gate/sql/decide.sql."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# what is so, where it counted
BECAUSE: dict[tuple[str, Any], Any] = {
    ("active", False): _("This person’s work there has ended."),
    ("lawful", False): _("The purpose is not care."),
    ("rights", False): _("This function gives no access to records."),
    ("dead", True): _("The patient has died."),
    ("exclusion", "none"): _("This person is not excluded."),
    ("exclusion", "plain"): _("This person is excluded."),
    ("exclusion", "absolute"): _("This person is excluded, also in emergencies."),
    ("lifting", True): _("The exclusion is lifted for urgent care."),
    ("tie", "none"): _("There is no treatment relation."),
    ("tie", "work"): _("This person takes part in the care: an appointment, a stay, an order or a team."),
    ("tie", "consent"): _("The patient agreed to it."),
    ("tie", "gp"): _("This person is the general practitioner of the patient."),
    ("tie", "designated"): _("This person was designated after the death."),
    ("tie", "pending"): _("A request or a link is still waiting."),
    ("tie", "suspended"): _("The relation is suspended."),
    ("tie", "ended"): _("The period of treatment is over."),
    ("refuses_outside", True): _("Access from outside the hospitals is refused."),
    ("gp_default", True): _("A hospital lets the general practitioner in without more."),
    ("glass", "valid"): _("It is an emergency access."),
}

# what would turn it
WOULD_CHANGE: dict[tuple[str, Any], Any] = {
    ("active", True): _("This person works there again."),
    ("active", False): _("This person’s work there ends."),
    ("lawful", True): _("The purpose is care."),
    ("rights", True): _("The table of functions allows it."),
    ("dead", True): _("The patient dies."),
    ("dead", False): _("The record of the death is reversed."),
    ("exclusion", "none"): _("The exclusion ends."),
    ("exclusion", "plain"): _("The patient excludes this person."),
    ("lifting", True): _("The exclusion is lifted for urgent care, for some hours."),
    ("lifting", False): _("The lifting of the exclusion ends."),
    ("tie", "none"): _("The relation is withdrawn."),
    ("tie", "work"): _("There is work for the patient: an appointment, a stay, an order or a team."),
    ("tie", "consent"): _("The patient gives access."),
    ("tie", "gp"): _("This person becomes the general practitioner of the patient."),
    ("tie", "suspended"): _("The relation is suspended."),
    ("tie", "ended"): _("The period of treatment ends."),
    ("refuses_outside", True): _("The patient refuses all access from outside."),
    ("refuses_outside", False): _("The patient allows access from outside again."),
    ("gp_default", True): _("A hospital lets the general practitioner in without more."),
    ("gp_default", False): _("Every hospital asks for a signed consent first."),
    ("glass", "valid"): _("An emergency: emergency access, with a reason, for some hours."),
    ("glass", "none"): _("The emergency access ends."),
}


def because(facts: dict[str, Any], mattered: tuple[str, ...]) -> list[str]:
    """Return the sentences of the facts that mattered, the telling ones first."""
    order = list(dict.fromkeys(fact for fact, _value in BECAUSE))
    named = [(fact, facts[fact]) for fact in order if fact in mattered]
    return [str(BECAUSE[one]) for one in named if one in BECAUSE]


def would_change(changes: list[tuple[str, Any]], *, permits: bool) -> list[str]:
    """Return the sentences of what would turn the decision, each once."""
    if permits:  # another reason in place of the one that counts is nothing that anybody could do to close it
        changes = [one for one in changes if one[0] != "tie" or one[1] in ("none", "suspended", "ended")]
    order = {one: place for place, one in enumerate(WOULD_CHANGE)}
    named = sorted((one for one in changes if one in order), key=order.__getitem__)
    return [str(WOULD_CHANGE[one]) for one in named]
