"""What the rooms of Bulk Data serve."""

from starlette.routing import Route

from unidossier.exchange.fhir.bulk.kick_off import STATUS, end, of_a_group, of_patients, of_the_system
from unidossier.exchange.fhir.bulk.status import FILE, file, status
from unidossier.exchange.fhir.room import BASE, OF_THE_SYSTEM, Interaction, Room

_DEFINED = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition"
_AT = {
    "export": f"{BASE}/$export",
    "patient-export": f"{BASE}/Patient/$export",
    "group-export": f"{BASE}/Group/{{id}}/$export",
}
_STATUS, _FILE = f"{STATUS}/{{export}}", f"{FILE}/{{export}}/{{type}}"


def _asked(name: str) -> tuple[tuple[str, str], ...]:
    return (("GET", _AT[name]), ("POST", _AT[name]))


ROOM = Room(
    routes=(
        Route(_AT["export"], of_the_system, methods=["GET", "POST"]),
        Route(_AT["patient-export"], of_patients, methods=["GET", "POST"]),
        Route(_AT["group-export"], of_a_group, methods=["GET", "POST"]),
        Route(_STATUS, status, methods=["GET"]),
        Route(_STATUS, end, methods=["DELETE"]),
        Route(_FILE, file, methods=["GET"]),
    ),
    interactions=(
        Interaction(
            code="$export", at=_asked("export"), types=OF_THE_SYSTEM, definition=f"{_DEFINED}/export"
        ),
        Interaction(
            code="$export",
            at=_asked("patient-export"),
            types=frozenset({"Patient"}),
            definition=f"{_DEFINED}/patient-export",
        ),
        Interaction(
            code="$export",
            at=_asked("group-export"),
            types=frozenset({"Group"}),
            definition=f"{_DEFINED}/group-export",
        ),
    ),
    beside=(("GET", _STATUS), ("DELETE", _STATUS), ("GET", _FILE)),
)
