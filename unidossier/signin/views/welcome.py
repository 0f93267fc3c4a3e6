"""The first visit after an invitation: set the password, then sign in and add the second factor (CON-2, ALL-3)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from unidossier.signin.invitation import invited
from unidossier.signin.models import Account


class NewPasswordForm(forms.Form):
    """A password of the person's own; the user name is shown so that password managers keep both."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        disabled=True,
        widget=forms.TextInput(attrs={"autocomplete": "username", "readonly": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 12 characters. A sentence is easy to remember and hard to guess."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        error_messages={"required": gettext_lazy("Choose a password.")},
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, initial={"username": account.username}, **kwargs)
        self._account = account

    def clean_password(self) -> str:
        """Refuse what is too short, too common, or too like the user name."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self._account)
        return password


@never_cache
@sensitive_post_parameters("password")
def welcome(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Ask for a password once. A link that is over or used says so and how to get another."""
    account = invited(number, token)
    if account is None:
        return render(request, "signin/welcome_over.html", status=404)
    form = NewPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        account.set_password(form.cleaned_data["password"])
        account.save(update_fields=["password"])
        messages.success(request, _("Your password is set. Sign in now; then you add your second proof."))
        return redirect("account_login")
    return render(request, "signin/welcome.html", {"form": form})
