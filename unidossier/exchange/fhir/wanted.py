"""In what form an answer is wanted: format, indentation, a part of the elements. hl7.org/fhir/R4/http.html#parameters"""

import re
from dataclasses import dataclass

from starlette.requests import Request

from unidossier.exchange.fhir.outcome import RequestRefused, refused

JSON_TYPE = "application/fhir+json"
XML_TYPE = "application/fhir+xml"
VERSION = "4.0"
_FORMATS = dict.fromkeys(
    ("json", "application/json", JSON_TYPE, "application/json+fhir"), "json"
) | dict.fromkeys(("xml", "text/xml", "application/xml", XML_TYPE, "application/xml+fhir"), "xml")
_ANY = {"*/*": "json", "application/*": "json", "text/*": "xml"}
SUMMARIES = ("true", "text", "data", "count", "false")
# what any address takes beside its own parameters
COMMON_PARAMETERS = frozenset({"_format", "_pretty", "_summary", "_elements"})
# nearly no address names one of them: then it is not taken apart for them (an underscore may be written %5F)
_FORM_NAMED = re.compile(rb"(?:_|%5[Ff])(?:f|p|su|e|%)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`form` is json or xml; `summary` one of SUMMARIES; `elements` the names of _elements, none: all."""

    form: str = "json"
    pretty: bool = False
    summary: str = "false"
    elements: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Tell whether the text goes out as it is stored."""
        return self == _PLAIN


_PLAIN = Wanted()


def wanted_of(request: Request) -> Wanted:
    """Read what the client wants. Raises RequestRefused (400 a value that means nothing, 406 another format)."""
    accept = request.headers.get("accept", "*/*")
    if accept in ("*/*", JSON_TYPE) and not _FORM_NAMED.search(request.scope["query_string"]):
        return _PLAIN
    parameters = request.query_params
    summary = parameters.get("_summary", "false")
    if summary not in SUMMARIES:
        raise refused(400, "value", f"_summary is one of {', '.join(SUMMARIES)}")
    elements = [name.strip() for given in parameters.getlist("_elements") for name in given.split(",")]
    return Wanted(
        form=_form(parameters.get("_format"), accept=accept),
        pretty=_flag(parameters.get("_pretty", "false")),
        summary=summary,
        elements=tuple(name for name in elements if name),
    )


def is_fhir_named(accept: str) -> bool:
    """Tell whether an Accept names a form of FHIR, or takes any."""
    named = {one.partition(";")[0].strip().lower() for one in accept.split(",")}
    return not named.isdisjoint(_FORMATS.keys() | _ANY.keys())


def require_wanted(request: Request) -> None:
    """Raise RequestRefused when the answer is wanted in a form that is not given: before anything is done."""
    wanted_of(request)


def require_json_wanted(request: Request) -> None:
    """Raise RequestRefused (406) when only FHIR JSON can be given and something else is wanted."""
    if wanted_of(request).form != "json":
        raise _not_given("Only FHIR JSON is given here; send Accept: application/fhir+json.")


def preferred(request: Request, name: str) -> str | None:
    """Return what the header Prefer says of `name` (return, handling, respond-async ...), RFC 7240; the first counts."""
    for one in ",".join(request.headers.getlist("prefer")).split(","):
        key, _, value = one.partition(";")[0].partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return None


def _form(asked: str | None, *, accept: str) -> str:
    if asked is not None:
        # a plus sign in an address is a space
        form = _FORMATS.get(asked.partition(";")[0].strip().lower().replace(" ", "+"))
        if form is None:
            raise _not_given("FHIR JSON and FHIR XML are given; ask for _format=json or _format=xml.")
        return form
    best, form = 0.0, None
    for one in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in one.split(";"))
        named = dict(part.replace(" ", "").partition("=")[::2] for part in parameters)
        given = _FORMATS.get(media_type) or _ANY.get(media_type)
        if (
            given
            and named.get("fhirversion", VERSION) == VERSION
            and (weight := _weight(named.get("q"))) > best
        ):
            best, form = weight, given
    if form is None:
        raise _not_given(
            "FHIR 4.0 is given as JSON and XML; send Accept: application/fhir+json or application/fhir+xml."
        )
    return form


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise refused(400, "value", "_pretty is true or false")
    return text == "true"


def _not_given(text: str) -> RequestRefused:
    return refused(406, "not-supported", text)
