"""From valid resources to stored versions, for create, update and transaction: sorted, then one verb per patient."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from unidossier.actions.deliver import (
    KnownParties,
    Stored,
    deliver,
    keep_foreign,
    known_parties,
    taken_elsewhere,
)
from unidossier.exchange.fhir.bearer import Bearer
from unidossier.exchange.fhir.dangling import require_known
from unidossier.exchange.fhir.following import placed, without_holder
from unidossier.exchange.fhir.outcome import RequestRefused, refused, unsure
from unidossier.gate.door import ItemChanged, RecordUnreadable
from unidossier.record.arrival import arrange
from unidossier.record.references import Addresses
from unidossier.record.sent import Arrival, Refusal, Sender, Sent
from unidossier.record.validation import Issue

_IS_NEWER = "The resource has a newer version. Read it again, then send your change."
_IS_THERE = (
    "Something stands under this id already; nothing was stored over it. Read it, then send your change."
)
_CANNOT = (
    "The resource cannot be stored under this id or with this status: an id stays with its type, its patient and"
    " its institution, and a status never goes back. Send it without the id to store another one."
)
_KEPT_S = 60  # how long people and teams of an institution are remembered


class NotStored(RequestRefused, ItemChanged):
    """One of the resources cannot follow what stands under its id; `expression` of the issue says which."""


def store(
    bearer: Bearer,
    sent: Sequence[Sent],
    *,
    resolved: Mapping[str, str] | None = None,
    interaction: str | None = None,
) -> dict[UUID, tuple[str, Stored]]:
    """Store everything in the record of one patient, or nothing; return (text, version) by id.

    A machine delivers; anybody else writes under his own function. `resolved`: what conditional references mean here
    (`Patient/[id]`); `interaction`: named in the entry when it is none that stores what was sent. Blocks: call it in a thread.
    Raises RequestRefused and the errors of `deliver`.
    """
    institution = bearer.institution_id
    if institution is None:
        raise refused(403, "forbidden", "This account may not write through this interface.")
    sender = Sender(id=institution, key=bearer.institution_key, language=bearer.language)
    known = _known(institution, int(time.monotonic() / _KEPT_S))

    def arranged(sent: Sequence[Sent], aside: frozenset[UUID] = frozenset()) -> Arrival:
        addresses = Addresses(
            institution, own_ids=True, known=known.addresses | dict(resolved or {}), base=bearer.base
        )
        arrival = arrange(
            sent,
            sender=sender,
            addresses=addresses,
            parties=known.parties
            | {one: known.parties[it] for one, it in (resolved or {}).items() if it in known.parties},
            at=datetime.now(UTC),
            author_id=None if bearer.is_machine else bearer.person_id,
            aside=aside,
        )
        require_known(sent, addresses=addresses)  # once all that was sent has its address
        return arrival

    arrival = arranged(sent)
    if lost := without_holder(arrival):
        sent = placed(bearer.secret, sent, lost=lost)
        arrival = arranged(sent)
    while True:
        _require_storable(bearer, arrival)
        try:
            stored = _deliver(bearer, arrival, interaction=interaction)
            if arrival.foreign:
                keep_foreign(bearer.secret, resources=arrival.foreign)
            return stored
        except RecordUnreadable as fault:
            raise unsure() from fault
        except ItemChanged as changed:
            taken = taken_elsewhere(changed, arrival)
            if not taken:
                raise _not_stored(changed, sent) from changed
        arrival = arranged(sent, arrival.aside | taken)


def _not_stored(changed: ItemChanged, sent: Sequence[Sent]) -> NotStored:
    """A newer version (UD005) is for the sender to look at; whose an id is stays unsaid (ACD-8)."""
    # the place in a Bundle: the error of the database names the item
    one = next((one for one in sent if str(one.id) in str(changed)), sent[0] if len(sent) == 1 else None)
    place = one.place if one else ""
    if getattr(changed.__cause__, "sqlstate", None) != "UD005":
        return NotStored(409, [Issue("conflict", place, _CANNOT)])
    is_there = one is not None and one.expected == 0
    return NotStored(412, [Issue("conflict", place, _IS_THERE if is_there else _IS_NEWER)])


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


def _deliver(bearer: Bearer, arrival: Arrival, *, interaction: str | None) -> dict[UUID, tuple[str, Stored]]:
    for holder, versions in arrival.versions.items():
        stored = deliver(
            bearer.secret,
            holder=holder,
            through_item=holder in arrival.through_items,
            versions=versions,
            registration=arrival.registrations.get(holder),
            verb=bearer.writing_verb,
            detail={"interaction": interaction} if interaction else None,
        )
        sent = {version.id: version for version in versions}
        return {one.id: (sent[one.id].as_stored(version=one.version, at=one.at), one) for one in stored}
    return {}


def _issue(refusal: Refusal) -> Issue:
    """Tell a refusal from the outermost resource: `Bundle.entry[3].resource.subject`."""
    code = "business-rule" if refusal.patient_unknown else refusal.code
    issue = Issue(code, refusal.expression, refusal.reason)
    return issue.at(refusal.place) if refusal.place else issue


@lru_cache(maxsize=256)
def _known(institution_id: UUID, _minute: int) -> KnownParties:
    return known_parties(institution_id)
