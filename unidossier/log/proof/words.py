"""What a proof says, as lines for a terminal. Nothing from a bundle can write outside its line."""

import base64
from datetime import UTC, datetime

from unidossier.log.proof.bundle import Proven, Section
from unidossier.log.proof.check import Signed
from unidossier.log.proof.entry import LISTED, Entry

MOST = 200  # signs of one value
LAST_SECOND = 253402300799  # of the year 9999
GONE = {
    "erased": "erased by two people: its place in the log stays",
    "dropped": "older than the time it is kept: its place in the log stays",
}


def plain(text: str) -> str:
    """Return a text of a stranger that cannot steer a terminal: control signs are written out, long ones cut."""
    shown = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text[:MOST])
    return shown + ("…" if len(text) > MOST else "")


def instant(seconds: int) -> str:
    """Return POSIX seconds as a time in UTC."""
    if seconds > LAST_SECOND:
        return f"second {seconds}"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def head(section: Section, signed: Signed, *, is_hint: bool) -> list[str]:
    """Return the lines about a checkpoint: size, root, signature, witnesses. `is_hint`: the bundle itself named the witnesses' keys."""
    one = section.checkpoint
    lines = [
        f"Log {plain(one.origin)}",
        f"  size      {one.size}",
        f"  root      {base64.b64encode(one.root).decode()}",
        f"  signed    by {plain(signed.by.name)}, key {signed.by.key_id.hex()}",
    ]
    for witness, at in signed.seen:
        from_where = " (by a key that the bundle itself names)" if is_hint else ""
        lines.append(
            f"  witnessed by {plain(witness.name)}, key {witness.key_id.hex()}, {instant(at)}{from_where}"
        )
    if not signed.seen:
        lines.append("  witnessed by nobody that is known here")
    return lines


def line(one: Proven) -> str:
    """Return one entry in words."""
    if one.entry is None:
        return f"  {one.position:>10}  {GONE[one.gone]}"
    return f"  {one.position:>10}  {_told(one.entry)}"


def _told(entry: Entry) -> str:
    who = [entry.shown("person_name"), entry.shown("function")]
    parts = [
        entry.shown("at") or "time not shown",
        entry.shown("verb") or "act not shown",
        f"by {', '.join(one for one in who if one) or 'somebody not shown here'}",
        _named("for", entry.shown("purpose")),
        _named("rule", entry.shown("rule")),
        _named("reason", entry.shown("glass_reason")),
        {"true": "permitted", "false": "refused"}.get(entry.shown("permitted") or "", ""),
        "in a list" if entry.sealed.get(LISTED) else "",
        f"entry {entry.number}",
    ]
    return " · ".join(plain(part) for part in parts if part)


def _named(name: str, value: str | None) -> str:
    return f"{name} {value}" if value else ""
