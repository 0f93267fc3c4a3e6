"""What the profiles of IHE BALP ask of an AuditEvent, as a table read from their definitions (github.com/IHE/ITI.BasicAudit, 1.1.5, input/fsh).

Written from the profiles, not from our mapping: codes are given here a second time on purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DCM = "http://dicom.nema.org/resources/ontology/DCM"
HL7 = "http://terminology.hl7.org/CodeSystem"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
ADDRESS = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
Code = tuple[str, str]

PERSON, OBJECT = (f"{HL7}/audit-entity-type", "1"), (f"{HL7}/audit-entity-type", "2")
CONSENT = ("http://hl7.org/fhir/resource-types", "Consent")
RECIPIENT = (f"{HL7}/v3-ParticipationType", "IRCP")
DATA_SOURCES = tuple((f"{HL7}/v3-ParticipationType", code) for code in ("AUT", "INF", "CST"))
SOURCE_ROLE, DESTINATION_ROLE = (DCM, "110153"), (DCM, "110152")
APPLICATION = (DCM, "110150")
REST_ROLES = tuple((f"{HL7}/object-role", code) for code in ("4", "3", "20"))


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One slice of agent or entity: its type (any of), how often, and elements that must or must not be there."""

    types: tuple[Code, ...]
    least: int = 1
    most: int = 1
    needs: tuple[str, ...] = ("who",)
    never: tuple[str, ...] = ()
    fixed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile: fixed type and action, a subtype of which exactly one is asked, slices."""

    type: Code
    action: str
    subtypes: tuple[Code, ...]
    agents: tuple[Slice, ...]
    entities: tuple[Slice, ...]
    closed: bool = False  # no entity outside the slices
    only_success: bool = True
    only_subtypes: bool = False


def _interaction(*codes: str) -> tuple[Code, ...]:
    return tuple((INTERACTION, code) for code in codes)


PLACED = ("who", "network")
USER_NEVER = ("network", "media", "altId", "location")
PATIENT = Slice(types=(PERSON,), needs=("what", "role"), fixed={"role": (f"{HL7}/object-role", "1")})
DATA = Slice(types=(OBJECT,), needs=("what", "role"))
QUERY = Slice(
    types=(OBJECT,),
    needs=("query", "role"),
    never=("what", "lifecycle", "detail"),
    fixed={"role": (f"{HL7}/object-role", "24")},
)


def _rest(
    action: str, subtypes: tuple[Code, ...], client: Code, server: Code, users: tuple[Code, ...], about: Slice
) -> Profile:
    return Profile(
        type=(f"{HL7}/audit-event-type", "rest"),
        action=action,
        subtypes=subtypes,
        agents=(
            Slice(types=(client,), needs=PLACED, never=("media",)),
            Slice(types=(server,), needs=PLACED, never=("media",)),
            Slice(types=users, least=0, never=("network", "media"), fixed={"requestor": True}),
        ),
        entities=(about,),
    )


KEEPER = (f"{HL7}/provenance-participant-type", "custodian")
PROFILES: dict[str, Profile] = {
    "Read": _rest("R", _interaction("read", "vread"), DESTINATION_ROLE, SOURCE_ROLE, (RECIPIENT,), DATA),
    "Query": _rest(
        "E",
        _interaction("search", "search-type", "search-system"),
        SOURCE_ROLE,
        DESTINATION_ROLE,
        (RECIPIENT,),
        QUERY,
    ),
    "Create": _rest("C", _interaction("create"), SOURCE_ROLE, DESTINATION_ROLE, DATA_SOURCES, DATA),
    "Update": _rest("U", _interaction("update", "patch"), SOURCE_ROLE, DESTINATION_ROLE, DATA_SOURCES, DATA),
    "Delete": _rest("D", _interaction("delete"), APPLICATION, KEEPER, DATA_SOURCES, DATA),
}
PROFILES |= {
    f"Patient{name}": Profile(**{**one.__dict__, "entities": (*one.entities, PATIENT)})
    for name, one in PROFILES.items()
}
PROFILES["PrivacyDisclosure.Source"] = Profile(
    type=(DCM, "110106"),
    action="R",
    subtypes=((f"{HL7}/iso-21089-lifecycle", "disclose"),),
    agents=(
        Slice(types=(SOURCE_ROLE,), needs=PLACED),
        Slice(types=(DESTINATION_ROLE,), needs=PLACED),
    ),
    entities=(PATIENT, Slice(types=(OBJECT,), needs=("what",), most=9)),
    only_success=False,
)
AUTHORIZER = (f"{HL7}/extra-security-role-type", "authserver")
PROVIDER = (f"{HL7}/v3-RoleClass", "PROV")
BARE = ("role", "altId", "name", "location", "policy", "media", "network")
PROFILES["AuthZconsent"] = Profile(
    type=(DCM, "110113"),
    action="E",
    subtypes=(("https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType", "AuthZ-Consent"),),
    agents=(
        Slice(
            types=(APPLICATION,),
            needs=PLACED,
            never=("role", "altId", "name", "location", "media", "purposeOfUse"),
        ),
        Slice(types=(RECIPIENT,), never=USER_NEVER, fixed={"requestor": True}),
        Slice(types=(PROVIDER,), never=BARE, fixed={"requestor": False}),
        Slice(types=(AUTHORIZER,), never=(*BARE, "purposeOfUse"), fixed={"requestor": False}),
    ),
    entities=(PATIENT, Slice(types=(CONSENT,), needs=("what",))),
    closed=True,
    only_success=False,
    only_subtypes=True,
)
# the agent that must be the very source of the event (val-audit-source)
OBSERVED = {"PrivacyDisclosure.Source": SOURCE_ROLE, "AuthZconsent": AUTHORIZER}


def _codes(value: Any) -> list[Code]:
    if isinstance(value, list):
        return [code for one in value for code in _codes(one)]
    if not isinstance(value, dict):
        return []
    if "coding" in value:
        return _codes(value["coding"])
    return [(value["system"], value["code"])] if "code" in value else []


def faults(event: dict[str, Any], name: str) -> list[str]:
    """Return everything in which an event is not what the profile `name` asks."""
    return list(_faults(event, name, PROFILES[name]))


def _faults(event: dict[str, Any], name: str, profile: Profile) -> Iterator[str]:
    yield from _head(event, profile)
    if len(event["agent"]) < 2 or any("requestor" not in one for one in event["agent"]):
        yield "two agents are asked, each with requestor"
    for where, slices in (("agent", profile.agents), ("entity", profile.entities)):
        for one in slices:
            yield from _slice(where, event[where], one)
    types = [code for one in profile.entities for code in one.types]
    if profile.closed and any(_codes(one.get("type"))[0] not in types for one in event["entity"]):
        yield "an entity outside the slices"
    if name in OBSERVED:
        (observed,) = [one for one in event["agent"] if OBSERVED[name] in _codes(one["type"])]
        if observed["who"] != event["source"]["observer"]:
            yield "val-audit-source: the agent is not the source"


def _head(event: dict[str, Any], profile: Profile) -> Iterator[str]:
    told = _codes(event.get("subtype"))
    if (_codes(event["type"]), event["action"]) != ([profile.type], profile.action):
        yield f"type or action: {event['type']} {event['action']}"
    if len([one for one in told if one in profile.subtypes]) != 1:
        yield f"one subtype of {profile.subtypes} is asked: {told}"
    if profile.only_subtypes and set(told) - set(profile.subtypes):
        yield f"a subtype outside the value set: {told}"
    if not event.get("recorded") or event["source"].get("observer") is None:
        yield "recorded or source.observer is missing"
    if (profile.only_success and event["outcome"] != "0") or "outcome" not in event:
        yield f"outcome is {event.get('outcome')}"
    if "modifierExtension" in event:
        yield "modifierExtension"


def _slice(where: str, parts: list[dict[str, Any]], wanted: Slice) -> Iterator[str]:
    found = [one for one in parts if set(_codes(one.get("type"))) & set(wanted.types)]
    if not wanted.least <= len(found) <= wanted.most:
        yield f"{where} {wanted.types}: {len(found)} times"
    for one in found:
        yield from (
            f"{where} {wanted.types}: {need} is missing" for need in wanted.needs if not one.get(need)
        )
        yield from (f"{where} {wanted.types}: {no} must not be" for no in wanted.never if no in one)
        for element, value in wanted.fixed.items():
            had = one.get(element)
            if (_codes(had) != [value]) if isinstance(value, tuple) else had != value:
                yield f"{where} {wanted.types}: {element} is {had}"
