"""Makes the files of Bulk Data exports, a page at a time; each page is decided anew, so an account that ended ends its export (T24).

A page lies on disk before it is marked: a worker that is killed leaves the page to the next one, which writes it again.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async

from unidossier.actions.make_export_page import ExportPage, make_export_page
from unidossier.gate.door import AccessRefused, SessionEnded
from unidossier.jobs.queue import queue
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing, StorageFull
from unidossier.record.export_files import drop_export, drop_others, put_piece
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text
from unidossier.signin.claims import ClaimsRefused, tell_gate
from unidossier.signin.gate_session import open_gate_session

SLICE_S = 3.0  # of work at a time: mails and alarms share this worker
MOST_BYTES = 50 * 1024**3  # of one export on disk
SESSION_S = 600
ERRORS = "OperationOutcome"  # the file of what could not be exported
DELETED = "Bundle"  # the file of what was taken back since the instant asked for
NOBODY = "00000000-0000-0000-0000-000000000000"
Json = dict[str, Any]
log = logging.getLogger(__name__)
_secrets: dict[str, bytes] = {}  # sessions of the accounts whose exports are under way, by export


@queue.periodic(cron="* * * * * */5")
@queue.task(queueing_lock="make_exports", pass_context=False)
async def make_exports(timestamp: int) -> int:
    """Work on what waits for a moment; return how many pages were made."""
    return await sync_to_async(work_on_exports)()


@queue.periodic(cron="*/10 * * * *")
@queue.task(queueing_lock="drop_exports", pass_context=False)
async def drop_exports(timestamp: int) -> int:
    """Throw away the files of exports that are over; return how many exports."""
    return await sync_to_async(drop_ended)()


def drop_ended() -> int:
    """Throw away what no export in force holds."""
    return drop_others([UUID(one) for one in tell_gate("record.exports_kept", {"what": "exports-kept"})])


def work_on_exports(*, slice_s: float = SLICE_S, export: UUID | None = None) -> int:
    """Make pages until `slice_s` seconds are over or nothing waits; return how many. `export`: of this one alone."""
    until, pages = time.monotonic() + slice_s, 0
    while told := tell_gate("record.take_export", {"what": "take-export", "export": export}):
        while told["state"] == "running" and (time.monotonic() < until or pages == 0):
            told = _mark(told, **_page(told))
            pages += 1
        if told["state"] == "running":
            _mark(told, rests=True)
        else:
            _end(told)
        if time.monotonic() >= until:
            break
    return pages


def _end(told: Json) -> None:
    _secrets.pop(told["id"], None)
    if told["state"] != "complete":
        drop_export(UUID(told["id"]))


def _mark(told: Json, **claims: Any) -> Json:
    marked: Json = tell_gate("record.mark_export", {"what": "mark-export", "export": told["id"], **claims})
    return marked


def _page(told: Json) -> Json:
    """Make one page and return what is to be marked; a failure says why."""
    pieces = _Pieces(told)
    try:
        if told["bytes"] > MOST_BYTES:
            return {"state": "failed", "fault": "too-large"}
        if not told["foreign_done"]:
            _foreign(told, pieces)
            return {"foreign_done": True, "parts": pieces.close()}
        plan = told["next"]
        place = _of_patients(told, plan, pieces) if plan["patients"] else None
        ends = {"state": "complete"} if plan["is_last"] and place is None else {}
        return (place or {"upto": plan["upto"], "item": None}) | ends | {"parts": pieces.close()}
    except StorageFull:
        log.warning("an export failed: the disk is full")
        return {"state": "failed", "fault": "storage-full"}
    except (ClaimsRefused, AccessRefused):
        return {"state": "failed", "fault": "rights-ended"}


def _of_patients(told: Json, plan: Json, pieces: "_Pieces") -> Json | None:
    """Write the items of the planned patients; return where to go on when not all of them fitted the page."""
    page = _decided(told, plan)
    for item in page.items:
        pieces.add(*_line(item))
    # when a page goes on within a patient, he was written by the one before
    begun = told["after_patient"] if told["after_item"] else None
    is_asked = told["types"] is None or "Patient" in told["types"]
    if told["since"] is None and is_asked and "Patient" not in told["filtered"]:
        last = page.items[-1]["patient_id"] if page.more else None
        for one in page.patients:
            if str(one["id"]) != begun and (last is None or one["id"] <= last):
                pieces.add("Patient", _of_the_api("patient.version_text")(one["id"], one))
    if page.more:
        return {"upto": page.items[-1]["patient_id"], "item": page.items[-1]["item_id"]}
    return None


def _decided(told: Json, plan: Json) -> ExportPage:
    for attempt in range(2):
        try:
            return make_export_page(
                _session(told),
                export=UUID(told["id"]),
                patients=plan["patients"],
                types=told["types"],
                since=told["since"],
            )
        except SessionEnded:
            _secrets.pop(told["id"], None)
            if attempt:
                raise AccessRefused("ACD-7.ended") from None
    raise AccessRefused("ACD-7.ended")


def _session(told: Json) -> bytes:
    """Return the secret of a session of the account that asked. Raises ClaimsRefused when it is no longer in force."""
    secret = _secrets.get(told["id"])
    if secret is None:
        secret = _secrets[told["id"]] = open_gate_session(
            UUID(told["person"]),
            employment=UUID(told["employment"]),
            face="api",
            purpose="exchange",
            strong=True,
            device=f"export:{told['id']}",
            life_s=SESSION_S,
            idle_s=SESSION_S,
        )
    return secret


def _foreign(told: Json, pieces: "_Pieces") -> None:
    after = NOBODY
    while some := tell_gate(
        "record.export_foreign", {"what": "export-foreign", "export": told["id"], "after": after}
    ):
        for one in some:
            pieces.add(one["type"], _one_line(one["resource"]))
        after = some[-1]["id"]


def _line(item: Json) -> tuple[str, bytes]:
    """Return in which file the item goes and its line; one whose attachment cannot be read is told as an error."""
    text = item["resource"]
    if item["withdrawn"]:
        gone = {"request": {"method": "DELETE", "url": f"{item['type']}/{item['item_id']}"}}
        return DELETED, json.dumps(
            {"resourceType": "Bundle", "type": "transaction", "entry": [gone]}
        ).encode()
    if MARK in text:
        try:
            text = restore_text(text, patient_id=item["patient_id"])
        except (AttachmentMissing, AttachmentDamaged):
            told = (
                f"The attachment of {item['type']}/{item['item_id']} cannot be read: it is not in the export."
            )
            issue = {"severity": "error", "code": "incomplete", "diagnostics": told}
            return ERRORS, json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
    return item["type"], _one_line(text)


def _one_line(text: str) -> bytes:
    """Return the resource on one line: in JSON a line break stands between elements alone."""
    return text.replace("\r", " ").replace("\n", " ").encode()


def _of_the_api(name: str) -> Callable[..., bytes]:
    """Return how the API writes something; this tier imports no other of its height."""
    from django.utils.module_loading import import_string

    work: Callable[..., bytes] = import_string(f"unidossier.exchange.fhir.{name}")
    return work


class _Pieces:
    """Lines by type, put to disk as they become many; a page of one type is one piece."""

    def __init__(self, told: Json) -> None:
        self._export, self._nth, self._elements = UUID(told["id"]), told["page"], told["elements"]
        self._lines: dict[str, list[bytes]] = {}

    def add(self, resource_type: str, line: bytes) -> None:
        if self._elements and resource_type not in (ERRORS, DELETED):
            line = _of_the_api("shape.only")(line, elements=self._elements)
        self._lines.setdefault(resource_type, []).append(line)

    def close(self) -> list[Json]:
        """Write the pieces; return what is to be marked of them."""
        return [
            {
                "type": name,
                "lines": len(lines),
                "bytes": put_piece(self._export, resource_type=name, nth=self._nth, lines=lines),
            }
            for name, lines in sorted(self._lines.items())
        ]
