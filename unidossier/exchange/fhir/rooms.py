"""The rooms of the API, in the order in which an address is looked up: fixed words before `{type}/{id}`."""

from unidossier.exchange.fhir import (
    audit_events,
    create,
    delete,
    history,
    patch,
    read,
    smart,
    transaction,
    update,
)
from unidossier.exchange.fhir.bulk import room as bulk
from unidossier.exchange.fhir.directory import room as directory
from unidossier.exchange.fhir.operations.rooms import OPERATIONS
from unidossier.exchange.fhir.room import Room
from unidossier.exchange.fhir.search import room as search
from unidossier.exchange.fhir.subscriptions import room as subscriptions

ROOMS: tuple[Room, ...] = (
    smart.ROOM,
    bulk.ROOM,
    subscriptions.ROOM,
    *OPERATIONS,
    directory.ROOM,
    audit_events.ROOM,
    transaction.ROOM,
    history.ROOM,
    search.ROOM,
    create.ROOM,
    update.ROOM,
    delete.ROOM,
    patch.ROOM,
    read.ROOM,
)
