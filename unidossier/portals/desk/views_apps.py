"""Desk: the apps of the institution, registered, changed and stopped by its security officer or data protection officer (XCH-1, ACS-4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.register_app import change_app, list_apps, register_app, suspend_app
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_apps import KIND_WORDS, WHY_NOT, AppForm, ChangeAppForm, StopForm
from unidossier.portals.desk.present_apps import app_line, change_lines
from unidossier.portals.shared.frame import frame
from unidossier.registry.smart_app import AppUnfit

OFFICERS = ("security-officer", "data-protection-officer")


def apps(request: HttpRequest) -> HttpResponse:
    """The apps of the institution, those that are stopped last, each with its history."""
    _require_officer(request)
    rows = list_apps(request.requester.secret)
    return render(request, "desk/apps.html", frame(request, apps=tuple(app_line(row) for row in rows)))


def register(request: HttpRequest) -> HttpResponse:
    """Register an app; its id stands on the list afterwards."""
    _require_officer(request)
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            register_app(request.requester.secret, id=form.cleaned_data["made"], app=form.app)
        except AppUnfit as unfit:
            form.add_error(unfit.field, WHY_NOT[unfit.code])
        except ActRefused as refused:
            form.add_error(None, WHY_NOT[refused.code])
        else:
            return redirect("desk:apps")
    return _form(request, form, title=_("Register an app"), label=_("Register"))


def change(request: HttpRequest, app: UUID) -> HttpResponse:
    """Change a registration; a form older than somebody else's change says what he changed, and changes nothing."""
    _require_officer(request)
    row = _row(request, app)
    form = ChangeAppForm(request.POST or None, row=row)
    meanwhile: tuple[dict[str, str], ...] = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            ended = change_app(
                request.requester.secret,
                id=told["made"],
                app=app,
                version=told["version"],
                becomes=form.app,
                reason=told["reason"],
            )
        except AppUnfit as unfit:
            form.add_error(unfit.field if unfit.field in form.fields else None, WHY_NOT[unfit.code])
        except ActRefused as refused:
            form.add_error(None, WHY_NOT[refused.code])
            if refused.code == "changed-meanwhile":
                meanwhile = change_lines(row, since=told["version"])
        else:
            messages.success(request, _changed(ended))
            return redirect("desk:apps")
    title = _("Change %(name)s") % row
    return _form(
        request, form, title=title, label=_("Store the change"), kind=row["kind"], meanwhile=meanwhile
    )


def _changed(ended: int) -> str:
    if not ended:
        return _("The app is changed.")
    return ngettext(
        "The app is changed. %(count)s person must let it in again.",
        "The app is changed. %(count)s persons must let it in again.",
        ended,
    ) % {"count": ended}


def _form(
    request: HttpRequest,
    form: AppForm,
    *,
    title: str,
    label: str,
    kind: str = "",
    meanwhile: tuple[dict[str, str], ...] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "name": KIND_WORDS.get(kind, request.requester.institution_name),
        "label": label,
        "back_href": reverse("desk:apps"),
        "back_label": _("Back to the apps"),
        "meanwhile": meanwhile,
    }
    return render(request, "desk/form.html", frame(request, **context))


def suspend(request: HttpRequest, app: UUID) -> HttpResponse:
    """Stop an app, or let it go on; asked once more, with the reason."""
    _require_officer(request)
    row = _row(request, app)
    stop = row["suspended_at"] is None
    deed = Deed(
        title=_("Stop %(name)s?") % row if stop else _("Let %(name)s go on?") % row,
        text=row["about"],
        label=_("Stop the app") if stop else _("Let it go on"),
        done=_("The app is stopped.") if stop else _("The app goes on."),
        back=reverse("desk:apps"),
        then=reverse("desk:apps"),
        consequences=(
            (_("It reads and writes nothing any more, from this moment on, for anybody."),)
            if stop
            else (_("Whoever had let it in has let it in again, until the day that he chose."),)
        ),
        is_grave=stop,
    )
    return ask(
        request,
        StopForm(request.POST or None),
        deed,
        act=lambda told: suspend_app(request.requester.secret, app=app, stop=stop, reason=told["reason"]),
        words=lambda code: str(WHY_NOT[code]),
    )


def _row(request: HttpRequest, app: UUID) -> Row:
    row = next((one for one in list_apps(request.requester.secret) if one["id"] == app), None)
    if row is None:
        raise Http404
    return row


def _require_officer(request: HttpRequest) -> None:
    if request.requester.function not in OFFICERS:
        raise PermissionDenied
