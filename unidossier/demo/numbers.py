"""Numbers that are valid in form and lie in ranges no living person of the demo could be mistaken for.

Day counters of a national number (see README.md): 980-989 staff, 990-993 named patients, 994-997 generated ones.
"""

from datetime import date

# Generated patients are born in this window, so that a number depends on N alone and never on the day of the demo.
FIRST_BIRTH = date(1932, 1, 1)
LAST_BIRTH = date(2024, 12, 31)
DAYS = (LAST_BIRTH - FIRST_BIRTH).days + 1
COUNTERS = {"male": (995, 997), "female": (994, 996)}
NAMED_COUNTERS = {"male": (991, 993), "female": (990, 992)}
STAFF_COUNTERS = {"male": (981, 983, 985, 987, 989), "female": (980, 982, 984, 986, 988)}
_STRIDE = 32_713  # prime to the number of slots: N walks through all of them before one comes back


def national_number(birth: date, counter: int, *, month_shift: int = 0) -> str:
    """A national number (11 digits); `month_shift` 40 makes the BIS number of a person whose sex is known."""
    nine = f"{birth.year % 100:02}{birth.month + month_shift:02}{birth.day:02}{counter:03}"
    base = int(("2" if birth.year >= 2000 else "") + nine)
    return f"{nine}{97 - base % 97:02}"


def slot(index: int, sex: str) -> tuple[int, int]:
    """(day of birth counted from FIRST_BIRTH, day counter) of the `index`-th generated patient of one sex."""
    counters = COUNTERS[sex]
    position = index * _STRIDE % (DAYS * len(counters))
    return position % DAYS, counters[position // DAYS]


def professional_nihdi(profession: int, sequence: int, *, competence: str, series: int = 97) -> str:
    """A NIHDI number: profession digit, five digits, check digits in series 97 or 89, competence (3 digits)."""
    six = profession * 100_000 + sequence
    return f"{six}{series - six % series:02}{competence}"


def institution_nihdi(sequence: int) -> str:
    """A NIHDI number of an institution: 8 digits beginning with 7."""
    six = 700_000 + sequence
    return f"{six}{97 - six % 97:02}"


def enterprise_number(sequence: int) -> str:
    """A CBE number (10 digits, the last two of modulus 97) in a range that is not given out yet."""
    eight = 9_990_000 + sequence % 10_000
    return f"{eight:08}{97 - eight % 97:02}"
