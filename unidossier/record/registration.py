"""Who a Patient resource says it is, as registry.register_patient takes it. hl7.org/fhir/R4/patient.html

Numbers that decide who is meant: the national number (checked) and the numbers of the institution itself. A
passport or an insurance number stays in the resource: it never joins two people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from unidossier.kernel import fhir_date
from unidossier.kernel.fhir_date import Precision
from unidossier.kernel.identifiers import SSIN, SSIN_SYSTEMS
from unidossier.kernel.sortkey import name_key
from unidossier.kernel.ssin import InvalidSsin, Ssin

LANGUAGES = ("fr", "nl", "de", "en")
LOCAL = "urn:unidossier:patient-of:"  # and the key of the institution: what it calls its patients

_LOCAL_TYPES = {
    "MR",
    "PI",
    "PN",
    "PT",
}  # HL7 v2 table 0203: medical record, internal, person, external patient
_NAME_ORDER = ("official", "usual", None, "nickname", "anonymous", "temp", "maiden", "old")


class NumberRefused(ValueError):
    """A national number of the Patient is wrong. `expression` says where; the message never repeats it."""

    def __init__(self, expression: str, told: str) -> None:
        super().__init__(told)
        self.expression = expression


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """The two JSON arguments of registry.register_patient (registry/sql/register.sql)."""

    identity: dict[str, Any]
    numbers: list[dict[str, Any]]


def registration_of(
    patient: dict[str, Any], *, source_id: str, institution_key: str, language: str, at: datetime
) -> Registration:
    """Read a valid Patient resource. `at`: the instant of a death that is told without one.

    Raises NumberRefused.
    """
    numbers = list(_numbers(patient))
    local = {"system": LOCAL + institution_key, "value": source_id, "local": True}
    family, given = _name(patient)
    family = family or f"({source_id})"  # nameless: unconscious, or just born
    identity = {
        "family": family,
        "given": given,
        "sort_key": name_key(family, given=given),
        "birth_date": _birth_date(patient.get("birthDate")),
        "sex": patient.get("gender"),
        "language": _language(patient) or language,
        "contact": _contact(patient),
        "deceased_at": _deceased_at(patient, at=at),
    }
    return Registration(identity=identity, numbers=[*numbers, local])


def _numbers(patient: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for index, identifier in enumerate(patient.get("identifier", ())):
        system, value = identifier.get("system"), identifier.get("value")
        if not system or not value or identifier.get("use") in ("old", "temp"):
            continue
        if system in SSIN_SYSTEMS:
            try:
                yield {"system": SSIN, "value": Ssin.parse(value).digits, "local": False}
            except InvalidSsin as error:
                raise NumberRefused(f"Patient.identifier[{index}].value", str(error)) from None
        elif _is_local(identifier):
            yield {"system": system, "value": value, "local": True}


def _is_local(identifier: dict[str, Any]) -> bool:
    codes = {coding.get("code") for coding in identifier.get("type", {}).get("coding", ())}
    return not codes or bool(codes & _LOCAL_TYPES)


def _name(patient: dict[str, Any]) -> tuple[str, str]:
    names = sorted(patient.get("name", ()), key=lambda name: _NAME_ORDER.index(name.get("use")))
    for name in names:
        if name.get("family"):
            return name["family"], " ".join(part for part in name.get("given", ()) if part)
    texts = [name["text"] for name in names if name.get("text")]
    return (texts[0], "") if texts else ("", "")


def _birth_date(text: str | None) -> date | None:
    """Return the whole date; a year or a month alone is no birth date to find somebody by."""
    if text is None:
        return None
    start, precision = fhir_date.parse(text)
    return start.date() if precision is Precision.DAY else None


def _deceased_at(patient: dict[str, Any], *, at: datetime) -> datetime | None:
    if told := patient.get("deceasedDateTime"):
        return fhir_date.parse(told).start
    return at if patient.get("deceasedBoolean") else None


def _language(patient: dict[str, Any]) -> str | None:
    told = sorted(patient.get("communication", ()), key=lambda one: not one.get("preferred"))
    codes = [coding.get("code", "") for one in told for coding in one["language"].get("coding", ())]
    return next((code[:2].lower() for code in codes if code[:2].lower() in LANGUAGES), None)


def _contact(patient: dict[str, Any]) -> dict[str, str]:
    """Return {"address", "phone", "email"}, each the first that is not old."""
    contact: dict[str, str] = {}
    for one in patient.get("telecom", ()):
        if one.get("system") in ("phone", "email") and one.get("value") and one.get("use") != "old":
            contact.setdefault(one["system"], one["value"])
    for one in patient.get("address", ()):
        if one.get("use") != "old":
            contact.setdefault("address", _address(one))
    return contact


def _address(address: dict[str, Any]) -> str:
    if address.get("text"):
        return str(address["text"])
    town = " ".join(filter(None, (address.get("postalCode"), address.get("city"))))
    return ", ".join([*filter(None, address.get("line", ())), *filter(None, (town, address.get("country")))])
