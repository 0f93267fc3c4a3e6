"""FHIR transaction: all of it in the record of one patient, or nothing. hl7.org/fhir/R4/http.html#transaction

What each entry means is made out first (ids, conditions, references, the newest version of what is changed or taken
back); then everything is stored by one grant in one database transaction.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.batch import patch_document
from unidossier.exchange.fhir.bearer import Bearer
from unidossier.exchange.fhir.conditions import condition_of, matching, patient_of
from unidossier.exchange.fhir.create import id_for, require_type
from unidossier.exchange.fhir.delete import require_deletable, withdrawal
from unidossier.exchange.fhir.directory.referred import known_elsewhere
from unidossier.exchange.fhir.following import whose
from unidossier.exchange.fhir.inside import below_base
from unidossier.exchange.fhir.newest import expected_version, newest
from unidossier.exchange.fhir.outcome import RequestRefused, refused
from unidossier.exchange.fhir.patch import JSON_PATCH, change_of, patched
from unidossier.exchange.fhir.room import Json
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.update import own_id, require_id, sent_for
from unidossier.exchange.fhir.validators import etag, versions_of
from unidossier.kernel.uuid7 import derived_id, new_id
from unidossier.record.patient_types import FOLLOWING_TYPES, PATIENT_TYPES
from unidossier.record.sent import Sent
from unidossier.record.validation import Checked, Entry

MOST_ELSEWHERE = 200  # each is a look-up with an entry of its own
WRITES = ("DELETE", "POST", "PUT", "PATCH")
_CONDITIONAL = re.compile(r'"reference"\s*:\s*"([A-Z][A-Za-z]{2,40})\?([^"\\]+)"')


@dataclass(kw_only=True, slots=True)
class Step:
    """One entry, understood: the id it is about, what is stored under it (None: nothing has to be), how it is answered."""

    entry: Entry
    method: str
    resource_type: str
    id: UUID
    sent: Sent | None
    status: str = ""  # of what is answered without being stored
    version: int | None = None


@dataclass(kw_only=True)
class Plan:
    """What the entries mean, as far as it is known. `local`: ids by fullUrl; `resolved`: what other references mean."""

    bearer: Bearer
    base: str
    entries: Sequence[Entry] = ()
    steps: list[Step] = field(default_factory=list)
    local: dict[str, UUID] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)


def planned(bearer: Bearer, bundle: Checked, *, base: str) -> Plan:
    """Make out what the entries that store mean. Nothing is stored yet. Blocks. Raises RequestRefused."""
    plan = Plan(bearer=bearer, base=base, entries=bundle.entries)
    writes = [one for one in bundle.entries if _method(one) in WRITES]
    _require_addresses_apart(writes)
    # patients first: the conditions of others are looked up in their records
    for entry in sorted(
        writes, key=lambda one: one.checked is None or one.checked.resource_type != "Patient"
    ):
        step = _step(plan, entry)
        plan.steps.append(step)
        if entry.full_url and step.method in ("POST", "PUT"):
            plan.local[entry.full_url] = step.id
            if step.sent is None:
                plan.resolved[entry.full_url] = f"{step.resource_type}/{step.id}"
    _resolve_references(plan)
    return plan


def all_or_nothing(plan: Plan) -> dict[int, tuple[Json, str | None]]:
    """Store what was planned; return (answer, text of the resource) by the place of the entry.

    GET and HEAD are left to the caller. Blocks. Raises the errors of `store`.
    """
    sent = [step.sent for step in sorted(plan.steps, key=lambda one: one.entry.index) if step.sent]
    stored = store(plan.bearer, sent, resolved=plan.resolved) if sent else {}
    return {step.entry.index: _answer(step, stored.get(step.id)) for step in plan.steps}


def _step(plan: Plan, entry: Entry) -> Step:
    place = f"Bundle.entry[{entry.index}]"
    told = entry.request or {}
    method = _method(entry)
    path, query = below_base(entry, base=plan.base)
    resource_type, _, id_text = path.partition("/")
    try:
        expected = _expected(plan, told.get("ifMatch"), resource_type, id_text=id_text)
        if method == "DELETE":
            return _deletion(plan, entry, resource_type, id_text=id_text, query=query, expected=expected)
        if entry.checked is None:
            raise refused(400, "required", "an entry that stores carries its resource", expression=place)
        if method == "PATCH":
            return _patching(plan, entry, resource_type, id_text=id_text, query=query, expected=expected)
        require_type(entry.checked, resource_type=resource_type)
        if method == "POST":
            return _creation(plan, entry, resource_type, rest=id_text)
        return _updating(plan, entry, resource_type, id_text=id_text, query=query, expected=expected)
    except RequestRefused as refusal:
        body = entry.checked.resource_type if entry.checked else None
        raise _placed(refusal, place=f"{place}.request", body=body) from None


def _expected(plan: Plan, given: str | None, resource_type: str, *, id_text: str) -> int | None:
    seen = versions_of(given)
    if not id_text and seen is not None and len(seen) != 1:
        raise refused(400, "not-supported", "ifMatch beside a condition is one ETag", expression="ifMatch")
    id_ = own_id(id_text) if id_text else UUID(int=0)
    return expected_version(plan.bearer.secret, seen, resource_type=resource_type, id_=id_)


def _creation(plan: Plan, entry: Entry, resource_type: str, *, rest: str) -> Step:
    assert entry.checked is not None
    if rest:
        raise refused(400, "not-supported", "a transaction stores; searches and operations go by batch")
    asked = (entry.request or {}).get("ifNoneExist")
    if asked is None:
        id_ = _id_of_new(plan, entry, kind=resource_type)
        return _sending(entry, resource_type, id_)
    query = asked.removeprefix("?")
    if resource_type not in PATIENT_TYPES:  # kept once under the id of its condition
        source_id = f"?{query}{_of_whom(plan, resource_type)}"
        return _sending(
            entry, resource_type, id_for(plan.bearer, resource_type=resource_type, source_id=source_id)
        )
    match = matching(plan.bearer, condition_of(resource_type, query), body=entry.checked, local=plan.local)
    if match.id is None:
        id_ = id_for(plan.bearer, resource_type=resource_type, source_id=match.source_id)
        return _sending(entry, resource_type, id_)
    found = match.id
    version = newest(plan.bearer.secret, resource_type=resource_type, id_=found).version
    return Step(
        entry=entry,
        method="POST",
        resource_type=resource_type,
        id=found,
        sent=None,
        status="200",
        version=version,
    )


def _updating(
    plan: Plan, entry: Entry, resource_type: str, *, id_text: str, query: str, expected: int | None
) -> Step:
    assert entry.checked is not None
    if id_text:
        id_ = own_id(id_text)
        require_id(entry.checked, id_=id_)
        return _sending(entry, resource_type, id_, expected=expected)
    condition = condition_of(resource_type, query)
    match = matching(plan.bearer, condition, body=entry.checked, local=plan.local)
    id_, version = sent_for(plan.bearer, entry.checked, match=match)
    return _sending(entry, resource_type, id_, expected=version if expected is None else expected)


def _deletion(
    plan: Plan, entry: Entry, resource_type: str, *, id_text: str, query: str, expected: int | None
) -> Step:
    require_deletable(resource_type)
    id_ = _meant(plan, resource_type, id_text=id_text, query=query)
    done = Step(
        entry=entry, method="DELETE", resource_type=resource_type, id=id_ or new_id(), sent=None, status="204"
    )
    if id_ is not None:
        done.sent, done.version = withdrawal(
            plan.bearer, resource_type=resource_type, id_=id_, expected=expected, place=_place(entry)
        )
    return done


def _patching(
    plan: Plan, entry: Entry, resource_type: str, *, id_text: str, query: str, expected: int | None
) -> Step:
    assert entry.checked is not None
    id_ = _meant(plan, resource_type, id_text=id_text, query=query)
    if id_ is None:
        raise refused(404, "not-found", "nothing fits the condition of this patch")
    data, media_type = patch_document(entry.checked, place=_place(entry))
    change = change_of(data, is_json_patch=media_type.startswith(JSON_PATCH))
    sent = patched(
        plan.bearer, change, resource_type=resource_type, id_=id_, expected=expected, place=_place(entry)
    )
    return Step(entry=entry, method="PATCH", resource_type=resource_type, id=id_, sent=sent)


def _meant(plan: Plan, resource_type: str, *, id_text: str, query: str) -> UUID | None:
    if id_text:
        return own_id(id_text)
    return matching(plan.bearer, condition_of(resource_type, query), local=plan.local).id


def _sending(entry: Entry, resource_type: str, id_: UUID, *, expected: int | None = None) -> Step:
    assert entry.checked is not None
    sent = Sent(
        place=_place(entry), checked=entry.checked, full_url=entry.full_url, id=id_, expected=expected
    )
    return Step(entry=entry, method=_method(entry), resource_type=resource_type, id=id_, sent=sent)


def _of_whom(plan: Plan, kind: str) -> str:
    """One Medication of a house's own list is another item in each record."""
    return f" {whose(plan.entries)}" if kind in FOLLOWING_TYPES else ""


