"""Patient/$match for the systems of an institution: its own patients, by number or by name and birth date. hl7.org/fhir/R4/patient-operation-match.html

IHE PDQm (ITI-119). Who is known to other institutions alone is not found, and not told of (ACD-8, security study T15).
"""

import asyncio
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.match_patient import match_patient
from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.operations.parameters import Asked, asked_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, refused
from unidossier.exchange.fhir.patient import version_text
from unidossier.exchange.fhir.room import BASE, Interaction, Room, base_of
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.kernel.fhir_date import InvalidFhirDate, Precision, parse
from unidossier.kernel.identifiers import SSIN, SSIN_SYSTEMS
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.registry.matching import CERTAIN, Described, Match

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
PARAMETERS = frozenset({"resource", "onlyCertainMatches", "count"})
MOST = 50
MOST_NUMBERS, LONGEST = 20, 200  # of one patient; characters of a number or a name


async def match(request: Request) -> Response:
    """POST [base]/Patient/$match with Parameters, or the Patient alone: a searchset Bundle, each with its score and grade; empty when nobody fits."""
    bearer = await bearer_of(request)
    require_wanted(request)
    asked = await asked_of(request, allowed=PARAMETERS, bare="Patient")
    described = described_of(asked)
    only_certain = asked.flag("onlyCertainMatches")
    count = asked.number("count", least=1, most=MOST) or MOST
    found = await asyncio.to_thread(match_patient, bearer.secret, described=described)
    if not bearer.is_machine:  # after the asking, which is an entry; what was found is nobody
        raise refused(403, "forbidden", "Only the system of an institution matches patients.")
    kept = [one for one in found if one.grade == CERTAIN or not only_certain]
    if only_certain and len(kept) > 1:
        kept = []  # two certain ones are none: a human being decides
    base = base_of(request)
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(kept)}
    if kept:
        bundle["entry"] = [_entry(one, base=base) for one in kept[:count]]
    return Response(orjson.dumps(bundle), headers=NO_STORE, media_type=MEDIA_TYPE)


def described_of(asked: Asked) -> Described:
    """Read the Patient who is sought. Raises RequestRefused (400, 422) when too little is told to find anybody by."""
    patient = asked.one("resource")
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise refused(400, "required", "send a Patient in the parameter 'resource'", expression="resource")
    name: dict[str, Any] = next((one for one in patient.get("name", ()) if one.get("family")), {})
    described = Described(
        numbers=tuple(_numbers(patient)),
        family=name.get("family", "")[:LONGEST],
        given=" ".join(one for one in name.get("given", ()) if one),
        birth=_birth(patient.get("birthDate")),
        sex=patient.get("gender", ""),
    )
    if not described.numbers and not (described.family and described.birth):
        told = "tell a number of the patient, or his family name and his whole birth date"
        raise refused(422, "required", told, expression="Patient")
    return described


def _numbers(patient: dict[str, Any]) -> list[tuple[str, str]]:
    numbers = []
    given = patient.get("identifier", ())
    longest = max((len(one.get(name) or "") for one in given for name in ("system", "value")), default=0)
    if (
        len(given) > MOST_NUMBERS or longest > LONGEST
    ):  # each is looked up, and all of them stand in the entry
        told = f"tell at most {MOST_NUMBERS} numbers of the patient who is sought, of {LONGEST} characters at most"
        raise refused(422, "too-costly", told, expression="Patient.identifier")
    for index, one in enumerate(given):
        system, value = one.get("system"), one.get("value")
        if not system or not value:
            continue
        if system in SSIN_SYSTEMS:
            try:
                system, value = SSIN, Ssin.parse(value).digits
            except InvalidSsin as error:
                place = f"Patient.identifier[{index}].value"
                raise refused(422, "value", str(error), expression=place) from None
        numbers.append((system, value))
    return numbers


def _birth(text: str | None) -> Any:
    """Return a whole date; a year or a month alone finds nobody."""
    if text is None:
        return None
    try:
        start, precision = parse(text)
    except InvalidFhirDate:
        return None
    return start.date() if precision is Precision.DAY else None


def _entry(one: Match, *, base: str) -> dict[str, Any]:
    extension = [{"url": GRADE, "valueCode": one.grade}]
    return {
        "fullUrl": f"{base}/Patient/{one.row['id']}",
        "resource": orjson.Fragment(version_text(one.row["id"], one.row)),
        "search": {"extension": extension, "mode": "match", "score": one.score},
    }


_PATH = f"{BASE}/Patient/$match"
ROOM = Room(
    routes=(Route(_PATH, match, methods=["POST"]),),
    interactions=(
        Interaction(
            code="$match",
            at=(("POST", _PATH),),
            types=frozenset({"Patient"}),
            definition="http://hl7.org/fhir/OperationDefinition/Patient-match",
        ),
    ),
)
