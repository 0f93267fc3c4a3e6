"""What a scanned paper may be, by its content: each refusal beside what is taken (CON-2, CON-6, CON-9)."""

import struct

import pytest

from tests.actions.consult_people import PDF, png
from unidossier.kernel.scan import LIMIT_BYTES, Scan, ScanRefused

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04\x00\x00"
    + b"\xff\xc0\x00\x0b\x08"
    + struct.pack(">HH", 40, 30)
    + b"\x01\x01\x11\x00\xff\xd9"
)


@pytest.mark.parametrize(
    ("data", "media_type"), [(PDF, "application/pdf"), (png(), "image/png"), (JPEG, "image/jpeg")]
)
def test_the_content_tells_what_a_scan_is(data: bytes, media_type: str) -> None:
    taken = Scan.read(data, name="holiday.exe")
    assert (taken.media_type, taken.facts["size"]) == (media_type, len(data))


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("empty", b""),
        ("too-large", PDF + b" " * LIMIT_BYTES),
        ("not-a-scan", b"<html><script>alert(1)</script></html>"),
        ("not-a-scan", b"MZ\x90\x00 %PDF-1.7 %%EOF"),
        ("not-a-scan", b"GIF89a" + b"\0" * 40),
        ("broken", PDF[:-8]),
        ("broken", png()[:40]),
        ("broken", png(width=0)),
        ("broken", JPEG[:8]),
        ("broken", JPEG[:8] + b"\x00" * 40),
        ("too-many-pixels", png(width=60_000, height=60_000)),
        ("too-many-pixels", JPEG.replace(struct.pack(">HH", 40, 30), struct.pack(">HH", 65_535, 65_535))),
    ],
)
def test_what_is_no_scan_is_refused_by_its_fact(code: str, data: bytes) -> None:
    with pytest.raises(ScanRefused) as refusal:
        Scan.read(data, name="form.pdf")
    assert refusal.value.code == code


def test_a_name_is_one_plain_line() -> None:
    assert Scan.read(PDF, name="a\r\nb\x00.pdf").name == "ab.pdf"
    assert Scan.read(PDF, name="\n").name == "scan"
