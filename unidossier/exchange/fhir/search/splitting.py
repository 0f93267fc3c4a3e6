"""Values of a search, taken apart at `,` `$` `|` that no backslash protects. hl7.org/fhir/R4/search.html#escaping"""


def split(text: str, sign: str) -> list[str]:
    """Return the parts of a value; what is protected stays so, for the next splitting."""
    if "\\" not in text:
        return text.split(sign)
    parts, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == sign:
            parts.append(text[start:place])
            start = place + 1
        place += 1
    return [*parts, text[start:]]


def plain(text: str) -> str:
    """Return a part without the backslashes that protected its signs."""
    if "\\" not in text:
        return text
    found, place = [], 0
    while place < len(text):
        if text[place] == "\\" and text[place + 1 : place + 2] in ("\\", ",", "$", "|"):
            place += 1
        found.append(text[place])
        place += 1
    return "".join(found)
