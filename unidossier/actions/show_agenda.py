"""Show the agenda of a carer and his teams: the appointments of a day, whole, with the short facts of each patient."""

from dataclasses import dataclass
from datetime import datetime

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Rows of registry.queries.listed and relations.queries.agenda, to be joined by `patient_id`."""

    patients: list[Row]
    appointments: list[Row]


def show_agenda(secret: bytes, *, since: datetime, until: datetime) -> Agenda:
    """Return who comes to me or my teams in the half-open period. One entry names them all."""
    wanted = {"since": since.isoformat(), "until": until.isoformat()}
    granted = door.read_list(
        secret, "show-agenda", wanted, registry.listed(), relations.agenda(since=since, until=until)
    )
    patients, appointments = granted.rows
    return Agenda(patients=patients, appointments=appointments)
