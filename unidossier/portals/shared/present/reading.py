"""A stored resource as a person reads it: headings, paragraphs and facts as plain text. Never markup from a record."""

import base64
import binascii
import html
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from unidossier.portals.shared.components.item import Section

BLOCK = re.compile(r"</?(?:p|div|br|li|tr|h[1-6]|ul|ol|table|thead|tbody)[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]+>")
BLANK = re.compile(r"[ \t\u00a0]+")


def paragraphs(narrative: str) -> tuple[str, ...]:
    """Return the paragraphs of an XHTML narrative as plain text."""
    text = html.unescape(TAG.sub(" ", BLOCK.sub("\n", narrative.replace("</td>", " · "))))
    return tuple(line for line in (BLANK.sub(" ", one).strip(" ·") for one in text.split("\n")) if line)


def sections(resource: dict) -> tuple[Section, ...]:
    """Return the text of a resource in reading order."""
    return tuple(section for section in _sections(resource) if section.paragraphs)


def _sections(resource: dict) -> Iterator[Section]:
    match resource["resourceType"]:
        case "Composition":
            for part in resource.get("section", ()):
                yield from _composition_section(part)
        case "DiagnosticReport":
            yield from _attached(resource.get("presentedForm", ()))
            if resource.get("conclusion"):
                yield Section(heading=_("Conclusion"), paragraphs=_lines(resource["conclusion"]))
        case "DocumentReference":
            yield from _attached(one.get("attachment", {}) for one in resource.get("content", ()))
        case "QuestionnaireResponse":
            yield Section(heading="", paragraphs=tuple(_answers(resource.get("item", ()))))
        case "CarePlan":
            yield Section(heading="", paragraphs=_lines(resource.get("description", "")))
            yield Section(heading=_("Activities"), paragraphs=tuple(_activities(resource)))
    notes = tuple(line for note in resource.get("note", ()) for line in _lines(note.get("text", "")))
    yield Section(heading=_("Notes") if notes else "", paragraphs=notes)
    if resource["resourceType"] not in ("Composition", "DocumentReference", "DiagnosticReport"):
        div = (resource.get("text") or {}).get("div", "")
        if (resource.get("text") or {}).get("status") in ("additional", "extensions"):
            yield Section(heading="", paragraphs=paragraphs(div))


def _composition_section(part: dict) -> Iterator[Section]:
    yield Section(
        heading=part.get("title", ""), paragraphs=paragraphs((part.get("text") or {}).get("div", ""))
    )
    for inner in part.get("section", ()):
        yield from _composition_section(inner)


def _attached(attachments) -> Iterator[Section]:
    for one in attachments:
        if one.get("contentType", "").startswith("text/") and one.get("data"):
            try:
                text = base64.b64decode(one["data"]).decode("utf-8", "replace")
            except binascii.Error:
                continue
            if one["contentType"].startswith("text/html"):
                yield Section(heading=one.get("title", ""), paragraphs=paragraphs(text))
            else:
                yield from _headed(text, title=one.get("title", ""))


def _headed(text: str, *, title: str) -> Iterator[Section]:
    """Split a plain text into sections: a block whose first line reads like a heading begins one."""
    heading, body = title, []
    for block in re.split(r"\n\s*\n", text.replace("\r", "").strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if lines and _is_heading(lines[0], alone=len(lines) == 1):
            if body or heading != title:
                yield Section(heading=heading, paragraphs=tuple(body))
            heading, body = lines[0].strip("# :"), []
            lines = lines[1:]
        body += lines
    yield Section(heading=heading, paragraphs=tuple(body))


def _is_heading(line: str, *, alone: bool) -> bool:
    """A line marked by # or in capitals; or a short one without a full stop that stands over other lines."""
    if line.startswith("#") or (4 <= len(line) <= 60 and line.isupper()):
        return True
    return (
        not alone
        and len(line) <= 60
        and line[-1] not in ".,;!?)"
        and line[0].isupper()
        and not any(c.isdigit() for c in line)
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _answers(items) -> Iterator[str]:
    for item in items:
        answers = [_plain(answer) for answer in item.get("answer", ())]
        if item.get("text") or answers:
            yield (
                f"{item.get('text', item.get('linkId', ''))}: {', '.join(answers)}"
                if answers
                else item["text"]
            )
        yield from _answers(item.get("item", ()))


def _plain(answer: dict) -> str:
    for key, value in answer.items():
        if key == "valueBoolean":
            return _("yes") if value else _("no")
        if key == "valueCoding":
            return value.get("display") or value.get("code", "")
        if key == "valueQuantity":
            return f"{value.get('value', '')} {value.get('unit', '')}".strip()
        if key.startswith("value"):
            return str(value)
    return ""


def _activities(plan: dict) -> Iterator[str]:
    for activity in plan.get("activity", ()):
        detail = activity.get("detail") or {}
        text = detail.get("description") or concept(detail.get("code"))
        if text:
            yield text


def concept(codeable: dict | None) -> str:
    """Return the words of a CodeableConcept: its own text first."""
    if not codeable:
        return ""
    return codeable.get("text") or next(
        (one["display"] for one in codeable.get("coding", ()) if one.get("display")), ""
    )
