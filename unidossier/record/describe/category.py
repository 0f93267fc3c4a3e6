"""Which of the 21 categories an item falls into (REC-3, REC-6): it decides who may see it, so every doubt goes to the narrower one.

Order: sensitive (psychiatry, gynaecology) by security label, setting or document type; the patient's own document;
the LOINC type of a document; what the resource says of itself (`category`); its code; the type's own category.
"""

from typing import Any

from unidossier.kernel.category import Category
from unidossier.record.describe.concept import codes
from unidossier.record.describe.paths import get
from unidossier.record.describe.shapes import SHAPES, UNKNOWN
from unidossier.terminology.kinds import document_categories, observation_kinds, procedure_kinds

# meta.security, v3-ActCode, hl7.org/fhir/R4/v3/InformationSensitivityPolicy
_LABELS = dict.fromkeys(
    ("PSY", "PSYTHPN", "BH", "MH", "SUD", "SUD-SPECIAL", "ETH", "ETHUD", "OPIOIDUD"), Category.PSYCHIATRY
)

# SNOMED CT: the setting or speciality a text was made in, and what a procedure is
_SETTINGS = {
    "394587001": Category.PSYCHIATRY,
    "394588006": Category.PSYCHIATRY,  # child and adolescent psychiatry
    "394913002": Category.PSYCHIATRY,  # psychotherapy
    "24642003": Category.PSYCHIATRY,  # psychiatric procedure
    "394585009": Category.GYNAECOLOGY,  # obstetrics and gynaecology
    "394586005": Category.GYNAECOLOGY,
    "408470005": Category.GYNAECOLOGY,  # obstetrics
}
_SETTING_ELEMENTS = ("context.practiceSetting", "category", "serviceType")

# agenda and administration stay what they are: reception must see that there is an appointment, and is not told why
NOT_CLINICAL = frozenset({Category.AGENDA, Category.ADMINISTRATIVE})

# `category` codes: observation-category, v2-0074 (diagnostic section), LOINC parts, SNOMED CT, condition-category
_SAID = {
    "laboratory": Category.LABORATORY,
    "vital-signs": Category.VITAL_SIGN,
    "vital-sign": Category.VITAL_SIGN,  # written so by some senders
    "imaging": Category.IMAGING,
    "procedure": Category.EXAMINATION,
    "exam": Category.EXAMINATION,
    "therapy": Category.EXAMINATION,
    "activity": Category.EXAMINATION,
    "survey": Category.QUESTIONNAIRE,
    "social-history": Category.PROBLEM,  # antecedents
    **dict.fromkeys(("LAB", "HM", "CH", "MB", "SP", "BLB", "CP", "CG", "CUS", "GE", "IMM", "MCB", "MYC", "PAR", "SR", "TX", "VR", "BG"), Category.LABORATORY),
    **dict.fromkeys(("RAD", "CT", "NMR", "NMS", "RUS", "VUS", "OUS", "RX", "XRC", "CTH", "NRS"), Category.IMAGING),
    **dict.fromkeys(("EC", "EN", "PF", "PHR", "AU", "RC"), Category.EXAMINATION),
    "LP29693-6": Category.LABORATORY,
    "LP7839-6": Category.LABORATORY,  # pathology
    "LP29684-5": Category.IMAGING,  # radiology
    "LP29708-2": Category.EXAMINATION,  # cardiology
    "108252007": Category.LABORATORY,
    "363679005": Category.IMAGING,
    "387713003": Category.OPERATION,
    "103693007": Category.EXAMINATION,
}  # fmt: skip
_SAYS_ITSELF = frozenset({"Observation", "DiagnosticReport", "Procedure"})
_DOCUMENTS = frozenset({"DiagnosticReport", "DocumentReference", "DocumentManifest", "Composition", "List"})

_PROCEDURES = {
    "operation": Category.OPERATION,
    "examination": Category.EXAMINATION,
    "imaging": Category.IMAGING,
    "care": Category.CARE_PLAN,
    "psychiatry": Category.PSYCHIATRY,
    "gynaecology": Category.GYNAECOLOGY,
}

# Flag.category; every other flag is a problem
_FLAGS = {
    "drug": Category.MEDICATION,
    "lab": Category.LABORATORY,
    "admin": Category.ADMINISTRATIVE,
    "contact": Category.PROBLEM,
}

# Consent.scope: about care (not resuscitating, wishes) carers read it; about access and research it is administration
_CARE_SCOPES = frozenset({"treatment", "adr"})


def category_of(resource: dict[str, Any]) -> Category:
    """Return the category of a resource. A type we do not know is administrative."""
    kind = resource["resourceType"]
    base = SHAPES.get(kind, UNKNOWN).category
    # administrative is 0, so None must be asked for by name
    exact = _more_exact(resource, kind=kind)
    found = base if exact is None else exact
    return found if found in NOT_CLINICAL else sensitive(resource) or found


def sensitive(resource: dict[str, Any]) -> Category | None:
    """Return psychiatry or gynaecology when a security label or the setting says so."""
    labels = codes(get(resource, "meta.security"))
    settings = {code for path in _SETTING_ELEMENTS for code in codes(get(resource, path))}
    found = {_LABELS[label] for label in labels if label in _LABELS}
    found |= {_SETTINGS[code] for code in settings if code in _SETTINGS}
    return min(found, default=None)  # psychiatry before gynaecology


def _more_exact(resource: dict[str, Any], *, kind: str) -> Category | None:
    if kind in _DOCUMENTS and (found := _document(resource, kind=kind)) is not None:
        return found
    if kind in _SAYS_ITSELF:
        said = _first(codes(resource.get("category")), _SAID)
        return _by_code(resource, kind=kind) if said is None else said
    if kind == "Flag":
        return _first(codes(resource.get("category")), _FLAGS)
    if kind == "Consent" and codes(resource.get("scope")) & _CARE_SCOPES:
        return Category.REPORT
    return None


def _document(resource: dict[str, Any], *, kind: str) -> Category | None:
    typed = codes(resource.get("type")) or codes(resource.get("code"))
    known = document_categories()
    found = _first(typed, known) or _first(codes(resource.get("category")), known)  # slugs
    if found in ("psychiatry", "gynaecology"):
        return Category.from_slug(found)
    if kind in ("DocumentReference", "Composition") and _is_by_patient(resource):
        return Category.PATIENT_DOCUMENT
    return Category.from_slug(found) if found else None


def _is_by_patient(resource: dict[str, Any]) -> bool:
    """Tell whether the patient (or somebody for him) is the only author: MY-10."""
    authors = [author.get("reference") or "" for author in resource.get("author") or ()]
    own = (get(resource, "subject.reference"),)
    return bool(authors) and all(
        author in own or author.startswith(("Patient/", "RelatedPerson/")) for author in authors
    )


def _by_code(resource: dict[str, Any], *, kind: str) -> Category | None:
    coded = codes(resource.get("code"))
    if kind == "Procedure":
        return _first({_first(coded, procedure_kinds())}, _PROCEDURES)
    return _first({_first(coded, observation_kinds())}, _SAID)


def _first(found: set[Any], rules: dict[Any, Any]) -> Any:
    """Return the answer of the first rule, in the order of the table, that one of `found` meets."""
    if len(found) == 1:
        return rules.get(next(iter(found)))
    return next((rules[key] for key in sorted(found & rules.keys())), None)
