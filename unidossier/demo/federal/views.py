"""The stand-in's page: what the federal platform knows, and how its feed goes wrong. Closed outside the demonstration."""

from functools import wraps

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from unidossier.database.home import Home
from unidossier.demo.federal.book import changed, load, now, path_of
from unidossier.kernel.nihdi import InvalidNihdi, Nihdi
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.signin.demo_entry import demo_is_open

MOODS = (
    ("well", gettext_lazy("as it should be")),
    ("empty", gettext_lazy("empty")),
    ("half", gettext_lazy("cut in the middle")),
    ("late", gettext_lazy("40 minutes late")),
    ("repeated", gettext_lazy("always the same one again")),
    ("older", gettext_lazy("one of yesterday")),
    ("reordered", gettext_lazy("in another order")),
    ("away", gettext_lazy("no answer at all")),
)
OUTCOMES = {
    "applied": gettext_lazy("taken over"),
    "older": gettext_lazy("older than what is known: nothing changed"),
    "gap": gettext_lazy("changes in between were missing: everything was asked for"),
    "half": gettext_lazy("did not come whole: nothing changed"),
    "stopped": gettext_lazy("too many exclusions were missing: stopped, nothing changed"),
    "away": gettext_lazy("no answer: nothing changed"),
}


class ExclusionForm(forms.Form):
    """An exclusion as the federal portal takes it: two numbers."""

    patient = forms.CharField(label=gettext_lazy("National number of the patient"), max_length=20)
    carer = forms.CharField(label=gettext_lazy("NIHDI number of the carer"), max_length=20)

    def clean_patient(self) -> str:
        """Check the digits."""
        try:
            return Ssin.parse(self.cleaned_data["patient"]).digits
        except InvalidSsin as wrong:
            raise forms.ValidationError(
                _("This is no national number. It has 11 digits, such as 49.05.17-002.15.")
            ) from wrong

    def clean_carer(self) -> str:
        """Check the digits; the platform knows carers by all eleven."""
        try:
            digits = Nihdi.parse(self.cleaned_data["carer"]).digits
        except InvalidNihdi as wrong:
            raise forms.ValidationError(
                _("This is no NIHDI number. It has 11 digits, such as 1-01234-34-004.")
            ) from wrong
        return digits if len(digits) == 11 else digits + "000"


def of_the_demonstration(view):
    """Answer as for an address that does not exist outside the demonstration: flag of the process, mark in the database."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not demo_is_open():
            raise Http404
        return view(request)

    return guarded


@of_the_demonstration
def page(request: HttpRequest, form: forms.Form | None = None) -> HttpResponse:
    """What the platform knows."""
    book = load(_path())
    context = {
        "book": book,
        "lines": sorted(book.exclusions, key=lambda one: one["sequence"], reverse=True),
        "moods": MOODS,
        "form": form or ExclusionForm(),
    }
    return render(request, "federal/page.html", context)


@require_POST
@of_the_demonstration
def exclude(request: HttpRequest) -> HttpResponse:
    """Register an exclusion at the platform."""
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        return page.__wrapped__(request, form=form)
    with changed(_path()) as book:
        book.exclude(patient=form.cleaned_data["patient"], nihdi=form.cleaned_data["carer"], now=now())
    messages.success(request, _("Registered at the federal platform. The record knows it within a minute."))
    return redirect("federal:page")


@require_POST
@of_the_demonstration
def end(request: HttpRequest) -> HttpResponse:
    """End an exclusion at the platform, the only place where it can be ended (EXC-5)."""
    with changed(_path()) as book:
        book.end(request.POST.get("id", ""), now=now())
    messages.success(request, _("Ended at the federal platform. The record knows it within a minute."))
    return redirect("federal:page")


@require_POST
@of_the_demonstration
def mood(request: HttpRequest) -> HttpResponse:
    """Choose in which way the feed goes wrong."""
    chosen = request.POST.get("mood", "")
    if chosen in dict(MOODS):
        with changed(_path()) as book:
            book.choose(chosen, now=now())
        messages.success(request, _("The feed now comes: %(how)s.") % {"how": dict(MOODS)[chosen]})
    return redirect("federal:page")


@require_POST
@of_the_demonstration
def take_over_now(request: HttpRequest) -> HttpResponse:
    """Ask the platform at once instead of at the next minute: everything, or what changed."""
    outcome = import_string(settings.FEDERAL_TAKE_OVER)(full=request.POST.get("what") == "full")
    messages.info(
        request,
        _("The record asked the platform. What became of it: %(outcome)s.")
        % {"outcome": OUTCOMES.get(outcome, outcome)},
    )
    return redirect("federal:page")


def _path():
    return path_of(Home.find().path)
