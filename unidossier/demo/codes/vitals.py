"""Vital signs: code, unit and what is normal, from vitals.tsv."""

from dataclasses import dataclass
from functools import cache

from unidossier.demo.codes import rows


@dataclass(frozen=True)
class Sign:
    """One vital sign; `low` and `high` bound what is normal (None: no bound)."""

    key: str
    code: str  # LOINC
    unit: str  # UCUM
    low: float | None
    high: float | None
    decimals: int
    texts: dict[str, str]


@cache
def signs() -> dict[str, Sign]:
    """key -> Sign: pulse, temperature, saturation, weight, systolic, diastolic ..."""
    return {
        row["key"]: Sign(
            key=row["key"], code=row["code"], unit=row["unit"], low=_limit(row["low"]), high=_limit(row["high"]),
            decimals=int(row["decimals"]), texts={language: row[language] for language in ("nl", "fr", "de")},
        )
        for row in rows("vitals")
    }  # fmt: skip


def _limit(text: str) -> float | None:
    return float(text) if text else None
