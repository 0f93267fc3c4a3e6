"""What a laboratory test usually is: unit, range, decimals, panel. An orientation: a result carries its own range."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from unidossier.terminology.words import rows


@dataclass(frozen=True, kw_only=True, slots=True)
class LaboratoryTest:
    """One LOINC laboratory code. `low` and `high` are for adults of both sexes, in `unit` (UCUM)."""

    code: str
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    decimals: int
    panel: str | None  # LOINC code of the panel it is usually ordered in


@cache
def tests() -> dict[str, LaboratoryTest]:
    """Return every laboratory code of the table, panels included, in the order in which a report shows them."""
    return {row["code"]: _test(row) for row in rows("loinc_laboratory")}


def _test(row: dict[str, str]) -> LaboratoryTest:
    return LaboratoryTest(
        code=row["code"],
        unit=row["unit"] or None,
        low=_decimal(row["low"]),
        high=_decimal(row["high"]),
        decimals=int(row["decimals"] or 0),
        panel=row["panel"] or None,
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def panel_of(panel: str) -> list[LaboratoryTest]:
    """Return the tests usually ordered in a panel (LOINC code), in the order of the table; [] for another code."""
    return [test for test in tests().values() if test.panel == panel]