def _id_of_new(plan: Plan, entry: Entry, *, kind: str) -> UUID:
    bearer = plan.bearer
    if bearer.is_machine and bearer.institution_id and (entry.full_url or "").startswith("urn:uuid:"):
        # sent again after a lost answer, the same transaction meets itself (XCH-1)
        source_id = f"{entry.full_url}{_of_whom(plan, kind)}"
        return derived_id(bearer.institution_id, resource_type=kind, source_id=source_id)
    return new_id()


def _resolve_references(plan: Plan) -> None:
    """Look up the references that are conditions: one that fits, or the transaction fails (R4 #trules).

    Professionals and institutions are those of the registry; one that it does not know stays as it came.
    """
    own = {
        (kind, *pair) for step in plan.steps if step.sent for kind, pair in _identifiers(step.sent.checked)
    }
    elsewhere: set[str] = set()  # references out of the record that were looked up
    for step in plan.steps:
        if step.sent is None:
            continue
        text = step.sent.checked.text.decode()
        for kind, query in sorted(set(_CONDITIONAL.findall(text)) if "?" in text else ()):
            reference = f"{kind}?{query}"
            if reference in plan.resolved or _is_own(own, kind, query):
                continue
            if kind not in PATIENT_TYPES:
                if reference not in elsewhere:
                    _resolve_elsewhere(plan, kind, query, tried=len(elsewhere))
                    elsewhere.add(reference)
                continue
            try:
                plan.resolved[reference] = f"{kind}/{_referred(plan, step, kind=kind, query=query)}"
            except RequestRefused as refusal:
                raise _placed(refusal, place=step.sent.place) from None


