"""The 21 categories of items (rule ACS-1). The number is the bit of the category in every mask, also in SQL.

A number is never used again for another meaning: stored rows and grants hold it.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum


class UnknownCategory(ValueError):
    """No category has this slug."""


class Category(IntEnum):
    """What kind of content an item is; decides together with the function who may see it."""

    ADMINISTRATIVE = 0
    AGENDA = 1
    PROBLEM = 2
    ALLERGY = 3
    VACCINATION = 4
    MEDICATION = 5
    PRESCRIPTION = 6
    VITAL_SIGN = 7
    LABORATORY = 8
    REPORT = 9
    LETTER = 10
    DISCHARGE = 11
    OPERATION = 12
    IMAGING = 13
    EXAMINATION = 14
    CARE_PLAN = 15
    ORDER = 16
    QUESTIONNAIRE = 17
    PATIENT_DOCUMENT = 18
    PSYCHIATRY = 19
    GYNAECOLOGY = 20

    @property
    def slug(self) -> str:
        """The name used in addresses, tables and translations: `vital-sign`."""
        return self.name.lower().replace("_", "-")

    @property
    def bit(self) -> int:
        """The mask that holds this category alone."""
        return 1 << self.value

    @classmethod
    def from_slug(cls, slug: str) -> "Category":
        """Return the category named `slug`. Raises UnknownCategory."""
        try:
            return _BY_SLUG[slug]
        except KeyError:
            raise UnknownCategory(
                f"no category is named {slug[:40]!r}; known: {', '.join(_BY_SLUG)}"
            ) from None


_BY_SLUG = {category.slug: category for category in Category}

EVERY_CATEGORY = (1 << len(Category)) - 1


def mask(categories: Iterable[Category]) -> int:
    """Return the bits of `categories` in one number: mask([ADMINISTRATIVE, PROBLEM]) = 0b101."""
    bits = 0
    for category in categories:
        bits |= category.bit
    return bits


def in_mask(bits: int) -> Iterator[Category]:
    """Give the categories of a mask in the order of their numbers; bits of no category are passed over."""
    return (category for category in Category if bits & category.bit)
