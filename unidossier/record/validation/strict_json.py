"""JSON read once and strictly. RFC 8259, RFC 7493 (I-JSON): UTF-8, no name twice, no NaN.

Numbers never pass through floats: 72.50 becomes Decimal('72.50'). Python's own reader is used: the only fast
one that keeps the digits of numbers and shows names that come twice.
"""

import re
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder, dumps
from typing import Any

from unidossier.record.validation.bundle_text import RefusedJson, Span, members, read_bundle
from unidossier.record.validation.issue import InvalidResource, Issue

MAX_DEPTH = 100  # a Questionnaire of 30 nested groups needs 62
MAX_DIGITS = 100  # and a power of ten up to 10^1000: what the database stores without a second thought
MAX_EXPONENT = 1000

# An odd number of backslashes before u0000: the escape itself, not text about it.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def decode(data: bytes) -> str:
    """Return the text of `data`. Raises InvalidResource when it is not UTF-8 or has a byte order mark."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_json(
            f"the text is not UTF-8: byte {error.start} cannot be read; send FHIR JSON as UTF-8"
        ) from None
    if text.startswith("\ufeff"):
        raise _not_json("the text begins with a byte order mark; leave it out")
    return text


def parse(text: str) -> tuple[Any, list[Span | None]]:
    """Return the value that `text` writes and, for a Bundle, the place of each entry's resource in `text`.

    Raises InvalidResource, with the line and column when the text is no JSON.
    """
    try:
        value, spans = _read(text)
    except JSONDecodeError as error:
        what = error.msg[0].lower() + error.msg[1:]
        raise _not_json(f"the text is not JSON: {what}, line {error.lineno} column {error.colno}") from None
    except RefusedJson as error:
        raise _not_json(str(error)) from None
    except RecursionError:
        raise _too_deep() from None
    _require_shallow(value)
    _require_storable(value, text=text)
    return value, spans


def _read(text: str) -> tuple[Any, list[Span | None]]:
    if '"Bundle"' in text:
        return read_bundle(text, decoder=_DECODER)
    value = _DECODER.decode(text)
    if (
        isinstance(value, dict) and value.get("resourceType") == "Bundle"
    ):  # its name was written with an escape
        return read_bundle(text, decoder=_DECODER)
    return value, []


def _require_storable(value: Any, *, text: str) -> None:
    """Refuse escapes that mean no character, as no database can hold them. Raises InvalidResource."""
    if "\\u" not in text:
        return
    rendered = dumps(value, ensure_ascii=False, default=str)
    try:
        rendered.encode()
    except UnicodeEncodeError:
        raise _not_json("a \\u escape is half of a surrogate pair; send whole characters") from None
    if _NUL.search(rendered):
        raise _not_json("a text holds the character \\u0000; leave it out")


def _require_shallow(value: Any) -> None:
    """Refuse more than MAX_DEPTH objects and lists inside each other. Raises InvalidResource."""
    level = (
        [value] if type(value) is dict or type(value) is list else []
    )  # a word or number alone holds nothing
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise _too_deep()


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_EXPONENT:
        raise RefusedJson(f"the number {text[:40]}… is too long; send at most {MAX_DIGITS} digits")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise RefusedJson(f"the number {text[:40]}… is too long; send at most {MAX_DIGITS} digits")
    return int(text)


def _constant(name: str) -> None:
    raise RefusedJson(f"{name} is not JSON; leave the element out or give a dataAbsentReason")


def _not_json(diagnostics: str) -> InvalidResource:
    return InvalidResource([Issue("structure", "", diagnostics)])


def _too_deep() -> InvalidResource:
    return _not_json(
        f"more than {MAX_DEPTH} objects and lists lie inside each other; send a flatter resource"
    )


_DECODER = JSONDecoder(
    object_pairs_hook=members, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, strict=True
)
