"""One piece of one file: read, check, sort, store. Runs in a worker process."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from traceback import format_tb
from uuid import UUID

from unidossier.actions.deliver import (
    KnownParties,
    NumbersOfSeveralPatients,
    PatientUnknown,
    Stored,
    deliver,
    keep_foreign,
    taken_elsewhere,
)
from unidossier.actions.import_resources.report import Outcome
from unidossier.actions.import_resources.sources import Piece
from unidossier.actions.import_resources.units import Unit, units_of
from unidossier.gate.door import AccessRefused, ItemChanged, RecordUnreadable, RightsChanged, SessionEnded
from unidossier.record.arrival import arrange
from unidossier.record.blobs import AttachmentTooLarge, StorageFull
from unidossier.record.references import Addresses
from unidossier.record.sent import Arrival, Refusal, Sender, Sent

NOT_FOUND = "not-found"  # issue-type: the patient is unknown, perhaps not for long
_NOT_WHOLE = "not stored, because another resource of the same bundle is refused"
_PATIENT_UNKNOWN = "no patient is known under this reference; import the Patient first, or together with it"
log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Done:
    """What became of a piece."""

    file: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def again(self) -> frozenset[str]:
        """The places whose patient was unknown: another file may bring him."""
        return frozenset(one.place for one in self.outcomes if one.code == NOT_FOUND)

    @property
    def brought_patient(self) -> bool:
        """Tell whether it registered somebody who was not known before."""
        return any(one.resource_type == "Patient" and one.outcome == "created" for one in self.outcomes)

    def tell(self, sent: Sent, outcome: str, *, code: str = "", reason: str = "") -> None:
        """Note what became of one resource."""
        self.outcomes.append(
            Outcome(
                file=self.file,
                place=sent.place,
                resource_type=sent.checked.resource_type,
                source_id=sent.checked.id,
                outcome=outcome,
                code=code,
                reason=reason,
            )
        )

    def refuse(self, refusal: Refusal) -> None:
        """Note why one resource is not stored."""
        self.outcomes.append(
            Outcome(
                file=self.file,
                place=refusal.place,
                resource_type=refusal.resource_type,
                source_id=refusal.source_id,
                outcome="refused",
                code=NOT_FOUND if refusal.patient_unknown else refusal.code,
                expression=refusal.expression,
                reason=refusal.reason,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Importing:
    """Who imports: the machine session of an institution, and whom its references may name."""

    secret: bytes
    sender: Sender
    known: KnownParties

    def piece(self, piece: Piece) -> Done:
        """Import one piece; every resource in it has an outcome. Raises SessionEnded."""
        done = Done(file=str(piece.path))
        try:
            for unit in units_of(piece.read(), first_line=piece.first_line):
                self._unit(unit, done=done)
        except SessionEnded:
            raise
        except Exception as fault:  # noqa: BLE001  (the outermost loop: one file must not stop the others)
            # where it happened, never the message: it may quote the file
            log.error("import failed: %s\n%s", type(fault).__name__, "".join(format_tb(fault.__traceback__)))
            reason = f"could not be imported further: {type(fault).__name__}; import the file again"
            done.outcomes.append(file_refused(done.file, reason=reason))
        if piece.only is not None:  # of all the others the first look has told
            done.outcomes = [one for one in done.outcomes if one.place in piece.only]
        return done

    def _unit(self, unit: Unit, *, done: Done) -> None:
        arrival = self._arranged(unit)
        refused = [*unit.refused, *arrival.refused]
        for refusal in refused:
            done.refuse(refusal)
        if unit.is_whole and refused:
            self._none_stored(arrival, refused=refused, done=done)
            return
        for holder in arrival.versions:
            arrival = self._store(unit, arrival, holder=holder, done=done)
        if arrival.foreign:
            keep_foreign(self.secret, resources=arrival.foreign)
        for foreign in arrival.foreign:
            done.tell(foreign.sent, "kept")

    def _arranged(self, unit: Unit, *, aside: frozenset[UUID] = frozenset()) -> Arrival:
        return arrange(
            unit.sent,
            sender=self.sender,
            addresses=Addresses(self.sender.id, known=self.known.addresses),
            parties=self.known.parties,
            at=datetime.now(UTC),
            aside=aside,
            one_record=unit.is_whole,  # of loose lines a Medication serves many
        )

    def _none_stored(self, arrival: Arrival, *, refused: Sequence[Refusal], done: Done) -> None:
        places = {one.place for one in refused}
        code = NOT_FOUND if all(one.patient_unknown for one in refused) else "conflict"
        for sent in arrival.sent_as.values():
            if sent.place not in places:
                done.tell(sent, "refused", code=code, reason=_NOT_WHOLE)

    def _store(self, unit: Unit, arrival: Arrival, *, holder: UUID, done: Done) -> Arrival:
        """Store what is of one patient; return the delivery, without what was found to stand in another record."""
        versions = arrival.versions[holder]
        try:
            stored = self._delivered(arrival, holder=holder)
        except PatientUnknown:
            told = (NOT_FOUND, _PATIENT_UNKNOWN)
        except (NumbersOfSeveralPatients, ItemChanged, StorageFull, AttachmentTooLarge) as fault:
            if isinstance(fault, ItemChanged) and (taken := taken_elsewhere(fault, arrival)):
                arrival = self._arranged(unit, aside=arrival.aside | taken)
                return self._store(unit, arrival, holder=holder, done=done)
            told = ("conflict", str(fault))
        except (AccessRefused, RightsChanged):
            told = ("forbidden", "the sender may not store this")
        except RecordUnreadable as fault:
            log.error("storing failed: %s", fault)
            told = ("transient", "the database did not take it; import the file again")
        else:
            for one in stored:
                done.tell(arrival.sent_as[one.id], one.outcome)
            return arrival
        for version in versions:
            done.tell(arrival.sent_as[version.id], "refused", code=told[0], reason=told[1])
        return arrival

    def _delivered(self, arrival: Arrival, *, holder: UUID) -> list[Stored]:
        """Store what is of one patient; once more when the line was lost on the way: what is there already stays unchanged."""

        def once() -> list[Stored]:
            return deliver(
                self.secret,
                holder=holder,
                through_item=holder in arrival.through_items,
                versions=arrival.versions[holder],
                registration=arrival.registrations.get(holder),
            )

        try:
            return once()
        except RecordUnreadable as fault:
            if fault.cause == "PoolTimeout":  # the database is away: every piece would wait again
                raise
            log.warning("storing again: %s", fault.cause)
            return once()


def file_refused(file: str, *, reason: str) -> Outcome:
    """Return the outcome of a file of which nothing could be read."""
    return Outcome(
        file=file,
        place="",
        resource_type="",
        source_id=None,
        outcome="refused",
        code="structure",
        reason=reason,
    )
