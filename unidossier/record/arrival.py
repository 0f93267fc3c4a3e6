"""What one delivery brings, sorted: patients to register, versions to store by patient, what no record holds, refusals.

Pure: nothing is stored here. The same for a file that is imported and for a transaction of the FHIR API.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from unidossier.kernel.fhir_date import InvalidFhirDate
from unidossier.record.describe import Description, describe
from unidossier.record.following import FOLLOWERS, access_of, by_readers, leading_to
from unidossier.record.links import rewrite_links
from unidossier.record.patient_types import FOLLOWING_TYPES, HELD_TYPES, PATIENT_TYPES
from unidossier.record.references import Addresses, rewrite_references, with_id
from unidossier.record.registration import NumberRefused, registration_of
from unidossier.record.searching.extract import SearchValues, search_values
from unidossier.record.sent import Arrival, Foreign, Refusal, Sender, Sent
from unidossier.record.store import delivery
from unidossier.record.work import Parties, work_of


class _Refused(Exception):
    def __init__(self, code: str, expression: str, reason: str, *, patient_unknown: bool = False) -> None:
        super().__init__(reason)
        self.told = (code, expression, reason, patient_unknown)


def arrange(
    sent: Sequence[Sent],
    *,
    sender: Sender,
    addresses: Addresses,
    parties: Parties,
    at: datetime,
    author_id: UUID | None = None,
    aside: frozenset[UUID] = frozenset(),
    one_record: bool = True,
) -> Arrival:
    """Sort what was sent. Every resource ends in exactly one of versions, foreign and refused.

    `aside`: ids that stand elsewhere already, of what would follow another resource into his record: kept as about nobody.
    `one_record`: not for an import of many patients: its Medication serves several, and is about nobody too.
    """
    return _Arranging(
        sender=sender,
        addresses=addresses,
        parties=parties,
        at=at,
        author_id=author_id,
        aside=aside,
        one_record=one_record,
    ).arrange(sent)


@dataclass(kw_only=True)
class _Arranging:
    sender: Sender
    addresses: Addresses
    parties: Parties
    at: datetime
    author_id: UUID | None
    aside: frozenset[UUID]
    one_record: bool
    arrival: Arrival = field(default_factory=Arrival)
    full_urls: set[str] = field(default_factory=set)
    ids: dict[int, UUID] = field(default_factory=dict)  # by position
    by_number: dict[tuple[str, str], UUID] = field(default_factory=dict)
    part_of: dict[UUID, UUID] = field(default_factory=dict)
    shown_by: dict[UUID, list[UUID]] = field(default_factory=dict)  # what leads to a Binary, a Medication
    holders: dict[UUID, UUID] = field(default_factory=dict)  # holder of each item of this delivery

    def arrange(self, sent: Sequence[Sent]) -> Arrival:
        told = [one for position, one in enumerate(sent) if self._named(position, one)]
        for one in told:
            self._note_parts(one.checked.resource, whole=self.ids[id(one)])
        self._note_followers(told)
        # patients first, and last what is found only through another item
        for one in sorted(told, key=lambda one: _ORDER.get(one.checked.resource_type, 1)):
            try:
                self._place(one)
            except _Refused as refused:
                self._refuse(one, *refused.told)
            except InvalidFhirDate as error:
                self._refuse(one, "value", one.checked.resource_type, str(error), False)
        self.arrival.aside = self.aside
        return self.arrival

    def _named(self, position: int, one: Sent) -> bool:
        """Give the resource its id here; refuse a second one of the same id."""
        kind, source_id = one.checked.resource_type, _source_id(one)
        id_ = one.id or self.addresses.derived(kind, source_id=source_id or f"{one.place}#{position}")
        if id_ in self.arrival.sent_as:
            self._refuse(
                one,
                "duplicate",
                f"{kind}.id",
                f"{kind}/{source_id} comes twice in one delivery; send it once",
                False,
            )
            return False
        if source_id is None and one.id is None:
            self._refuse(
                one, "required", f"{kind}.id", "'id' is missing: a repeated delivery could not be told", False
            )
            return False
        self.arrival.sent_as[id_] = one
        self.addresses.add(kind, id=id_, full_url=one.full_url)
        for identifier in _identifiers(one.checked.resource):
            self.addresses.add_identifier(kind, id=id_, system=identifier[0], value=identifier[1])
            if kind == "Patient":
                self.by_number[identifier] = id_
        self.ids[id(one)] = id_
        if one.full_url:
            self.full_urls.add(one.full_url)
        return True

    def _place(self, one: Sent) -> None:
        resource, kind = one.checked.resource, one.checked.resource_type
        id_ = self.ids[id(one)]
        plain = with_id(one.checked.text.decode(), id=id_, given=one.checked.id)
        text = rewrite_links(rewrite_references(plain, addresses=self.addresses), ours=self._own_address)
        description = describe(
            resource, institution_language=self.sender.language, beside=self._medicines(resource)
        )
        if kind in FOLLOWERS or kind == "Provenance":
            description = self._as_it_is_about(one, description, self._about(resource, id_=id_))
        holder = self._holder(one, id_=id_, description=description)
        if holder is None:
            self.arrival.foreign.append(Foreign(id=id_, resource_type=kind, text=text, sent=one))
            return
        # of which type a reference is cannot be seen in `urn:uuid:...`
        stored = resource if text == plain else orjson.loads(text)
        version = delivery(
            text,
            id=id_,
            resource=resource,
            description=description,
            found_by=self._found_by(stored, description=description, holder=holder),
            entered_at=self.at,
            part_of=self._whole(id_, description=description),
            work=work_of(resource, parties=self.parties),
            author_id=self.author_id or self._author(description),
            expected=one.expected,
            withdrawn=one.withdrawn,
        )
        self.holders[id_] = holder
        self.arrival.versions.setdefault(holder, []).append(version)

    def _own_address(self, url: str) -> str | None:
        """Return what a fullUrl of this delivery means; None for any other address."""
        return self.addresses.ours(url) if url in self.full_urls or url.startswith("urn:uuid:") else None

    def _found_by(self, resource: dict[str, Any], *, description: Description, holder: UUID) -> SearchValues:
        """Take out what a search finds it by: `resource` as it is stored, the patient himself under any of his names."""
        named = description.patient_reference or ""
        own = frozenset((f"Patient/{holder}", named, self.addresses.ours(named) or named))
        return search_values(resource, own=own)

    def _holder(self, one: Sent, *, id_: UUID, description: Description) -> UUID | None:
        """Return the id by which the patient is known here; None when the resource is about nobody."""
        kind = one.checked.resource_type
        if kind == "Patient":
            self._register(one, id_=id_)
            return id_
        reference = description.patient_reference
        # which of its actors is the patient, an address of a transaction does not say
        if kind == "Appointment":
            reference = reference or self._actor(one.checked.resource)
        if reference is not None and kind != "Provenance":  # the first target of a Provenance may be anything
            return self._patient(reference, kind=kind)
        found = self._indirect(one.checked.resource, kind=kind, id_=id_) or one.patient
        if found is None and kind in PATIENT_TYPES:
            raise _Refused(
                "required",
                kind,
                "the resource names no patient; give a reference to a Patient",
                patient_unknown=True,
            )
        return found

    def _patient(self, reference: str, *, kind: str) -> UUID:
        system, _, value = reference.partition("|")  # a reference by identifier alone
        found = self.by_number.get((system, value)) or self.addresses.id_of(
            reference, resource_type="Patient"
        )
        if found is None:
            raise _Refused(
                "not-found",
                kind,
                # a number stays out of every message
                f"{'the number' if value else repr(reference[:80])} names no patient known here; "
                "send the Patient first, or together with it",
                patient_unknown=True,
            )
        return found

    def _indirect(self, resource: dict[str, Any], *, kind: str, id_: UUID) -> UUID | None:
        """Find the patient by what a Provenance is about, by what leads to a Binary or a Medication, or as the only one that the delivery brings."""
        if kind == "Provenance":
            return self._target(resource)
        if id_ in self.aside or (kind in FOLLOWING_TYPES and not self.one_record):
            return None
        whose = {self.holders[one] for one in self.shown_by.get(id_, ()) if one in self.holders}
        if len(whose) == 1:
            return whose.pop()
        if kind == "Binary" and not whose and (named := access_of(resource)).startswith("Patient/"):
            return self._patient(named, kind=kind)
        if kind == "Binary" and not whose and len(self.arrival.registrations) == 1:
            return next(iter(self.arrival.registrations))
        return None

    def _medicines(self, resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the Medication of this delivery that gives the resource its name, by the reference."""
        reference = resource.get("medicationReference", {}).get("reference", "")
        id_ = self.addresses.id_of(reference, resource_type="Medication")
        found = self.arrival.sent_as.get(id_) if id_ else None
        return {reference: found.checked.resource} if found else {}

    def _actor(self, appointment: dict[str, Any]) -> str | None:
        named = [one.get("actor", {}).get("reference", "") for one in appointment.get("participant", ())]
        return next((one for one in named if (self.addresses.ours(one) or "").startswith("Patient/")), None)

    def _target(self, provenance: dict[str, Any]) -> UUID | None:
        for target in provenance["target"]:
            reference = target.get("reference", "")
            kind, _, _ = (self.addresses.ours(reference) or reference).partition("/")
            found = self.addresses.id_of(reference, resource_type=kind)
            if kind in HELD_TYPES and found is not None:
                if kind != "Patient" and found not in self.holders:
                    self.arrival.through_items.add(found)
                return self.holders.get(found, found)
        return None

    def _register(self, one: Sent, *, id_: UUID) -> None:
        try:
            self.arrival.registrations[id_] = registration_of(
                one.checked.resource,
                source_id=_source_id(one) or str(id_),
                institution_key=self.sender.key,
                language=self.sender.language,
                at=self.at,
            )
        except NumberRefused as error:
            raise _Refused("value", error.expression, str(error)) from None

    def _note_parts(self, resource: dict[str, Any], *, whole: UUID) -> None:
        """A panel or report holds its values: the list shows it as one line."""
        kind = resource["resourceType"]
        members = resource.get({"Observation": "hasMember", "DiagnosticReport": "result"}.get(kind, ""), ())
        for member in members:
            child = self.addresses.id_of(member.get("reference", ""), resource_type="Observation")
            # a value of a panel belongs to the panel, also when the report names both
            if child is None or (kind != "Observation" and child in self.part_of):
                continue
            # R4 forbids no circle of references, but of two that hold each other no list would show either
            if not self._is_part(whole, of=child):
                self.part_of[child] = whole

    def _note_followers(self, told: Sequence[Sent]) -> None:
        """A Binary says nothing of itself: it is seen by whoever sees the document that leads to it, and marked with it."""
        resources = {self.ids[id(one)]: one.checked.resource for one in told}
        self.shown_by = leading_to(
            resources, id_of=lambda link, kind: self.addresses.id_of(link, resource_type=kind)
        )
        for child, wholes in self.shown_by.items():
            if wholes and not self._is_part(wholes[0], of=child):
                self.part_of.setdefault(child, wholes[0])

    def _about(self, resource: dict[str, Any], *, id_: UUID) -> list[dict[str, Any]]:
        """Return the documents of a Binary, or what a Provenance is about; none when one of these came at another time."""
        if resource["resourceType"] in FOLLOWERS:
            return [self.arrival.sent_as[one].checked.resource for one in self.shown_by.get(id_, ())]
        references = [one.get("reference", "") for one in resource["target"]]
        kinds = [(self.addresses.ours(one) or one).partition("/")[0] for one in references]
        found = [
            self.addresses.id_of(one, resource_type=kind) for one, kind in zip(references, kinds, strict=True)
        ]
        if not all(one in self.arrival.sent_as for one in found):
            return []
        # who made a Medication is seen by whoever sees what leads to it
        meant = [other for one in found if one for other in self.shown_by.get(one) or (one,)]
        return [self.arrival.sent_as[one].checked.resource for one in meant]

    def _as_it_is_about(self, one: Sent, own: Description, others: Sequence[dict[str, Any]]) -> Description:
        """Return the description with the narrowest category of what it is about, a draft when one of that is."""
        told = [describe(other, institution_language=self.sender.language) for other in others]
        if not told:
            return own if one.like is None else replace(own, category=one.like)
        is_draft = any(one.status == "draft" for one in told)
        # a stay says to reception that it is, and not why: nor does the medicine that it leads to
        category = min((one.inside or one.category for one in told), key=by_readers)
        return replace(own, category=category, status="draft" if is_draft else own.status)

    def _is_part(self, one: UUID | None, *, of: UUID) -> bool:
        while one is not None and one != of:
            one = self.part_of.get(one)
        return one is not None

    def _whole(self, id_: UUID, *, description: Description) -> UUID | None:
        if id_ in self.part_of or description.part_of is None:
            return self.part_of.get(id_)
        kind, _, _ = (self.addresses.ours(description.part_of) or description.part_of).partition("/")
        return self.addresses.id_of(description.part_of, resource_type=kind)

    def _author(self, description: Description) -> UUID | None:
        what, id_ = self.parties.get(description.author_reference or "", ("team", ""))
        return UUID(id_) if what == "person" else None

    def _refuse(self, one: Sent, code: str, expression: str, reason: str, patient_unknown: bool) -> None:
        self.arrival.refused.append(
            Refusal(
                place=one.place,
                resource_type=one.checked.resource_type,
                source_id=_source_id(one),
                code=code,
                expression=expression,
                reason=reason,
                patient_unknown=patient_unknown,
            )
        )


_ORDER = {"Patient": 0, **dict.fromkeys(FOLLOWERS, 2), "Provenance": 3}


def _source_id(one: Sent) -> str | None:
    """Return what the sender calls the resource: its id, else the fullUrl of its entry."""
    return one.checked.id or one.full_url


def _identifiers(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    identifiers = resource.get("identifier", [])
    for identifier in identifiers if isinstance(identifiers, list) else (identifiers,):
        if identifier.get("system") and identifier.get("value"):
            yield identifier["system"], identifier["value"]
