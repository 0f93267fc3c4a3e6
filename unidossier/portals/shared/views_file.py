"""One attached file, under an entry of its own, decrypted for this answer alone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from unidossier.actions.open_item import ItemNotFound, open_attachment
from unidossier.gate.door import RecordUnreadable
from unidossier.record import blobs
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing

# What a browser may show in place; everything else is a download, so that no stored file becomes a page of ours.
IN_PLACE = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})


def file(request: HttpRequest, item: UUID, sha256: str) -> HttpResponse:
    """Answer the bytes of one file. A file that cannot be read is said to be unreadable, never shown empty (ALL-5).

    Raises ItemNotFound and the errors of gate.door.read; config/refusals.py answers them all with one page (ACD-8).
    """
    try:
        wanted = bytes.fromhex(sha256)
    except ValueError:
        raise ItemNotFound(str(item)) from None
    patient, row = open_attachment(request.requester.secret, item=item, sha256=wanted)
    try:
        data = blobs.get_of((patient, *row["also"]), sha256=sha256)
    except (AttachmentMissing, AttachmentDamaged) as fault:
        raise RecordUnreadable("attachment") from fault
    shown = row["media_type"] in IN_PLACE
    answer = HttpResponse(data, content_type=row["media_type"] if shown else "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(not shown, row["name"]) or "attachment"
    answer["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
