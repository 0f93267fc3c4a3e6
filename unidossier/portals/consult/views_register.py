"""Apply for an account of Consult (CON-1, CON-2). The answer is the same whatever becomes of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from unidossier.actions.register_for_consult import PROFESSIONS, Application, register_for_consult
from unidossier.portals.consult.forms import FORM_LANGUAGES, OnceForm
from unidossier.portals.shared.fields import NihdiField, ScanField
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import directory

SIGNS = {"autocomplete": "off"}


class RegisterForm(OnceForm):
    """Who asks, where he works, how he proves it, who should validate."""

    given = forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Type your first name.")},
    )
    family = forms.CharField(
        label=_("Family name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Type your family name.")},
    )
    function = forms.ChoiceField(
        label=_("Profession"), error_messages={"required": _("Choose your profession.")}
    )
    nihdi = NihdiField(
        label=_("NIHDI number"),
        max_length=20,
        help_text=_("Your RIZIV or INAMI number."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type your NIHDI number.")},
    )
    practice = forms.CharField(
        label=_("Name of your practice"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Type the name of your practice.")},
    )
    address = forms.CharField(
        label=_("Address of your practice"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Type the address of your practice.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=120,
        help_text=_("Your invitation comes here. Use an address that only you read."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("This is no e-mail address. Look for a typing error."),
        },
    )
    language = forms.ChoiceField(label=_("Your language"), choices=FORM_LANGUAGES)
    institution = forms.ChoiceField(
        label=_("Hospital that should validate you"),
        help_text=_("Choose one that knows you."),
        error_messages={"required": _("Choose a hospital.")},
    )
    proof = ScanField(
        label=_("Proof of your profession"),
        help_text=_("For example your visa or your NIHDI card. PDF, JPEG or PNG, at most 5 MB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = (get_language() or "en")[:2]
        self.fields["language"].initial = here
        self.fields["function"].choices = [
            ("", ""),
            *sorted(((slug, str(FUNCTIONS[slug])) for slug in PROFESSIONS), key=lambda one: one[1]),
        ]
        houses = [(str(one.id), one.name(here)) for one in directory().values() if one.network]
        self.fields["institution"].choices = [("", ""), *sorted(houses, key=lambda one: one[1])]


def register(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to a page that says what happens next."""
    form = RegisterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        applicant, proof = told.pop("made"), told.pop("proof")
        told["institution"] = UUID(told["institution"])
        register_for_consult(
            applicant,
            application=Application(**told),
            proof=proof,
            origin=request.META.get("REMOTE_ADDR", ""),
        )
        return redirect("registered")
    return render(request, "consult/register.html", {"form": form})


def registered(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everybody."""
    return render(request, "consult/registered.html")
