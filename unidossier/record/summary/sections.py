"""The sections of the summary: their code, which lines of the record belong to them, and what is shown of a line.

IPS 2.0, Composition (IPS): problems, allergies and medication are always there; the European patient summary (hl7-eu/eps 1.0) asks for
procedures and devices too. What cannot be told says why (emptyReason).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from unidossier.kernel.category import Category

Line = dict[str, Any]  # a row of record.summary.queries

OVER = frozenset({"resolved", "inactive", "remission"})
DENIED = frozenset({"refuted", "entered-in-error"})
TAKEN = frozenset({"active", "intended", "unknown", "on-hold"})
TOBACCO, ALCOHOL = frozenset({"72166-2"}), frozenset({"74013-4"})
PREGNANCY = frozenset({"82810-3", "11778-8", "11779-6", "11780-4"})
MOST_RESULTS = 60


@dataclass(frozen=True, kw_only=True)
class Section:
    """`slug` names it in words.py; `columns` too. `category` must be open to the reader, or the section is withheld.

    `belongs` tells whether a line is of it, on a given day. `is_required`: it is there even when empty.
    """

    slug: str
    loinc: str
    category: Category
    types: frozenset[str]
    belongs: Callable[[Line, date], bool]
    columns: tuple[str, ...] = ("what", "when")
    is_required: bool = False


def short(line: Line) -> dict[str, Any]:
    """Return the structured facts of a line (record.describe)."""
    return line["short"] or {}


def in_course(line: Line, today: date) -> bool:
    """Tell whether a medicine is taken or prescribed now: active, and its end not behind us."""
    until = str(short(line).get("until") or "")[:10]
    return short(line).get("status", "active") in TAKEN and (not until or until >= today.isoformat())


def _is_problem(line: Line, _: date) -> bool:
    return (
        short(line).get("clinicalStatus", "active") not in OVER
        and short(line).get("verification") not in DENIED
    )


def _is_past(line: Line, _: date) -> bool:
    return short(line).get("clinicalStatus") in OVER and short(line).get("verification") not in DENIED


def _is_given(line: Line, _: date) -> bool:
    return short(line).get("status") != "not-done"


def _is_active(line: Line, _: date) -> bool:
    return line["told"].get("status") == "active"


def _is_done(line: Line, _: date) -> bool:
    return line["told"].get("status") in ("completed", "in-progress", "unknown")


def _of_codes(codes: frozenset[str]) -> Callable[[Line, date], bool]:
    return lambda line, _: line["code"] in codes


def _of_category(category: Category) -> Callable[[Line, date], bool]:
    return lambda line, _: line["category"] == category


def _always(_line: Line, _day: date) -> bool:
    return True


def _types(*names: str) -> frozenset[str]:
    return frozenset(names)


SECTIONS = (
    Section(slug="problems", loinc="11450-4", category=Category.PROBLEM, types=_types("Condition"), belongs=_is_problem, columns=("what", "since"), is_required=True),
    Section(slug="allergies", loinc="48765-2", category=Category.ALLERGY, types=_types("AllergyIntolerance"), belongs=_is_problem, columns=("what", "reaction", "criticality"), is_required=True),
    Section(slug="medication", loinc="10160-0", category=Category.MEDICATION, types=_types("MedicationStatement", "MedicationRequest"), belongs=in_course, columns=("what", "dose", "since"), is_required=True),
    Section(slug="vaccinations", loinc="11369-6", category=Category.VACCINATION, types=_types("Immunization"), belongs=_is_given),
    Section(slug="results", loinc="30954-2", category=Category.LABORATORY, types=_types("Observation"), belongs=_of_category(Category.LABORATORY), columns=("what", "value", "range", "when")),
    Section(slug="procedures", loinc="47519-4", category=Category.OPERATION, types=_types("Procedure"), belongs=_is_done, is_required=True),
    Section(slug="devices", loinc="46264-8", category=Category.PROBLEM, types=_types("DeviceUseStatement"), belongs=_always, is_required=True),
    Section(slug="alerts", loinc="104605-1", category=Category.PROBLEM, types=_types("Flag"), belongs=_is_active),
    Section(slug="past-problems", loinc="11348-0", category=Category.PROBLEM, types=_types("Condition"), belongs=_is_past, columns=("what", "since")),
    Section(slug="pregnancy", loinc="10162-6", category=Category.GYNAECOLOGY, types=_types("Observation"), belongs=_of_codes(PREGNANCY), columns=("what", "value", "when")),
    Section(slug="social-history", loinc="29762-2", category=Category.EXAMINATION, types=_types("Observation"), belongs=_of_codes(TOBACCO | ALCOHOL), columns=("what", "value", "when")),
    Section(slug="vital-signs", loinc="8716-3", category=Category.VITAL_SIGN, types=_types("Observation"), belongs=_of_category(Category.VITAL_SIGN), columns=("what", "value", "when")),
    Section(slug="advance-directives", loinc="42348-3", category=Category.ADMINISTRATIVE, types=_types("Consent"), belongs=lambda line, _: _is_active(line, _) and _is_directive(line)),
    Section(slug="plan-of-care", loinc="18776-5", category=Category.CARE_PLAN, types=_types("CarePlan"), belongs=_is_active),
)  # fmt: skip


def _is_directive(line: Line) -> bool:
    """A consent to billing or to research is no advance directive (hl7.org/fhir/R4/valueset-consent-scope.html: adr)."""
    return any(coding.get("code") == "adr" for coding in (line["told"].get("scope") or {}).get("coding", ()))
