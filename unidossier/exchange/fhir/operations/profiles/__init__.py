"""The profiles that ship: what each asks, and the check of a resource by it."""

from unidossier.exchange.fhir.operations.profiles.check import Examined, Finding, examine
from unidossier.exchange.fhir.operations.profiles.rules import Profile, profiles

__all__ = ["Examined", "Finding", "Profile", "examine", "profiles"]
