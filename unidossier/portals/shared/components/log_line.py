"""One line of "who looked": who, what, why and by which rule (MY-15, LOG-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Act = Literal[
    "opened",
    "read",
    "listed",
    "searched",
    "wrote",
    "amended",
    "withdrew",
    "printed",
    "exported",
    "refused",
    "signed-in",
    "signed-out",
    "acted",  # said by the verb's own words, in `what`
]


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """Who is named as far as the setting of the institution lets the patient see it; empty: not shown.

    `what` names the categories or the item in the reader's words. `rule` is the id of the line that decided.
    """

    at: datetime
    act: Act
    who: str
    rule: str
    function: str = ""
    institution: str = ""
    what: str = ""
    on_behalf_of: str = ""
    purpose: str = ""
    is_glass: bool = False
    is_machine: bool = False
    is_self: bool = False
    justification: str = ""
    ask_href: str = ""  # "I do not know this person"
