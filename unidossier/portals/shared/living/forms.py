"""The forms of the living page, one of them with errors."""

from __future__ import annotations

from django import forms


class LivingForm(forms.Form):
    """Every sort of field of the design system."""

    number = forms.CharField(
        label="National number", help_text="11 digits, on the back of the identity card", max_length=15
    )
    born = forms.DateField(label="Birth date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="Kind", choices=[("note", "Ward round"), ("letter", "Letter")])
    agreed = forms.BooleanField(label="The patient is informed")
    proof = forms.ChoiceField(
        label="Proof", widget=forms.RadioSelect, choices=[("eid", "Card read"), ("form", "Signed form")]
    )
    text = forms.CharField(label="Text", widget=forms.Textarea, required=False)


class ReportForm(forms.Form):
    """The fields of the report editor."""

    kind = forms.ChoiceField(label="Kind", choices=[("report", "Ward round"), ("letter", "Letter to the GP")])
    title = forms.CharField(label="Title", initial="Zaalronde cardiologie")
    at = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}), initial="2026-11-18")
    text = forms.CharField(
        label="Text",
        widget=forms.Textarea,
        initial="Subjectief: minder kortademig, slaapt met twee kussens.\n\n"
        "Objectief: bloeddruk 138/84, gewicht 74,1 kg (−0,6). Basale crepitaties links.\n\n"
        "Beleid: spironolacton stop wegens kalium 5,6. Controle morgen.",
    )


class SignInForm(forms.Form):
    """User name and password."""

    login = forms.CharField(label="User name")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


class CodeForm(forms.Form):
    """The six digits of the second factor."""

    code = forms.CharField(
        label="Code", widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})
    )


class NumberForm(forms.Form):
    """The one field of a link from the national number."""

    number = forms.CharField(label="National number", widget=forms.TextInput(attrs={"inputmode": "numeric"}))


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(label="Reason", help_text="Everybody who can read the report sees it.")


def with_errors() -> LivingForm:
    """A form that was sent empty but for a wrong number."""
    form = LivingForm(data={"number": "51.04.12-000.00", "kind": "note"})
    form.add_error("number", "The check digits do not fit. Compare each digit with the card.")
    return form
