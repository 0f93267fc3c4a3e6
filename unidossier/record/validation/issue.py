"""What is wrong with a resource, told to its sender."""

from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault, in the terms of OperationOutcome.issue (hl7.org/fhir/R4/operationoutcome.html).

    `diagnostics` quotes what the sender wrote: give it back to the sender, never write it to a system's log.
    """

    code: str  # of the value set issue-type: structure, required, value, code-invalid, not-supported
    expression: str  # place, such as Bundle.entry[3].resource.birthDate; empty when the text is no JSON
    diagnostics: str  # one plain sentence in English: what was expected and what was found

    def at(self, place: str) -> "Issue":
        """Return the same fault, told from a resource that holds this one at `place`."""
        _, _, inner = self.expression.partition(".")
        return Issue(self.code, f"{place}.{inner}" if inner else place, self.diagnostics)


class InvalidResource(ValueError):
    """The text is not a valid FHIR R4 resource. `issues` names the faults, at most 50 of each resource."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__(
            f"{len(issues)} fault(s) in the resource; the first at {issues[0].expression or 'the text'}"
        )
        self.issues = issues


def quoted(value: object) -> str:
    """Return what was found, as JSON writes it, cut to 80 characters."""
    if isinstance(value, dict):
        text = "an object with " + ", ".join(list(value)[:5]) if value else "an empty object"
    elif isinstance(value, list):
        text = f"a list of {len(value)}" if value else "an empty list"
    elif isinstance(value, str):
        text = f"'{value[:80]}'"
    else:
        text = {None: "null", True: "true", False: "false"}[value] if _is_constant(value) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _is_constant(value: object) -> TypeGuard[bool | None]:
    return value is None or isinstance(value, bool)
