"""The CapabilityStatement names exactly the search parameters that work, per type."""

from typing import Any

from unidossier.exchange.fhir.search.criteria import WORDS
from unidossier.record.searching.definitions import parameters_of, types


def test_the_parameters_told_are_those_of_the_definitions(client: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["type"]: one for one in rest["resource"]}
    for kind in types():
        named = {one["name"]: (one["type"], one["definition"]) for one in told[kind]["searchParam"]}
        wanted = {one.code: (one.kind, one.url) for one in parameters_of(kind).values()}
        assert {code: one for code, one in named.items() if code not in WORDS} == wanted
        assert set(named) >= WORDS
        assert "search-type" in {one["code"] for one in told[kind]["interaction"]}


def test_every_include_told_is_a_reference_that_may_lead_there(client: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    for one in rest["resource"]:
        if one["type"] not in types():
            continue
        for told in one.get("searchInclude", ()):
            source, code = told.split(":")
            assert (source, parameters_of(source)[code].kind) == (one["type"], "reference")
        for told in one.get("searchRevInclude", ()):
            source, code = told.split(":")
            assert one["type"] in parameters_of(source)[code].targets


def test_a_type_that_no_record_holds_is_not_searched(client: Any, machine: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    without = {one["type"] for one in rest["resource"] if "searchParam" not in one}
    assert not without & types()
    answer = machine.get("/fhir/Device?type=x")
    assert answer.status_code == 404
    assert "is not searched here" in answer.json()["issue"][0]["diagnostics"]
