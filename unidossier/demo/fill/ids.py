"""The ids of the fictional world: derived from its keys, so that a second filling meets the first."""

from uuid import UUID

from unidossier.kernel.uuid7 import derived_id

WORLD = UUID("0190de00-0000-7000-8000-000000000000")


def institution_id(key: str) -> UUID:
    """The id of an institution."""
    return derived_id(WORLD, resource_type="Organization", source_id=key)


def team_id(key: str) -> UUID:
    """The id of a team."""
    return derived_id(WORLD, resource_type="HealthcareService", source_id=key)


def person_id(key: str) -> UUID:
    """The id of a person who works somewhere."""
    return derived_id(WORLD, resource_type="Practitioner", source_id=key)


def human_id(key: str) -> UUID:
    """The id of a patient as a person with an account (MY-1)."""
    return derived_id(WORLD, resource_type="RelatedPerson", source_id=key)


def patient_id(key: str) -> UUID:
    """The id of a patient's record."""
    return derived_id(WORLD, resource_type="Patient", source_id=key)


def line_id(kind: str, *keys: str) -> UUID:
    """The id of a line between two of these: an employment, a duty, a relation."""
    return derived_id(WORLD, resource_type=kind, source_id="|".join(keys))
