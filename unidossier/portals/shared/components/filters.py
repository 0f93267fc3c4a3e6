"""The filters over a list: the same in every face (REC-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One box to tick. `value` is what travels in the address; `count` how many items it would show."""

    value: str
    label: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The state of the filters as the address bar has it. `action` is the address of the list."""

    action: str
    text: str = ""
    kinds: tuple[Choice, ...] = ()
    institutions: tuple[Choice, ...] = ()
    from_date: date | None = None
    to_date: date | None = None
    total: int | None = None  # items that match; None: not counted
    unit: str = ""

    @property
    def chosen_kinds(self) -> tuple[Choice, ...]:
        """The kinds that are ticked."""
        return tuple(choice for choice in self.kinds if choice.is_chosen)

    @property
    def chosen_institutions(self) -> tuple[Choice, ...]:
        """The institutions that are ticked."""
        return tuple(choice for choice in self.institutions if choice.is_chosen)

    @property
    def is_active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(
            self.text or self.chosen_kinds or self.chosen_institutions or self.from_date or self.to_date
        )
