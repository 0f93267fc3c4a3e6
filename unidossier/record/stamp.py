"""`meta.versionId` and `meta.lastUpdated` of what is stored: ours, whatever the sender wrote there (hl7.org/fhir/R4/resource.html#Meta).

The number and the instant are known to the one writer alone: a text goes to it without them, and with the place where they belong.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

_OURS = frozenset({"versionId", "lastUpdated"})
_decoder = json.JSONDecoder()
Member = tuple[str, int, int, int]  # name, where it begins, where its value begins, where it ends


def without_stamp(text: str, *, has_meta: bool) -> tuple[str, int]:
    """Return the text of a valid resource without its number and instant, and where they will stand: inside its `meta`.

    All else stays, to the character; who has no `meta` is given an empty one behind his `id`, which every stored resource has.
    """
    for name, _, begin, end in members(text, at=text.index("{")):
        if name == "meta":
            kept = [text[a:c] for told, a, _, c in members(text, at=begin) if told not in _OURS]
            return f"{text[:begin]}{{{','.join(kept)}}}{text[end:]}", begin + 1
        if name == "id" and not has_meta:
            head = f'{text[:end]},"meta":{{'
            return f"{head}}}{text[end:]}", len(head)
    raise ValueError("the resource has no id")


def place_of_stamp(text: str) -> int:
    """Return where number and instant belong in a text that `without_stamp` gave, whatever else of it was changed since."""
    return next(begin + 1 for name, _, begin, _ in members(text, at=text.index("{")) if name == "meta")


def stamped(text: str, *, place: int, version: int, at: datetime) -> str:
    """Return the text as the one writer stores it (record.stamped in sql/store.sql)."""
    instant = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    comma = "" if text[place] == "}" else ","
    return f'{text[:place]}"versionId":"{version}","lastUpdated":"{instant}"{comma}{text[place:]}'


def members(text: str, *, at: int) -> Iterator[Member]:
    """Give the members of the object that begins `at`, one after the other, in a valid JSON text."""
    place = _over(text, at + 1, signs=" \t\r\n")
    while text[place] != "}":
        begin = place
        name, place = _decoder.raw_decode(text, place)
        value = _over(text, place, signs=" \t\r\n:")
        _, end = _decoder.raw_decode(text, value)
        yield name, begin, value, end
        place = _over(text, end, signs=" \t\r\n,")


def _over(text: str, place: int, *, signs: str) -> int:
    while text[place] in signs:
        place += 1
    return place
