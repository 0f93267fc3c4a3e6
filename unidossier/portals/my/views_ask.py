"""My: ask an institution for an overview, a correction, or something that is not visible (LOG-5, MY-10, MY-18)."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.ask_institution import ask_institution, list_holding
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words


class AskForm(forms.Form):
    """What is asked of which institution; `made` is the request's own id: sent twice, it is one."""

    institution = forms.ChoiceField(label=gettext_lazy("Hospital"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What do you ask?"),
        widget=forms.RadioSelect,
        choices=(
            ("overview", gettext_lazy("An overview of everybody who opened my record, on paper")),
            ("correction", gettext_lazy("Something in my record is wrong")),
            ("not-visible", gettext_lazy("Something I expect is not in my record")),
            ("other", gettext_lazy("Something else")),
        ),
        error_messages={"required": gettext_lazy("Choose what you ask.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("For example: which document, from which day, what is wrong."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    made = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, holding: list[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("made", new_id())
        self.fields["institution"].choices = tuple(
            (str(one["id"]), in_words(one["names"])) for one in holding
        )  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An overview needs no words; all else does."""
        told = super().clean() or {}
        if told.get("kind") not in (None, "overview") and len(told.get("words", "").strip()) < 3:
            self.add_error("words", _("Write what it is about, in a few words."))
        return told


@for_somebody
def ask(request: HttpRequest) -> HttpResponse:
    """Send a question to the ombuds service of a hospital that holds something of me."""
    secret = request.requester.secret
    patient, rule, holding = list_holding(secret, patient=subject(request))
    form = AskForm(request.POST or None, holding=holding)
    if request.method == "POST" and form.is_valid() and _sent(request, form):
        messages.success(
            request,
            _("Your question is sent. The hospital answers within a month; you read the answer here."),
        )
        return redirect("my:home")
    context = {"banner": my_banner(patient, rule=rule, at=timezone.now()), "form": form if holding else None}
    return render(request, "my/ask.html", frame(request, **context))


def _sent(request: HttpRequest, form: AskForm) -> bool:
    told = form.cleaned_data
    try:
        ask_institution(
            request.requester.secret,
            patient=subject(request),
            task=told["made"],
            institution=UUID(told["institution"]),
            kind=told["kind"],
            words=told["words"],
        )
    except ActRefused:
        form.add_error(None, _("This question could not be sent. Choose the hospital again."))
        return False
    return True
