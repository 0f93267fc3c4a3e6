"""The file of a case for the Order (CON-11): a PDF to read and a JSON to process, in one ZIP. No clinical content, the patient by initials."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from unidossier.actions.list_tasks import Task
from unidossier.gate.door import Row
from unidossier.paper.sheet import typeset
from unidossier.portals.desk.kinds import kind_words
from unidossier.portals.desk.paper_overview import TEMPLATE
from unidossier.portals.desk.present_oversight import entry_line
from unidossier.portals.desk.present_tasks import task_event
from unidossier.portals.shared.present.words import BRUSSELS, initials
from unidossier.portals.shared.templatetags.unidossier import day_time


def case_file(opened: Task, entries: list[Row], *, institution: str) -> bytes:
    """Return the archive. The same case at the same instant gives the same data."""
    at = timezone.now().astimezone(BRUSSELS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.pdf", _pdf(opened, entries, institution=institution, at=at))
        archive.writestr(
            "case.json", json.dumps(_data(opened, entries, institution=institution, at=at), indent=1)
        )
    return packed.getvalue()


def _pdf(opened: Task, entries: list[Row], *, institution: str, at: datetime) -> bytes:
    task = opened.task
    title = f"{kind_words('case')} {task['number']}"
    content = {
        "title": title,
        "lang": (translation.get_language() or "en")[:2],
        "institution": institution,
        "facts": [
            [_("Person concerned"), task["person"] or "–"],
            [_("Patient"), _patient(task)],
            [_("Opened"), day_time(task["made_at"].astimezone(BRUSSELS))],
            [_("Made on"), day_time(at)],
        ],
        "paragraphs": [
            str(task["facts"].get("told", "")),
            _("The identity of the patient is given on request of the Order."),
            *(() if entries else (_("No entry of the log is in this case."),)),
        ],
        "sections": [
            [
                _("History"),
                [
                    " · ".join(part for part in (str(day_time(one.at)), one.who, one.what, one.text) if part)
                    for one in map(task_event, opened.history)
                ],
            ]
        ],
        "columns": [_("When"), _("Who"), _("What"), _("Kinds open"), _("Why")],
        "widths": [3, 4, 4, 4, 4],
        "rows": [
            [str(day_time(one.at)), one.who, one.what, one.categories, one.why]
            for one in map(entry_line, entries)
        ],
        "foot": f"{institution} · {title}",
    }
    return typeset(TEMPLATE, content, at=at)


def _patient(task: Row) -> str:
    return initials(task["given"] or "", task["family"] or "") or "–"


def _data(opened: Task, entries: list[Row], *, institution: str, at: datetime) -> dict[str, Any]:
    task = opened.task
    return {
        "institution": institution,
        "number": task["number"],
        "madeAt": at.isoformat(),
        "openedAt": task["made_at"].isoformat(),
        "state": task["state"],
        "outcome": task["outcome"],
        "person": task["person"],
        "patient": _patient(task),
        "told": task["facts"].get("told", ""),
        "history": [
            {"at": one["at"].isoformat(), "who": one["person_name"], "what": one["what"], "text": one["text"]}
            for one in opened.history
        ],
        "entries": [
            {
                "entry": one["id"],
                "at": one["at"].isoformat(),
                "who": one["person_name"],
                "function": one["function"],
                "verb": one["verb"],
                "categories": one["categories"],
                "rule": one["rule"],
                "permitted": one["permitted"],
                "purpose": one["purpose"],
                "breakTheGlass": one["glass_reason"],
            }
            for one in entries
        ],
    }
