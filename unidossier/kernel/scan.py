"""A scanned paper as somebody sends it: PDF, JPEG or PNG, told by its content, never by its name. Nothing is unpacked here.

Signatures: PDF 1.7 (ISO 32000-1) 7.5.2; JPEG (ITU-T T.81) B.1.1; PNG (ISO/IEC 15948) 5.2.
"""

import hashlib
import struct
from dataclasses import dataclass

LIMIT_BYTES = 5 * 1024 * 1024
LIMIT_PIXELS = (
    60_000_000  # an A4 page at 600 points an inch has 35 million; a picture of more is made to fill a memory
)
PNG_MARK = b"\x89PNG\r\n\x1a\n"
JPEG_MARK = b"\xff\xd8\xff"
PDF_END_WITHIN = 2048  # some programs write a few lines after the end
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
NAME_CHARACTERS = 120


class ScanRefused(ValueError):
    """The file cannot be taken; `code` is empty, too-large, not-a-scan, broken or too-many-pixels."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A file that is what it says: `media_type` is application/pdf, image/jpeg or image/png."""

    name: str
    media_type: str
    data: bytes

    @classmethod
    def read(cls, data: bytes, *, name: str) -> "Scan":
        """Return the scan. Raises ScanRefused."""
        if not data:
            raise ScanRefused("empty")
        if len(data) > LIMIT_BYTES:
            raise ScanRefused("too-large")
        plain = "".join(sign for sign in name if sign.isprintable())[-NAME_CHARACTERS:]
        return cls(name=plain or "scan", media_type=media_type(data), data=data)

    @property
    def facts(self) -> dict[str, str | int]:
        """What the database keeps of it: sha256 (64 hexadecimal digits), name, media_type, size in bytes."""
        return {
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "name": self.name,
            "media_type": self.media_type,
            "size": len(self.data),
        }


def media_type(data: bytes) -> str:
    """Return what the content is. Raises ScanRefused when it is none of the three, is cut, or is too large a picture."""
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-PDF_END_WITHIN:]:
            raise ScanRefused("broken")
        return "application/pdf"
    if data.startswith(PNG_MARK):
        size, found = _png_size(data), "image/png"
    elif data.startswith(JPEG_MARK):
        size, found = _jpeg_size(data), "image/jpeg"
    else:
        raise ScanRefused("not-a-scan")
    if size is None or 0 in size:
        raise ScanRefused("broken")
    if size[0] * size[1] > LIMIT_PIXELS:
        raise ScanRefused("too-many-pixels")
    return found


def _png_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None
