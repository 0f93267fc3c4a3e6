"""The posts of every institution: which team has how many people of which function."""

# One line: team, function, number of people. The first specialist of a team is its longest-serving one.
_CLINIC = (("specialist", 2),)
_WARD = (("nurse", 5), ("practical-nurse", 1))
_SUPPORT: tuple[tuple[str, str, int], ...] = (
    ("secretariat", "medical-secretary", 2), ("reception", "reception", 2), ("reception", "billing", 1),
    ("reception", "registration-desk", 1), ("governance", "ombuds", 1), ("governance", "medical-director", 1),
    ("governance", "data-protection-officer", 1), ("governance", "security-officer", 1),
    ("laboratory", "clinical-biologist", 1), ("laboratory", "laboratory-technologist", 2),
    ("laboratory", "machine", 1), ("imaging", "specialist", 2), ("imaging", "imaging-technologist", 2),
    ("pharmacy", "pharmacist-hospital", 1), ("paramedical", "physiotherapist", 2),
    ("paramedical", "occupational-therapist", 1), ("paramedical", "dietician", 1),
    ("paramedical", "psychologist", 1), ("social", "social-worker", 1),
)  # fmt: skip
SUPPORT = frozenset(
    team for team, _, _ in _SUPPORT
)  # the teams of a hospital that are neither clinic nor ward
# The software of a practice delivers too, by a machine account of its own (XCH-1).
_SOFTWARE = ("practice", "machine", 1)
_OUTSIDE: dict[str, tuple[tuple[str, str, int], ...]] = {
    "wilgen": (("practice", "gp", 2), ("practice", "trainee-physician", 1), _SOFTWARE),
    "faubourg": (("practice", "gp", 2), _SOFTWARE),
    "markt": (("practice", "gp", 2), _SOFTWARE),
    "vijzel": (("practice", "pharmacist-public", 1), _SOFTWARE),
    "beweging": (("practice", "physiotherapist", 2), _SOFTWARE),
    "soleil": (("practice", "nurse", 2), _SOFTWARE),
    "zonneroute": (("practice", "nurse", 2), _SOFTWARE),
    "molenhof": (("practice", "dentist", 1), _SOFTWARE),
}


def _clinical(team: str) -> tuple[tuple[str, int], ...]:
    if team == "maternity-ward":
        return (("midwife", 4), ("nurse", 1))
    if team.endswith("-ward"):
        return _WARD
    if team == "emergency":
        return (("emergency-physician", 2), ("nurse", 3))
    if team == "dentistry":
        return (("dentist", 1),)
    if team == "psychiatry":
        return (("specialist", 2), ("nurse", 2), ("psychologist", 1))
    return _CLINIC


def posts(institution: str, teams: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """(team, function, number of people) for every post of `institution`."""
    if institution in _OUTSIDE:
        return list(_OUTSIDE[institution])
    clinical = [(team, *post) for team in teams if team not in SUPPORT for post in _clinical(team)]
    if institution == "scheldedal":
        clinical += [("cardiology", "trainee-physician", 2), ("emergency", "trainee-physician", 1),
                     ("oncology", "researcher", 1)]  # fmt: skip
    return clinical + list(_SUPPORT)