def _resolve_elsewhere(plan: Plan, kind: str, query: str, *, tried: int) -> None:
    if tried == MOST_ELSEWHERE:
        text = f"At most {MOST_ELSEWHERE} professionals and institutions are named by a number in one transaction; send it in parts, or their ids."
        raise refused(413, "too-costly", text)
    if found := known_elsewhere(plan.bearer, kind, query):
        plan.resolved[f"{kind}?{query}"] = f"{kind}/{found}"


def _referred(plan: Plan, step: Step, *, kind: str, query: str) -> UUID:
    assert step.sent is not None
    place = step.sent.place
    if kind == "Patient":
        found = patient_of(plan.bearer, f"{kind}?{query}", local=plan.local)
    else:
        found = matching(
            plan.bearer,
            condition_of(kind, query, expression=place),
            body=step.sent.checked,
            local={**plan.local, **_patients(plan)},
        ).id
    if found is None:
        text = "a reference by condition fits nothing that is known here, or several; send what it means, or its id"
        raise refused(412, "not-found", text, expression=place)
    return found


def _patients(plan: Plan) -> Mapping[str, UUID]:
    """Return the patients that conditional references mean, by these."""
    return {
        reference: UUID(found.partition("/")[2])
        for reference, found in plan.resolved.items()
        if found.startswith("Patient/")
    }


def _identifiers(checked: Checked) -> Iterator[tuple[str, tuple[str, str]]]:
    given: Any = checked.resource.get("identifier", [])
    for one in given if isinstance(given, list) else (given,):
        if one.get("system") and one.get("value"):
            yield checked.resource_type, (one["system"], one["value"])


def _is_own(own: set[tuple[str, str, str]], kind: str, query: str) -> bool:
    """Tell whether an entry of this same transaction has the identifier."""
    name, _, identifier = query.partition("=")
    system, _, value = identifier.rpartition("|")
    return name == "identifier" and (kind, system, value) in own


def _answer(step: Step, stored: tuple[str, Stored] | None) -> tuple[Json, str | None]:
    if stored is None:
        told: Json = {"status": step.status or "200"}  # of no record: kept as it came
        if step.version is not None:
            told["etag"] = etag(step.version)
            if step.method == "POST":
                told["location"] = f"{step.resource_type}/{step.id}/_history/{step.version}"
        return told, None
    text, version = stored
    created = version.outcome == "created"
    told = {"status": "204" if step.method == "DELETE" else "201" if created else "200"}
    if step.method != "DELETE":
        told["location"] = f"{step.resource_type}/{step.id}/_history/{version.version}"
    told |= {"etag": etag(version.version), "lastModified": version.at.isoformat()}
    return told, None if step.method == "DELETE" else text


def _method(entry: Entry) -> str:
    told = entry.request or {}
    if told.get("method") not in (*WRITES, "GET", "HEAD") or "url" not in told:
        place = f"Bundle.entry[{entry.index}].request"
        raise refused(400, "required", "each entry has a request with method and url", expression=place)
    return str(told["method"])


def _place(entry: Entry) -> str:
    return f"Bundle.entry[{entry.index}].resource"


def _placed(refusal: RequestRefused, *, place: str, body: str | None = None) -> RequestRefused:
    """Tell where in the Bundle a fault lies that was found in one entry; `body`: the type of its resource."""
    resource = f"{place.removesuffix('.request')}.resource"
    issues = [
        one
        if one.expression.startswith("Bundle.")
        else one.at(resource if body and one.expression.partition(".")[0] == body else place)
        for one in refusal.issues
    ]
    return RequestRefused(refusal.status, issues, headers=refusal.headers)


def _require_addresses_apart(writes: Sequence[Entry]) -> None:
    """Raise RequestRefused (422) when two entries that store have one fullUrl: a reference would mean both (bdl-7)."""
    seen: set[str] = set()
    for entry in writes:
        if entry.full_url is None or _method(entry) not in ("POST", "PUT"):
            continue
        if entry.full_url in seen:
            told = "another entry has this fullUrl; give each its own"
            raise refused(422, "duplicate", told, expression=f"Bundle.entry[{entry.index}].fullUrl")
        seen.add(entry.full_url)
