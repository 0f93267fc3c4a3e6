"""Typesets one sheet as PDF. The same content gives the same bytes."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst


@cache
def _compiler() -> "typst.Compiler":
    import typst  # slow to load, and most runs of the generator make no paper

    return typst.Compiler(input=str(Path(__file__).parent / "letter.typ"), ignore_system_fonts=True)


def sheet(content: dict[str, Any], at: datetime) -> bytes:
    """The PDF of `content` (keys: see letter.typ), dated `at`."""
    data = {"sections": [], "rows": [], "columns": ["", "", "", ""], **content}
    # A fixed offset, because the time stamp of the file must not depend on a time zone table.
    stamp = int(at.timestamp())
    made = _compiler().compile(format="pdf", sys_inputs={"data": json.dumps(data)}, timestamp=stamp)
    assert isinstance(made, bytes)
    return made
