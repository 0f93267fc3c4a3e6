"""The rooms of the operations, in the order in which an address is looked up."""

from unidossier.exchange.fhir.operations import everything, match, shelf, summary, terminology, validate
from unidossier.exchange.fhir.room import Room

OPERATIONS: tuple[Room, ...] = (
    everything.ROOM,
    summary.ROOM,
    match.ROOM,
    validate.ROOM,
    terminology.ROOM,
    shelf.ROOM,
)
