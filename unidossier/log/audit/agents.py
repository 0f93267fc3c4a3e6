"""Who takes part in an event: the client, our server, the person, his institution. profiles.ihe.net/ITI/BALP 1.1"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from unidossier.log.audit import codes
from unidossier.log.audit.codes import Coding, coding, concept
from unidossier.log.audit.verbs import ABOUT_AN_APP, Kind

Agent = dict[str, Any]
ADDRESS, MACHINE = "2", "1"  # network-type: IP address, machine name
SERVER = "unidossier"


class Shown(Enum):
    """How much of the actor an event tells."""

    WHOLE = "whole"  # to those who answer for the log: name, device, address, words
    PRESENTED = "presented"  # to the patient: as `presentation`, `who` of the entry say (MY-15); never device or address

    @property
    def whole(self) -> bool:
        """Everything is told."""
        return self is Shown.WHOLE


# client and server by kind of event: data flow one way or the other
_ROLES: dict[Kind, tuple[Coding, Coding]] = {
    Kind.READ: (codes.DESTINATION, codes.SOURCE),
    Kind.QUERY: (codes.SOURCE, codes.DESTINATION),
    Kind.CREATE: (codes.SOURCE, codes.DESTINATION),
    Kind.UPDATE: (codes.SOURCE, codes.DESTINATION),
    Kind.DELETE: (codes.APPLICATION, codes.CUSTODIAN),
    Kind.DISCLOSE: (codes.DESTINATION, codes.SOURCE),
    Kind.DECIDE: (codes.APPLICATION, codes.AUTH_SERVER),
}
_KINDS = {
    "patient": ("Patient", codes.INFORMANT),
    "representative": ("RelatedPerson", codes.INFORMANT),
    "machine": ("Device", codes.KEEPER),
}
_WRITES = frozenset({Kind.CREATE, Kind.UPDATE, Kind.DELETE})


def observer() -> dict[str, Any]:
    """Return the reference of our server, as source and as agent: the profiles ask for the same."""
    return {"type": "Device", "identifier": {"system": codes.DEVICE, "value": SERVER}, "display": SERVER}


def agents(entry: Mapping[str, Any], kind: Kind, *, shown: Shown) -> list[Agent]:
    """Return the agents of an entry: client, server, user, and his institution when he has one."""
    client, server = _ROLES.get(kind, (codes.APPLICATION, codes.CUSTODIAN))
    # an app is the client itself, and told as such (OAUTHaccessTokenUse: agent of type Application, its client_id)
    by_app = app_of(entry) is not None and entry["verb"] not in ABOUT_AN_APP
    client_types = [client, codes.APPLICATION] if by_app and client is not codes.APPLICATION else [client]
    told = [
        {
            "type": concept(*client_types),
            "who": _client(entry, shown),
            "requestor": False,
            "network": _network(entry, shown),
        },
        {"type": concept(server), "who": observer(), "requestor": False},
        _user(entry, kind, shown),
    ]
    if kind is not Kind.DECIDE:  # the profile of decisions allows none for the one who decides
        told[1]["network"] = {"address": SERVER, "type": MACHINE}
    if entry["institution_id"]:
        told.append({"type": concept(codes.PROVIDER), "who": _institution(entry), "requestor": False})
    return told


def app_of(entry: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return {id, name} of the app of an entry, from its column `app` or from its detail; None when of none."""
    detail = entry.get("detail") or {}
    if "by-way-of" in detail:
        return {"id": detail["app"], "name": detail["by-way-of"]}
    return entry.get("app")


def _client(entry: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    app = app_of(entry)
    if app and entry["verb"] not in ABOUT_AN_APP:
        return {
            "type": "Device",
            "identifier": {"system": codes.APP, "value": app["id"]},
            "display": app["name"],
        }
    # a face or an interface; the very browser for those who answer for the log
    named = entry.get("device") if shown.whole else ""
    identifier = {"identifier": {"system": codes.DEVICE, "value": named}} if named else {}
    return {"type": "Device", **identifier, "display": entry["origin"] or "unknown"}


def _network(entry: Mapping[str, Any], shown: Shown) -> dict[str, str]:
    if shown.whole and entry.get("address"):
        return {"address": entry["address"], "type": ADDRESS}
    return {"address": entry["origin"] or "unknown", "type": MACHINE}


def _user(entry: Mapping[str, Any], kind: Kind, shown: Shown) -> Agent:
    resource, writes_as = _KINDS.get(entry["function"], ("Practitioner", codes.AUTHOR))
    purpose = codes.EMERGENCY if entry["glass_reason"] else entry["purpose"]
    user: Agent = {
        "type": concept(writes_as if kind in _WRITES else codes.RECIPIENT),
        "who": {"type": resource, **_who(entry, shown)},
        "requestor": True,
        "purposeOfUse": [codes.reason(purpose)],
        "policy": [f"{codes.RULE_URN}{entry['rule']}"],
    }
    if entry.get("acting_for"):  # REP-5
        user["policy"].append(f"urn:uuid:{entry['acting_for']}")
    if entry["function"]:
        user["role"] = [concept(coding(codes.FUNCTION, entry["function"]))]
    name = entry["person_name"] if shown.whole or entry.get("presentation", "named") == "named" else ""
    return user | ({"name": name} if name else {})


def _who(entry: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    presented = "named" if shown.whole else entry.get("presentation", "named")
    if presented == "named" and entry["person_id"]:
        return {"identifier": {"system": codes.PERSON, "value": str(entry["person_id"])}}
    if presented == "pseudonymised" and entry.get("pseudonym"):
        return {"identifier": {"system": codes.PSEUDONYM, "value": entry["pseudonym"]}}
    return {"display": entry["function"] or SERVER}


def _institution(entry: Mapping[str, Any]) -> dict[str, Any]:
    who: dict[str, Any] = {
        "type": "Organization",
        "identifier": {"system": codes.INSTITUTION, "value": str(entry["institution_id"])},
    }
    return who | ({"display": entry["institution"]} if entry.get("institution") else {})
