"""Stored sort and search keys for names: one order on every build of the database, accents and case ignored.

The database sorts by code point; over these keys that is the order people expect.
"""

import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ĳ": "ij",
        "ŋ": "n",
    }
)
_SILENT = frozenset("'\u2019\u2018\u02bc`\u00b4\u2032")  # d'Hondt sorts as dhondt


def sort_key(text: str) -> str:
    """Return letters and digits of `text`, without case or accents, words parted by single spaces.

    `Élise D'Hondt-Müller` gives `elise dhondt muller`. Scripts other than Latin keep their letters.
    """
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LETTERS)
    kept = (
        character if character.isalnum() else " "
        for character in folded
        if character not in _SILENT and not unicodedata.combining(character)
    )
    return " ".join("".join(kept).split())


def name_key(family: str, *, given: str) -> str:
    """Return the key by which lists of people are sorted: family name, then given names.

    A control character parts the two; it sorts before all else, so `Van, Zoë` comes before `Van Damme, Ann`.
    """
    return f"{sort_key(family)}\x01{sort_key(given)}"
