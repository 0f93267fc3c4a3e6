"""What an app asks for, in words of people: one line for what belongs together, each to be left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from unidossier.gate import door
from unidossier.gate.door import Query
from unidossier.kernel.category import Category as C
from unidossier.kernel.smart_scope import EVERYTHING, PLAIN, ResourceScope, resource_scope, understood
from unidossier.record.describe.inside import TELLS
from unidossier.record.describe.shapes import SHAPES

CATEGORIES = "SELECT code, words FROM gate.category ORDER BY code"
# types whose items fall into more than their own category (record/describe/category.py)
_ALSO: dict[str, tuple[C, ...]] = {
    "Observation": (C.VITAL_SIGN, C.LABORATORY, C.IMAGING, C.QUESTIONNAIRE, C.PROBLEM),
    "DiagnosticReport": (C.LABORATORY, C.IMAGING, C.EXAMINATION),
    "Binary": (C.REPORT, C.LETTER, C.DISCHARGE, C.OPERATION, C.IMAGING, C.LABORATORY, C.EXAMINATION),
    "DocumentReference": (C.LETTER, C.DISCHARGE, C.OPERATION, C.IMAGING, C.PATIENT_DOCUMENT),
    "Composition": (C.LETTER, C.DISCHARGE, C.OPERATION),
    "Procedure": (C.OPERATION, C.IMAGING, C.CARE_PLAN),
    **dict.fromkeys(TELLS, (C.PROBLEM,)),  # and the reasons that stand in appointments, stays and bills
}
# asked for beside the record; what is only technique is not asked
KEPT_UNASKED = frozenset({"launch", "launch/patient"})
OF_IDENTITY = ("openid", "fhirUser", "profile")
LASTING = ("offline_access",)
LASTS_S = {"day": 86_400, "month": 30 * 86_400, "quarter": 90 * 86_400, "year": 365 * 86_400}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tick: `value` holds its scopes, by spaces."""

    value: str
    title: str
    hint: str
    writes: bool = False


def lines(scopes: Sequence[str], *, is_own: bool) -> tuple[Line, ...]:
    """Return the ticks for the scopes over resources, in their order; `is_own`: about the person's own record."""
    words = {row["code"]: _in_language(row["words"]) for row in door.call(Query(CATEGORIES))}
    grouped: dict[tuple[int, bool, bool], list[ResourceScope]] = {}
    for text in scopes:
        if text not in PLAIN:
            one = resource_scope(text)
            # writing is asked apart from seeing; for all patients apart from the one on the screen
            key = (_mask(one), bool(set(one.may) & set("cud")), one.context == "user" and not is_own)
            grouped.setdefault(key, []).append(one)
    return tuple(_line(key, ones, words=words) for key, ones in grouped.items())


def extras(scopes: Iterable[str], *, is_own: bool) -> tuple[Line, ...]:
    """Return the ticks beside the record: who the person is. A patient has no function."""
    asked = [one for one in scopes if one in OF_IDENTITY]
    if not asked:
        return ()
    hint = _("Your name in this system.") if is_own else _("Your name and function in this system.")
    return (Line(value=" ".join(asked), title=_("Who you are"), hint=hint),)


def lasts() -> tuple[tuple[str, str], ...]:
    """Return how long an app may keep its access: code and words."""
    return (
        ("day", _("one day")),
        ("month", _("30 days")),
        ("quarter", _("90 days")),
        ("year", _("one year")),
    )


def told(scope: str) -> tuple[str, ...]:
    """Return what a given scope lets an app do, one line each: for the page of what was given."""
    given = understood(scope.split())  # one of long ago may have a type that is none
    return tuple(
        f"{line.title}: {line.hint}" for line in (*extras(given, is_own=True), *lines(given, is_own=True))
    )


def _mask(one: ResourceScope) -> int:
    if one.type == "*" or one.categories != EVERYTHING:
        return one.categories
    shape = SHAPES.get(one.type)
    own = shape.category if shape else C.ADMINISTRATIVE
    mask = 1 << own
    for also in _ALSO.get(one.type, ()):
        mask |= 1 << also
    return mask


def _line(key: tuple[int, bool, bool], ones: list[ResourceScope], *, words: Mapping[int, str]) -> Line:
    mask, writes, is_wide = key
    if mask == EVERYTHING:
        title = _("Everything in the record")
    else:
        title = ", ".join(words[code] for code in sorted(words) if mask >> code & 1)
    letters = {letter for one in ones for letter in one.may}
    hint = _deeds(letters)
    if is_wide:
        hint = _("%(deeds)s, of every patient whom you may see yourself") % {"deeds": hint}
    return Line(value=" ".join(one.text for one in ones), title=title, hint=hint, writes=writes)


def _deeds(letters: set[str]) -> str:
    deeds = []
    if letters & {"r", "s"}:
        deeds.append(_("see"))
    if letters & {"c", "u"}:
        deeds.append(_("add and change"))
    if "d" in letters:
        deeds.append(_("take back what it sent"))
    return ", ".join(deeds)


def _in_language(words: Mapping[str, str]) -> str:
    return words.get(get_language() or "en") or words["en"]
