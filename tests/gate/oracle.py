"""The oracle: the decision once more, in Python, from the rulebook and not from the SQL.

It is the other hand. It follows the chapters of the rulebook: who asks, what the patient forbade, whose
side the asker stands on. Each part answers with a rule id or with None: "nothing here decides".
"""

from tests.gate.facts import CARERS, WORKERS, Facts

PERMITS = frozenset(
    {
        "REP-2.opened",
        "MY-4.own",
        "REP-1.parent",
        "REP-3.legal",
        "REP-3.mandate",
        "REP-3.trusted",
        "ACS-4.task",
        "XCH-1.deliver",
        "ACS-5.institution",
        "ACD-2.planning",
        "DTH-3.designated",
        "EXC-7.lifted",
        "ACD-2.work",
        "ACD-3.consent",
        "CON-3.gp",
        "BTG-1.emergency",
    }
)

REFUSALS = frozenset(
    {
        "ACD-7.ended",
        "ALL-3.second-factor",
        "ACD-6.purpose",
        "ACS-4.governance",
        "ACS-4.elsewhere",
        "EXC-2.excluded",
        "ACS-1.function",
        "ACD-1.not-own",
        "DTH-1.closed",
        "REP-2.minor",
        "REP-1.dispute",
        "REP-1.fifteen",
        "REP-3.scope",
        "REP-4.none",
        "ACS-5.machine",
        "DTH-1.no-new-relation",
        "DTH-1.outside",
        "CON-10.refused",
        "CON-9.suspended",
        "CON-4.consent",
        "BTG-2.function",
        "BTG-1.incomplete",
        "CON-6.pending",
        "ACD-4.ended",
        "ACD-1.none",
    }
)


def decide(facts: Facts) -> str:
    """Return the id of the rule that decides about these facts; `PERMITS` tells whether it permits."""
    barred = _who_asks(facts) or _excluded(facts) or _function_table(facts) or _not_his_work(facts)
    return barred or _SIDES[facts.actor](facts)


def _who_asks(facts: Facts) -> str | None:
    """ACD-7, ALL-3, ACD-6, ACS-4: what is known before any patient is looked at."""
    if not facts.active:
        return "ACD-7.ended"
    if not facts.strong:
        return "ALL-3.second-factor"
    if not facts.lawful:
        return "ACD-6.purpose"
    return "ACS-4.governance" if facts.actor == "governance" and facts.act != "govern" else None


def _excluded(facts: Facts) -> str | None:
    """EXC-1, EXC-2: whoever works with the record, at the Desk too; a patient cannot exclude himself, nor a machine."""
    if facts.actor not in WORKERS or facts.exclusion == "none" or _is_lifted(facts):
        return None
    return "EXC-2.excluded"


def _is_lifted(facts: Facts) -> bool:
    """EXC-7: urgent care by a carer: never staff, never for a deceased, never past an absolute exclusion."""
    return facts.lifting and facts.exclusion == "plain" and facts.actor in CARERS and not facts.dead


def _function_table(facts: Facts) -> str | None:
    return None if facts.rights else "ACS-1.function"


def _not_his_work(facts: Facts) -> str | None:
    """ACD-2, XCH-1: planning is work inside, delivering is for machines; no tie makes it anybody else's."""
    if facts.act in _ACTS[facts.actor]:
        return None
    if facts.actor == "patient" and facts.tie != "own":
        return "ACD-1.not-own"
    return "REP-4.none" if facts.actor == "representative" else "ACD-1.none"


_ACTS = {
    "patient": {"open", "decide"},
    "representative": {"open", "decide"},
    "inside": {"open", "plan"},
    "outside": {"open"},
    "staff": {"open", "plan"},
    "governance": {"govern"},
    "machine": {"open", "plan", "deliver"},
}


def _patient(facts: Facts) -> str:
    """ACD-1, DTH-1, REP-2, MY-4."""
    if facts.tie != "own":
        return "ACD-1.not-own"
    if facts.dead:
        return "DTH-1.closed"
    if facts.age == "minor":
        return "REP-2.minor"
    return "REP-2.opened" if facts.age == "opened" else "MY-4.own"


