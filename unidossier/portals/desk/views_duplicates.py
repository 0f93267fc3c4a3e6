"""Registration desk: likely duplicates, compared, merged, parted again (REC-8)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.merge_patients import (
    compare_patients,
    list_duplicates,
    merge_patients,
    tell_apart,
    unmerge_patients,
)
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.identifiers import SSIN
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_registration import MergeForm, ReasonForm
from unidossier.portals.desk.present_file import day, facts, number_words
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.incomplete import tell_incomplete
from unidossier.portals.shared.present.words import in_words as in_my_language


def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one human being."""
    listed = list_duplicates(request.requester.secret)
    why = {
        "same": _("same name, same birth date"),
        "alike": _("similar name, same birth date"),
        "exchanged": _("names exchanged, same birth date"),
        "birth": _("same name, birth date missing or exchanged"),
    }
    pairs = tuple(
        {
            "href": reverse("desk:compare", args=[one["one"], one["other"]]),
            "one": _short(listed.people[one["one"]]),
            "other": _short(listed.people[one["other"]]),
            "why": why[one["why"]],
        }
        for one in listed.pairs
    )
    return render(request, "desk/duplicates.html", frame(request, pairs=pairs))


def _short(row: Row) -> str:
    return f"{row['family']} {row['given']}" + (
        f", {row['birth_date']:%d.%m.%Y}" if row["birth_date"] else ""
    )


def compare(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Two patients side by side: merge them, or say that they are two."""
    sides = compare_patients(request.requester.secret, one=one, other=other)
    choices = tuple((str(side["id"]), f"{_short(side)} ({_numbers(side)})") for side in sides)
    deed = request.POST.get("deed", "")
    tell_incomplete(request, is_complete=deed in ("merge", "apart"))
    merging = MergeForm(request.POST if deed == "merge" else None, choices=choices)
    parting = ReasonForm(request.POST if deed == "apart" else None, prefix="apart")
    if deed == "merge" and merging.is_valid():
        if "sure" in request.POST:
            done = _merge(request, merging, one, other)
            if done:
                return done
        else:
            return _sure(request, merging, sides)
    if deed == "apart" and parting.is_valid():
        try:
            tell_apart(request.requester.secret, one=one, other=other, reason=parting.cleaned_data["reason"])
        except ActRefused as refused:
            parting.add_error(None, in_words(refused.code))
        else:
            messages.success(request, _("Noted: these are two people. The pair leaves the list."))
            return redirect("desk:duplicates")
    context = {
        "sides": tuple(_side(side) for side in sides),
        "rows": _rows(sides),
        "are_two_numbers": len({n["value"] for side in sides for n in side["numbers"] if n["system"] == SSIN})
        > 1,
        "merging": merging,
        "parting": parting,
    }
    return render(request, "desk/compare.html", frame(request, **context))


def _numbers(side: Row) -> str:
    return ", ".join(number_words(one["system"], one["value"]) for one in side["numbers"]) or _("no number")


def _side(side: Row) -> dict[str, str]:
    return {"name": f"{side['family']} {side['given']}", "href": file_href(side["id"])}


def _rows(sides: tuple[Row, Row]) -> tuple[tuple[str, str, str, bool], ...]:
    told = [
        dict(facts(side))
        | {
            _("Numbers"): _numbers(side),
            _("Known at"): ", ".join(in_my_language(one) for one in side["places"]),
        }
        for side in sides
    ]
    labels = list(dict.fromkeys([*told[0], *told[1]]))
    return tuple(
        (
            label,
            told[0].get(label, ""),
            told[1].get(label, ""),
            told[0].get(label, "") != told[1].get(label, ""),
        )
        for label in labels
    )


def _sure(request: HttpRequest, form: MergeForm, sides: tuple[Row, Row]) -> HttpResponse:
    """Ask once more: the page shows what the merge does, and carries what was filled in."""
    kept = next(side for side in sides if str(side["id"]) == form.cleaned_data["kept"])
    merged = next(side for side in sides if side is not kept)
    context = {"form": form, "kept": _short(kept), "merged": _short(merged), "back_href": request.path}
    return render(request, "desk/merge_sure.html", frame(request, **context))


def _merge(request: HttpRequest, form: MergeForm, one: UUID, other: UUID) -> HttpResponse | None:
    told = form.cleaned_data
    kept = UUID(told["kept"])
    try:
        merge_patients(
            request.requester.secret,
            merge=told["made"],
            kept=kept,
            merged=other if kept == one else one,
            reason=told["reason"],
        )
    except ActRefused as refused:
        form.add_error(None, in_words(refused.code))
        return None
    messages.success(
        request, _("The two records are one. You can undo it here, in the section of merged records.")
    )
    return redirect(file_href(kept))


def unmerge(request: HttpRequest, patient: UUID, merge: UUID) -> HttpResponse:
    """Ask once more, then part two records again."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    one = next((row for row in opened.merges if row["id"] == merge and row["is_kept"]), None)
    if one is None:
        raise Http404
    deed = Deed(
        title=_("Undo this merge?"),
        text=_("%(name)s, merged on %(day)s by %(who)s")
        % {
            "name": f"{opened.patient['family']} {opened.patient['given']}",
            "day": day(one["at"]),
            "who": one["person_name"],
        },
        label=_("Undo the merge"),
        done=_("The two records are parted again."),
        back=file_href(patient),
        then=file_href(patient),
        consequences=(
            _("Everything that came from the other record goes back to it."),
            _("What was written since the merge stays here."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        ReasonForm(request.POST or None),
        deed,
        act=lambda told: unmerge_patients(
            request.requester.secret,
            merge=merge,
            kept=one["kept"],
            merged=one["merged"],
            reason=told["reason"],
        ),
        words=in_words,
    )
