"""The kinds of history, by name."""

from collections.abc import Callable

from unidossier.demo.chart.chart import Chart
from unidossier.demo.stories import (
    appendicitis,
    breast_cancer,
    childhood,
    copd,
    depression,
    diabetes,
    epilepsy,
    healthy,
    heart_failure,
    hip_fracture,
    kidney,
    long_record,
    migraine,
    pregnancy,
    rheumatoid,
    stroke,
)

STORIES: dict[str, Callable[[Chart], None]] = {
    module.__name__.rsplit(".", 1)[1]: module.tell
    for module in (
        appendicitis, breast_cancer, childhood, copd, depression, diabetes, epilepsy, healthy, heart_failure,
        hip_fracture, kidney, long_record, migraine, pregnancy, rheumatoid, stroke,
    )
}  # fmt: skip
