"""What somebody typed to find a patient: a name, a birth date, or a number."""

import re
from datetime import date

from unidossier.actions.list_my_patients import Sought

DAY = re.compile(r"^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})$")
ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def sought_of(text: str) -> Sought:
    """Read a birth date (12.04.1951, 12/4/1951, 1951-04-12), a number (mostly digits), else the beginning of a name."""
    day = DAY.match(text)
    try:
        if day:
            return Sought(birth=date(int(day[3]), int(day[2]), int(day[1])))
        if ISO.match(text):
            return Sought(birth=date.fromisoformat(text))
    except ValueError:
        return Sought(number=text)  # 30 February is nobody's birthday: it finds nobody
    digits = re.sub(r"[ .\-/]", "", text)
    if digits and sum(c.isdigit() for c in digits) * 2 > len(digits):
        return Sought(number=digits)
    return Sought(name=text)
