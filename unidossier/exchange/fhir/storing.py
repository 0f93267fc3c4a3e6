"""From valid resources to stored versions, for create, update and transaction: sorted, then one verb per patient."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from unidossier.actions.deliver import KnownParties, Stored, deliver, keep_foreign, known_parties
from unidossier.exchange.fhir.bearer import Bearer
from unidossier.exchange.fhir.outcome import RequestRefused, refused, unsure
from unidossier.gate.door import RecordUnreadable
from unidossier.record.arrival import Arrival, Refusal, Sender, Sent, arrange
from unidossier.record.references import Addresses
from unidossier.record.validation import Issue

_KEPT_S = 60  # how long people and teams of an institution are remembered


def store(bearer: Bearer, sent: Sequence[Sent]) -> dict[UUID, tuple[str, Stored]]:
    """Store everything in the record of one patient, or nothing; return (text, version) by id.

    A machine delivers; anybody else writes under his own function. Blocks: call it in a thread.
    Raises RequestRefused and the errors of `deliver`.
    """
    institution = bearer.institution_id
    if institution is None:
        raise refused(403, "forbidden", "This account may not write through this interface.")
    sender = Sender(id=institution, key=bearer.institution_key, language=bearer.language)
    known = _known(institution, int(time.monotonic() / _KEPT_S))
    arrival = arrange(
        sent,
        sender=sender,
        addresses=Addresses(institution, own_ids=True, known=known.addresses),
        parties=known.parties,
        at=datetime.now(UTC),
        author_id=None if bearer.is_machine else bearer.person_id,
    )
    _require_storable(bearer, arrival)
    try:
        stored = _deliver(bearer, arrival)
        if arrival.foreign:
            keep_foreign(bearer.secret, resources=arrival.foreign)
    except RecordUnreadable as fault:
        raise unsure() from fault
    return stored


def _require_storable(bearer: Bearer, arrival: Arrival) -> None:
    if arrival.refused:
        raise RequestRefused(422, [_issue(refusal) for refusal in arrival.refused])
    if len(arrival.versions) > 1:
        raise refused(
            422,
            "business-rule",
            "The resources belong to several patients; send one transaction per patient.",
        )
    if not bearer.is_machine:
        _require_a_carers_own(arrival)


def _require_a_carers_own(arrival: Arrival) -> None:
    """Refuse what only an institution's system sends: patients, what is about nobody, and work."""
    kinds = ["Patient"] if arrival.registrations else [one.resource_type for one in arrival.foreign]
    # ACD-4: with an appointment or a care team of his own making a carer could prolong his relation without end
    kinds += [one.resource_type for versions in arrival.versions.values() for one in versions if one.is_work]
    if kinds:
        told = f"Only the system of an institution may send a {kinds[0]}."
        raise refused(403, "forbidden", told, expression=kinds[0])


def _deliver(bearer: Bearer, arrival: Arrival) -> dict[UUID, tuple[str, Stored]]:
    for holder, versions in arrival.versions.items():
        stored = deliver(
            bearer.secret,
            holder=holder,
            versions=versions,
            registration=arrival.registrations.get(holder),
            verb="deliver" if bearer.is_machine else "write-report",
        )
        texts = {version.id: version.text for version in versions}
        return {one.id: (texts[one.id], one) for one in stored}
    return {}


def _issue(refusal: Refusal) -> Issue:
    """Tell a refusal from the outermost resource: `Bundle.entry[3].resource.subject`."""
    code = "business-rule" if refusal.patient_unknown else refusal.code
    issue = Issue(code, refusal.expression, refusal.reason)
    return issue.at(refusal.place) if refusal.place else issue


@lru_cache(maxsize=256)
def _known(institution_id: UUID, _minute: int) -> KnownParties:
    return known_parties(institution_id)