def _representative(facts: Facts) -> str:
    """DTH-1, then chapter 8. Decisions about access (REP-4): parents, legal representatives, and mandates that say so."""
    if facts.dead:
        return "DTH-1.closed"
    if facts.tie == "suspended":
        return "REP-1.dispute"
    if facts.tie == "parent" and facts.age == "of-age":
        return "REP-1.fifteen"
    if facts.act == "decide" and facts.tie in ("foster", "mandate", "trusted"):
        return "REP-3.scope"
    return _REPRESENTATIONS.get(facts.tie, "REP-4.none")


_REPRESENTATIONS = {
    "parent": "REP-1.parent",
    "legal": "REP-3.legal",
    "foster": "REP-3.mandate",
    "mandate": "REP-3.mandate",
    "mandate-decides": "REP-3.mandate",
    "trusted": "REP-3.trusted",
}


def _governance(facts: Facts) -> str:
    """ACS-4, ALL-4: the tasks of the Desk about the patients of its institution, also after a death."""
    return "ACS-4.task" if facts.tie == "institution" else "ACS-4.elsewhere"


def _machine(facts: Facts) -> str:
    """XCH-1, ACS-5, ACD-2: results of a deceased still arrive; appointments for him do not."""
    if facts.act == "plan":
        return _planning(facts)
    if facts.tie != "institution":
        return "ACS-5.machine"  # ACD-8: an id that another house knows answers like one that nobody knows
    return "XCH-1.deliver" if facts.act == "deliver" else "ACS-5.institution"


def _planning(facts: Facts) -> str:
    """ACD-2 makes relations by work; DTH-1 lets none be made for a deceased."""
    return "DTH-1.no-new-relation" if facts.dead else "ACD-2.planning"


def _carer(facts: Facts) -> str:
    """Chapters 3 to 6 and 9 for a carer, inside or outside."""
    if facts.act == "plan":
        return _planning(facts)
    return _after_death(facts) or _lifting_opens(facts) or _kept_out(facts) or _by_relation(facts)


def _staff(facts: Facts) -> str:
    """ACS-2: staff plan, and see what their function gives while a relation is in force; no glass."""
    if facts.act == "plan":
        return _planning(facts)
    return _kept_out(facts) or _by_relation(facts)


def _after_death(facts: Facts) -> str | None:
    """DTH-3 the designated professional reads; DTH-1 external links end; DTH-2 inside they run on."""
    if not facts.dead:
        return None
    if facts.tie == "designated":
        return "DTH-3.designated"
    return "DTH-1.outside" if facts.actor == "outside" else None


def _lifting_opens(facts: Facts) -> str | None:
    return "EXC-7.lifted" if _is_lifted(facts) else None


def _kept_out(facts: Facts) -> str | None:
    """CON-10 and CON-9: both hold against break-the-glass too."""
    if facts.actor == "outside" and facts.refuses_outside:
        return "CON-10.refused"
    return "CON-9.suspended" if facts.tie == "suspended" else None


def _by_relation(facts: Facts) -> str:
    """ACD-2, ACD-3, CON-3 open; without them the glass (chapter 4); without it the reason why not."""
    return _relation_in_force(facts) or _glass(facts) or _why_not(facts)


def _relation_in_force(facts: Facts) -> str | None:
    if facts.tie == "work":
        return "ACD-2.work"
    if facts.tie == "consent":
        return "ACD-3.consent"
    # the GP of record is a physician: staff of his practice need a relation of their own
    is_gp = facts.tie == "gp" and facts.actor in CARERS
    return "CON-3.gp" if is_gp and facts.gp_default else None


def _glass(facts: Facts) -> str | None:
    """BTG-1, BTG-2. Breaking the glass makes a new relation, hence none with a deceased (DTH-1)."""
    if facts.glass == "none":
        return None
    if facts.dead:
        return "DTH-1.no-new-relation"
    if not facts.may_break_glass or facts.actor not in CARERS:
        return "BTG-2.function"
    return "BTG-1.emergency" if facts.glass == "valid" else "BTG-1.incomplete"


def _why_not(facts: Facts) -> str:
    if facts.tie == "gp" and facts.actor in CARERS and not facts.gp_default:
        return "CON-4.consent"
    return {"pending": "CON-6.pending", "ended": "ACD-4.ended"}.get(facts.tie, "ACD-1.none")


_SIDES = {
    "patient": _patient,
    "representative": _representative,
    "inside": _carer,
    "outside": _carer,
    "staff": _staff,
    "machine": _machine,
    "governance": _governance,
}
