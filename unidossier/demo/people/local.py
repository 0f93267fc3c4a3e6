"""Which hospitals know a patient, and under which number."""

HOMES = {"nl": "scheldedal", "fr": "aldegonde", "de": "vennblick"}  # language -> hospital of the region


def local_numbers(number: int, story: str, home: str) -> dict[str, str]:
    """The patient's number in each hospital that knows him."""
    known_in = [home]
    if story in ("hip_fracture", "stroke", "long_record"):
        known_in.append("linde")
    if home == "vennblick" and story in ("heart_failure", "breast_cancer", "epilepsy", "stroke"):
        known_in.append("aldegonde")
    if story == "long_record":
        known_in.append("aldegonde")
    prefix = {"scheldedal": "S", "aldegonde": "A", "vennblick": "V", "linde": "L"}
    return {place: f"{prefix[place]}{number:07}" for place in known_in}
