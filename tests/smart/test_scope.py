"""The grammar of scopes, versions 1 and 2, and what the gate is told of them (XCH-1)."""

import pytest

from unidossier.kernel.category import Category
from unidossier.kernel.fhir_types import RESOURCE_TYPES
from unidossier.kernel.smart_scope import (
    EVERYTHING,
    ScopeUnknown,
    of_contexts,
    opens,
    resource_scope,
    split,
    within,
)
from unidossier.record.validation.schema import resource_types

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
READ = {
    "patient/Observation.rs": ("patient", "Observation", "rs", EVERYTHING),
    "user/*.cruds": ("user", "*", "cruds", EVERYTHING),
    "system/Patient.c": ("system", "Patient", "c", EVERYTHING),
    "patient/Condition.read": ("patient", "Condition", "rs", EVERYTHING),
    "user/Procedure.write": ("user", "Procedure", "cud", EVERYTHING),
    "patient/*.*": ("patient", "*", "cruds", EVERYTHING),
    f"patient/Observation.rs?category={CATEGORY}|laboratory": ("patient", "Observation", "rs", 1 << Category.LABORATORY),
    "patient/Observation.r?category=vital-signs,laboratory": (
        "patient", "Observation", "r", 1 << Category.VITAL_SIGN | 1 << Category.LABORATORY,
    ),
}  # fmt: skip
UNKNOWN = (
    "patient/Observation.",
    "patient/Observation.sr",  # letters in their order
    "patient/Observation.rr",
    "patient/observation.rs",
    "patients/Observation.rs",
    "patient/Observation",
    "patient/Observation.rs?",
    "patient/Observation.rs?code=2823-3",  # no search that our categories know: refused, never widened
    "patient/Observation.rs?category=unheard-of",
    "patient/Observation.rs?category=http://elsewhere.example|laboratory",
    "patient/Observation.rs?category=laboratory&code=2823-3",
    "patient/Observation.read?category=laboratory",  # version 1 knows no search
    "patient/Condition.rs?category=encounter-diagnosis",
    "patient/Observation.rs extra",
    "patient/Foo.rs",
    "patient/Observations.read",
)


@pytest.mark.parametrize("text", READ)
def test_a_scope_is_read(text: str) -> None:
    scope = resource_scope(text)
    assert (scope.context, scope.type, scope.may, scope.categories) == READ[text]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_no_scope_is_refused_and_never_read_as_a_wider_one(text: str) -> None:
    with pytest.raises(ScopeUnknown):
        resource_scope(text)
    assert within([text], ["patient/*.cruds", "user/*.cruds", text]) == ()


def test_the_types_of_scopes_are_those_of_fhir() -> None:
    assert resource_types() == RESOURCE_TYPES
    assert all(resource_scope(f"user/{one}.rs").type == one for one in RESOURCE_TYPES)


@pytest.mark.parametrize("text", ['patient/"', "a\nb", "a\\b", "é", "x" * 4001])
def test_what_is_no_list_of_scopes_is_refused(text: str) -> None:
    with pytest.raises(ScopeUnknown):
        split(text)


MOST = ("openid", "patient/Observation.rs", "user/Patient.r", "patient/Procedure.cruds")
ASKED = {
    "openid": True,
    "fhirUser": False,
    "offline_access": False,
    "patient/Observation.rs": True,
    "patient/Observation.r": True,
    "patient/Observation.read": True,
    "patient/Observation.rs?category=laboratory": True,  # narrower
    "patient/Observation.cruds": False,
    "patient/*.rs": False,
    "user/Observation.rs": False,
    "user/Patient.rs": False,
    "patient/Procedure.write": True,
}


@pytest.mark.parametrize("scope", ASKED)
def test_an_app_gets_no_scope_beyond_its_registration(scope: str) -> None:
    assert bool(within([scope], MOST)) is ASKED[scope]


def test_a_narrow_registration_covers_no_wider_asking() -> None:
    assert within(["patient/Observation.rs"], ["patient/Observation.rs?category=laboratory"]) == ()


def test_scopes_become_what_the_gate_narrows_by() -> None:
    scopes = (
        "openid",
        "patient/Observation.rs?category=laboratory",
        "patient/Observation.r?category=exam",
        "user/Patient.s",
    )
    assert opens(scopes) == {
        "patient": {
            "r": {"Observation": 1 << Category.LABORATORY | 1 << Category.EXAMINATION},
            "s": {"Observation": 1 << Category.LABORATORY},
        },
        "user": {"s": {"Patient": EVERYTHING}},
    }
    assert of_contexts(scopes, frozenset({"user"})) == ("openid", "user/Patient.s")
