"""Typesets a paper as PDF: forms, letters, overviews. The same content gives the same bytes."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FONTS = Path(__file__).with_name("fonts")  # Source Sans 3.052 of Adobe, unchanged


def typeset(template: Path, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF that the Typst `template` makes of `content`, dated `at`.

    The template reads `json(bytes(sys.inputs.at("data")))`: content is data, never markup. The folder of the template
    is its root. Raises typst.TypstError when the template is at fault.
    """
    import typst  # slow to load, and most processes print nothing

    made = typst.compile(
        str(template),
        root=str(template.parent),
        ignore_system_fonts=True,
        font_paths=[str(FONTS)],
        format="pdf",
        sys_inputs={"data": json.dumps(dict(content))},
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made
