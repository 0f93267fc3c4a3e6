"""The short way to what is asked most: a resource of a record, its type, an operation on a patient. The other routes need not be asked in turn."""

from collections.abc import Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

from unidossier.exchange.fhir.room import BASE
from unidossier.record.patient_types import HELD_TYPES

_PATHS = {f"{BASE}/{{type}}": 3, f"{BASE}/{{type}}/{{id}}": 4}  # and how many parts they have
_OF_PATIENT = f"{BASE}/Patient/{{id}}/$"


class Straight(BaseRoute):
    """Matches [base]/[type], [base]/[type]/[id] of the types of a record and [base]/Patient/[id]/$[name], as the routes for them would.

    No room has a route of its own there: words of FHIR begin with `_`, operations with `$`.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes: dict[tuple[int | str, str], Route] = {}  # by the number of parts, or the last one
        for route in routes:
            if not isinstance(route, Route):
                continue
            of_patient = route.path.startswith(_OF_PATIENT)
            key = route.path.rpartition("/")[2] if of_patient else _PATHS.get(route.path)
            for method in (route.methods or ()) if key else ():
                self._routes.setdefault((key, method), route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the request goes this way."""
        if scope["type"] != "http" or scope.get("root_path"):
            return Match.NONE, {}
        parts = scope["path"].split("/")
        key = parts[4] if len(parts) == 5 and parts[2] == "Patient" else len(parts)
        route = self._routes.get((key, scope["method"]))
        if route is None or f"/{parts[1]}" != BASE or parts[2] not in HELD_TYPES:
            return Match.NONE, {}
        params = {} if len(parts) == 5 else {"type": parts[2]}
        if len(parts) > 3:
            if not parts[3][:1].isalnum():
                return Match.NONE, {}
            params["id"] = parts[3]
        return Match.FULL, {"endpoint": route.endpoint, "path_params": params, "straight": route}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Name no address: the routes do."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the route that was found."""
        await scope["straight"].handle(scope, receive, send)
