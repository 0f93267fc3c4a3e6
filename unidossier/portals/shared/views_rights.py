"""Every face: who may do what (ACS-1), function by function (ACS-2). The function table is public to whoever is signed in: it says nothing of anybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from unidossier.actions.show_rights import Rights, VersionNotFound, show_rights
from unidossier.gate.door import Row
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words

ACTIONS = {
    "read": _("Read"),
    "enter": _("Write"),
    "plan": _("Plan"),
    "break-the-glass": _("Emergency access"),
}
KINDS = {"carer": _("Carers"), "staff": _("Staff"), "patient": _("Patients and those who act for them")}


def rights(request: HttpRequest) -> HttpResponse:
    """One version of the function table: by function, what it may read, write, plan, and open in an emergency."""
    text = request.GET.get("version", "")
    try:
        shown = show_rights(int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None)
    except VersionNotFound as absent:
        raise Http404 from absent
    context = {
        "groups": tuple(_groups(shown)),
        "actions": tuple(ACTIONS.values()),
        "versions": [_in_words(one) for one in shown.versions],
        "version": next(one for one in shown.versions if one["version"] == shown.version),
        "in_force": shown.in_force,
    }
    return render(request, "rights.html", frame(request, **context))


def _in_words(version: Row) -> Row:
    """The first table is the product's own: its reason has words; those of officers stand as they were written."""
    if version["version"] != 1:
        return version
    return version | {"reason": _("First table: assumption until the national access matrix is published")}


def _groups(shown: Rights) -> Any:
    words = {one["code"]: in_words(one["words"]) for one in shown.categories}
    may = {(one["function"], one["action"]): one["categories"] for one in shown.rights}
    for kind, title in KINDS.items():
        kinds = (kind, "representative") if kind == "patient" else (kind,)
        lines = [
            {
                "name": in_words(one["words"]),
                "cells": tuple(
                    {"action": label, "words": _cell(may.get((one["slug"], action), []), words)}
                    for action, label in ACTIONS.items()
                ),
            }
            for one in shown.functions
            if one["kind"] in kinds
        ]
        yield {"title": title, "lines": sorted(lines, key=lambda line: str(line["name"]))}


def _cell(codes: list[int], words: dict[int, str]) -> str:
    if len(codes) == len(words):
        return str(_("everything"))
    return ", ".join(words[code] for code in codes) or "–"
