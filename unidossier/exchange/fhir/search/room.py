"""Where searches are asked, and what the CapabilityStatement tells of them: exactly the parameters that work."""

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route

from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room
from unidossier.exchange.fhir.search.search import search
from unidossier.record.searching.definitions import parameters_of, types

_RESOURCE = "http://hl7.org/fhir/SearchParameter/"
_OF_EVERY_TYPE = (
    ("_text", "string", f"{_RESOURCE}DomainResource-text"),
    ("_content", "string", f"{_RESOURCE}Resource-content"),
)


class _TypeName(Convertor[str]):
    """The name of a resource type: no operation (`$everything`), no word of FHIR's own (`_history`)."""

    regex = "[A-Z][A-Za-z]{1,60}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("fhirtype", _TypeName())


def _of_type(name: str) -> Json:
    if name not in types():
        return {}
    known = parameters_of(name)
    told = [
        {"name": one.code, "definition": one.url, "type": one.kind}
        for one in sorted(known.values(), key=lambda one: one.code)
    ]
    told += [{"name": code, "definition": url, "type": kind} for code, kind, url in _OF_EVERY_TYPE]
    return {
        "searchInclude": sorted(f"{name}:{one.code}" for one in known.values() if one.kind == "reference"),
        "searchRevInclude": sorted(
            f"{other}:{one.code}"
            for other in types()
            for one in parameters_of(other).values()
            if one.kind == "reference" and name in one.targets
        ),
        "searchParam": told,
    }


_TYPE, _FORM = f"{BASE}/{{type}}", f"{BASE}/{{type}}/_search"
_WITHIN, _FORM_WITHIN = (
    f"{BASE}/Patient/{{id}}/{{type:fhirtype}}",
    f"{BASE}/Patient/{{id}}/{{type:fhirtype}}/_search",
)
ROOM = Room(
    routes=(
        Route(_TYPE, search, methods=["GET"]),
        Route(_FORM, search, methods=["POST"]),
        Route(_WITHIN, search, methods=["GET"]),
        Route(_FORM_WITHIN, search, methods=["POST"]),
    ),
    interactions=(
        Interaction(
            code="search-type",
            at=(("GET", _TYPE), ("POST", _FORM), ("GET", _WITHIN), ("POST", _FORM_WITHIN)),
            types=types(),
        ),
    ),
    of_type=_of_type,
)
