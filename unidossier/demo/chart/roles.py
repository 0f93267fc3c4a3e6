"""Who writes: a person in a team of an institution, found among the staff of that day."""

from dataclasses import dataclass
from datetime import date
from random import Random

from unidossier.demo.places.institutions import team_key
from unidossier.demo.world import Institution, Person, World


class NobodyThere(LookupError):
    """No person holds that function in that team."""


@dataclass(frozen=True)
class Role:
    """A person acting in a team: what FHIR calls a PractitionerRole."""

    institution: Institution
    team: str
    team_name: str
    person: Person
    function: str

    @property
    def language(self) -> str:
        return self.institution.language

    @property
    def practitioner(self) -> dict:
        """Reference to the person, with the name as written on paper."""
        physicians = ("specialist", "gp", "emergency-physician", "trainee-physician", "clinical-biologist")
        title = "Dr. " if self.function in physicians else ""
        return {"reference": f"Practitioner/{self.person.key}", "display": f"{title}{self.person.name}"}

    @property
    def organization(self) -> dict:
        """Reference to the institution."""
        return {
            "reference": f"Organization/{self.institution.key}",
            "display": self.institution.names[self.language],
        }

    @property
    def service(self) -> dict:
        """Reference to the team as a service that can be booked or asked."""
        return {"reference": f"HealthcareService/{self.team}", "display": self.team_name}

    @property
    def members(self) -> dict:
        """Reference to the team as the people in it: a practice whose carers take turns."""
        return {"reference": f"Organization/{self.team}", "display": self.team_name}

    @property
    def location(self) -> dict:
        """Reference to the team as a place: a ward."""
        return {"reference": f"Location/{self.team}", "display": self.team_name}


class Staff:
    """All posts of the world, by team and function."""

    def __init__(self, world: World) -> None:
        self._persons = {person.key: person for person in world.persons}
        self._institutions = {each.key: each for each in world.institutions}
        self._teams = {team.key: team for team in world.teams}
        self._posts: dict[tuple[str, str], list[tuple[str, date]]] = {}
        for post in world.employments:
            if post.until is None:
                for team in post.teams:
                    self._posts.setdefault((team, post.function), []).append((post.person, post.from_))

    def role(self, institution: str, team: str, *, function: str, rng: Random | None, on: date) -> Role:
        """Somebody of that function in that team on that day; the first without `rng`. Raises NobodyThere."""
        key = team_key(institution, team)
        people = [person for person, since in self._posts.get((key, function), ()) if since <= on]
        if not people:
            raise NobodyThere(f"{function} in {key} on {on}")
        # The first is the longest-serving one and sees most patients.
        chosen = people[0] if rng is None or rng.random() < 0.6 else rng.choice(people)
        return self._made(chosen, key, function)

    def of_key(self, person: str) -> Role:
        """The role of a person by key, in the team that the key names."""
        institution, team, function, _ = person.split(".")
        return self._made(person, team_key(institution, team), function)

    def _made(self, person: str, team: str, function: str) -> Role:
        found = self._teams[team]
        place = self._institutions[found.institution]
        return Role(place, team, found.names[place.language], self._persons[person], function)
