"""How one unit becomes another, where a number alone says it. UCUM (ucum.org), sections 4.2 to 4.4: prefixes and units.

Units are read as people write them (terminology.unit) or as UCUM codes. What needs more than a number is never guessed:
mg/dL and mmol/L differ by a molar mass, % and mmol/mol by a calibration, °C and °F by an origin, IU and U by a preparation.
"""

import re
from fractions import Fraction
from functools import lru_cache

_PREFIX = {
    "k": Fraction(10**3),
    "": Fraction(1),
    "d": Fraction(1, 10),
    "c": Fraction(1, 100),
    "m": Fraction(1, 10**3),
    "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9),
    "p": Fraction(1, 10**12),
    "f": Fraction(1, 10**15),
}
_METRIC = ("g", "mol", "L", "m", "U", "IU", "osm", "s", "Pa")
_PASCAL = Fraction(133322, 1000)  # of mm[Hg]: m[Hg] is 133.322 kPa
_OTHERS = {
    "min": ("s", Fraction(60)),
    "h": ("s", Fraction(3600)),
    "mmHg": ("Pa", _PASCAL),
    "": ("1", Fraction(1)),
    "1": ("1", Fraction(1)),
}
_KNOWN = {prefix + base: (base, factor) for base in _METRIC for prefix, factor in _PREFIX.items()} | _OTHERS
_WRITTEN = str.maketrans(
    {"µ": "u", "μ": "u", "[": None, "]": None} | dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
)
_POWER = re.compile(r"10[*^]?(\d{1,2})")  # after _WRITTEN: 10*9 and 10⁹ alike
_SAME = {"l": "L", "mOsm": "mosm", "Osm": "osm"}


def factor(unit: str | None, *, into: str | None) -> Fraction | None:
    """Return by what a value in `unit` is multiplied to be one in `into`; None when no number alone tells it."""
    if unit == into:
        return Fraction(1)
    if not unit or not into:
        return None
    (kinds, size), (wanted, size_wanted) = _read(unit), _read(into)
    return size / size_wanted if kinds == wanted else None


def canonical(unit: str) -> tuple[str, Fraction]:
    """Return what a unit measures, as a text that is the same for all units of that kind, and its size in base units.

    `mg/dL` and `g/L` measure the same; a unit that we do not know measures itself alone.
    """
    kinds, size = _read(unit)
    return "/".join(kinds), size


@lru_cache(maxsize=512)
def _read(unit: str) -> tuple[tuple[str, ...], Fraction]:
    """Return what a unit measures, part by part, and its size in base units; a part we do not know measures itself."""
    counted, _, note = unit.partition(" ")  # ng/mL FEU is no ng/mL
    annotated = re.search(r"\{.*\}", counted)
    first, *under = counted.split("/") if not annotated else [counted]
    kind, size = _part(first)
    kinds = [note, kind]
    for one in under:
        kind, part = _part(one)
        kinds.append(kind)
        size /= part
    return tuple(kinds), size


def _part(text: str) -> tuple[str, Fraction]:
    plain = text.translate(_WRITTEN)
    power = _POWER.fullmatch(plain)
    if power:
        return "1", Fraction(10 ** int(power[1]))
    if plain.endswith("l"):
        plain = plain[:-1] + "L" if plain[:-1] in _PREFIX and plain != "mol" else plain
    return _KNOWN.get(_SAME.get(plain, plain), (text, Fraction(1)))
