"""Reports, documents, images. hl7.org/fhir/R4/diagnosticreport.html, documentreference.html, composition.html, imagingstudy.html"""

from typing import Any

from unidossier.record.describe.concept import all_words, chosen
from unidossier.record.describe.description import Facts
from unidossier.record.describe.paths import each, get, text_at, without_nothing
from unidossier.record.describe.quantity import number
from unidossier.record.describe.text import narrative

_EXCERPT = 300


def describe_report(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short` of a DiagnosticReport: conclusion (first 300 characters), results and files (counts)."""
    return Facts(
        short=without_nothing(
            {
                "conclusion": (resource.get("conclusion") or "")[:_EXCERPT],
                "results": len(resource.get("result") or ()) or None,
                "files": len(resource.get("presentedForm") or ()) or None,
            }
        )
    )


def describe_document(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short` of a DocumentReference: files (media type each), setting [system, code]."""
    files = [text_at(content, "attachment.contentType") or "" for content in each(resource, "content")]
    setting = chosen(get(resource, "context.practiceSetting"))
    return Facts(short=without_nothing({"files": files, "setting": list(setting) if setting[1] else None}))


def describe_composition(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short` of a Composition: sections (titles)."""
    titles = [section["title"] for section in each(resource, "section") if section.get("title")]
    return Facts(short=without_nothing({"sections": titles}))


def describe_imaging(resource: dict[str, Any], *, language: str) -> Facts:
    """The title is the study's own, else "X-ray: chest". `short`: modalities [system, code], series and images (counts)."""
    series = each(resource, "series")
    modalities = resource.get("modality") or [one.get("modality") for one in series]
    kinds = all_words(modalities, language=language)
    sites = all_words([one.get("bodySite") for one in series], language=language)
    own = resource.get("description") or text_at(resource, "procedureCode.text")
    images = number(resource.get("numberOfInstances"))
    return Facts(
        title=own or ": ".join(part for part in (", ".join(kinds), ", ".join(sites)) if part) or None,
        short=without_nothing(
            {
                "modalities": [
                    list(code) for code in dict.fromkeys(chosen(one) for one in modalities) if code[1]
                ],
                "series": len(series) or None,
                "images": int(images)
                if images
                else sum(len(one.get("instance") or ()) for one in series) or None,
            }
        ),
    )


def describe_questionnaire(resource: dict[str, Any], *, language: str) -> Facts:
    """The title is the questionnaire's, else the first words of the narrative; `short`: status, answers (count)."""
    name = text_at(resource, "_questionnaire.extension.valueString")
    told = narrative(resource).split("\n")[0] if not name else ""
    return Facts(
        title=name or (told if 0 < len(told) <= 100 else None),
        short=without_nothing({"status": resource.get("status"), "answers": _answers(resource) or None}),
    )


def _answers(element: dict[str, Any]) -> int:
    items = each(element, "item")
    return sum(len(item.get("answer") or ()) + _answers(item) for item in items)
