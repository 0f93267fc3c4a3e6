"""The answer to a search: a Bundle of type searchset, joined from the stored texts. hl7.org/fhir/R4/bundle.html#searchset"""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from unidossier.exchange.fhir.patient import merged_text
from unidossier.gate.door import Row
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text

Link = tuple[str, str]  # relation, address


MOST_WHOLE = 64 * 1024 * 1024  # characters of one answer with its files
Given = tuple[str, UUID | str, str]  # type, id, text


async def texts_of(
    rows: Sequence[Row], *, patient: UUID | None = None, replaces: Sequence[UUID] = (), kind: str = ""
) -> list[Given]:
    """Return type, id and whole text of each line, files put back, a merged patient told of (REC-8).

    As many of them, from the first on, as one answer holds: MOST_WHOLE characters, and at least one. `patient`: whose lines they all are,
    `kind`: of which type; else each line says so.
    """
    texts = [str(row["resource"]) for row in rows]
    if any(MARK in text for text in texts):  # files lie on disk: not on the event loop
        owners = [patient or row["patient_id"] for row in rows]
        texts = await asyncio.to_thread(_restored, texts, owners)
    given: list[Given] = [
        (kind or row["type"], row["id"], text) for row, text in zip(rows, texts, strict=False)
    ]
    if replaces:
        kept = [patient or row["patient_id"] for row in rows]
        return [_merged(one, kept=of, replaces=replaces) for one, of in zip(given, kept, strict=False)]
    return given


def _merged(given: Given, *, kept: UUID, replaces: Sequence[UUID]) -> Given:
    kind, id_, text = given
    if kind != "Patient":
        return given
    return kind, id_, merged_text(text, id_=UUID(str(id_)), kept=kept, replaces=list(replaces)).decode()


def searchset(
    *,
    base: str,
    links: Iterable[Link],
    matches: Iterable[Given] = (),
    included: Iterable[Given] = (),
    total: int | None = None,
    told: Sequence[str] = (),
) -> str:
    """Return the Bundle. `matches` and `included`: type, id and text; `told`: what the searcher should know of his search."""
    start = _text(base)[:-1]
    entries = [_entry(start, *one, mode="match") for one in matches]
    entries += [_entry(start, *one, mode="include") for one in included]
    if told:
        entries.append(f'{{"resource":{_outcome(told)},"search":{{"mode":"outcome"}}}}')
    parts = ['"resourceType":"Bundle","type":"searchset"']
    if total is not None:
        parts.append(f'"total":{total}')
    parts.append(f'"link":{_text([{"relation": name, "url": url} for name, url in links])}')
    if entries:  # no empty list in FHIR
        parts.append(f'"entry":[{",".join(entries)}]')
    return f"{{{','.join(parts)}}}"


def _entry(start: str, resource_type: str, id_: UUID | str, text: str, *, mode: str) -> str:
    """Return one entry; `start`: the beginning of its address as JSON, still open."""
    return f'{{"fullUrl":{start}/{resource_type}/{id_}","resource":{text},"search":{{"mode":"{mode}"}}}}'


def _outcome(told: Sequence[str]) -> str:
    issues = [{"severity": "warning", "code": "not-supported", "diagnostics": one} for one in told]
    return _text({"resourceType": "OperationOutcome", "issue": issues})


def _restored(texts: list[str], owners: list[UUID]) -> list[str]:
    whole: list[str] = []
    room = MOST_WHOLE
    for text, patient in zip(texts, owners, strict=True):
        told = restore_text(text, patient_id=patient) if MARK in text else text
        room -= len(told)
        if whole and room < 0:
            break
        whole.append(told)
    return whole


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
