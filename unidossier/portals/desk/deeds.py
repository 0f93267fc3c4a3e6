"""One deed of the Desk: a page that says what it will do, a form, and the plain word afterwards.

Every deed is asked for on a page of its own (confirm.html); what the database refuses stands on the form, with what
was written kept. A deed sent twice is refused as done already, or is the same deed (its id was made with the form).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from unidossier.gate.door import ActRefused
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.shared.frame import frame


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Words of the page: `title` asks, `label` names the deed on the button, `done` tells it afterwards."""

    title: str
    text: str
    label: str
    done: str
    back: str
    then: str  # address after it
    consequences: tuple[str, ...] = ()
    is_grave: bool = False
    is_over: bool = False  # done or decided already: there is nothing to fill in


# Where a refusal is to be mended: the fields that may be meant, of which a form has one.
FIELDS = {
    "reason-missing": ("reason", "words"),
    "motivation-missing": ("text",),
    "work-missing": ("missing_work",),
    "end-not-allowed": ("until",),
}


def _field(form: forms.Form, code: str) -> str | None:
    return next((name for name in FIELDS.get(code, ()) if name in form.fields), None)


def ask(
    request: HttpRequest,
    form: forms.Form,
    deed: Deed,
    *,
    act: Callable[[dict[str, Any]], Any],
    words: Callable[[str], str] = in_words,
) -> HttpResponse:
    """Show the form, or do the deed: `act` gets the cleaned data; `words` tells a refusal."""
    if deed.is_over and request.method != "POST":
        return hindered(request, title=deed.title, code="done-already", back=deed.back, words=words)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ActRefused as refused:
            form.add_error(_field(form, refused.code), words(refused.code))
        else:
            messages.success(request, deed.done)
            return redirect(deed.then)
    context = {
        "title": deed.title,
        "text": deed.text,
        "consequences": deed.consequences,
        "form": form,
        "confirm_label": deed.label,
        "is_grave": deed.is_grave,
        "back_href": deed.back,
    }
    return render(request, "confirm.html", frame(request, **context))


def hindered(
    request: HttpRequest, *, title: str, code: str, back: str, words: Callable[[str], str]
) -> HttpResponse:
    """Say why a deed cannot be done (the code of an ActRefused), where there is nothing to fill in."""
    context = {"title": title, "text": words(code), "back_href": back}
    return render(request, "desk/log_hindered.html", frame(request, **context))
