"""References that lead nowhere: a `urn:uuid:` means an entry of the same delivery, or nothing. hl7.org/fhir/R4/bundle.html#references"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from unidossier.exchange.fhir.outcome import RequestRefused
from unidossier.record.references import Addresses
from unidossier.record.sent import Sent
from unidossier.record.validation import Issue

MOST_TOLD = 50  # issues; more helps nobody
_URN = "urn:uuid:"
_TEXT = "the reference fits no fullUrl of an entry that is stored together with this; send both in one transaction, or give the id"


def require_known(sent: Sequence[Sent], *, addresses: Addresses) -> None:
    """Raise RequestRefused (422, each place named) where a reference by `urn:uuid:` fits nothing that was sent.

    What is taken back is stored as it stood: nobody can mend a reference by deleting.
    """
    issues = list(islice(_issues(sent, addresses), MOST_TOLD))
    if issues:
        raise RequestRefused(422, issues)


def _issues(sent: Sequence[Sent], addresses: Addresses) -> Iterator[Issue]:
    for one in sent:
        if one.withdrawn or _URN.encode() not in one.checked.text:
            continue
        for place, reference in _references(one.checked.resource, place=one.checked.resource_type):
            if reference.startswith(_URN) and addresses.ours(reference) is None:
                issue = Issue("not-found", place, _TEXT)
                yield issue.at(one.place) if one.place else issue


def _references(value: Any, *, place: str) -> Iterator[tuple[str, str]]:
    """Give (place, text) of each Reference.reference, wherever it lies."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name == "reference" and isinstance(child, str):
                yield f"{place}.reference", child
            else:
                yield from _references(child, place=f"{place}.{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(child, place=f"{place}[{index}]")
