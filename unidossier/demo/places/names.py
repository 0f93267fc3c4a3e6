"""Given names, family names, streets and towns by language, from names.toml."""

import tomllib
from pathlib import Path

_NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))

FAMILY: dict[str, list[str]] = {language: table["family"] for language, table in _NAMES.items()}
STREETS: dict[str, list[str]] = {language: table["streets"] for language, table in _NAMES.items()}
TOWNS: dict[str, list[str]] = {language: table["towns"] for language, table in _NAMES.items()}


def given_names(language: str, sex: str, birth_year: int) -> list[str]:
    """Given names usual for somebody of that language, sex and year of birth."""
    generation = "old" if birth_year < 1965 else "young" if birth_year > 1995 else "middle"
    names: list[str] = _NAMES[language][sex][generation]
    return names
