"""Forms of the apps at the Desk, and why one cannot be registered so (XCH-1, ACS-4)."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from unidossier.gate.door import Row
from unidossier.portals.desk.forms_oversight import Made
from unidossier.portals.desk.forms_registration import ReasonField
from unidossier.registry.smart_app import AppFacts

KIND_WORDS = {
    "public": gettext_lazy("Runs in a browser or on a telephone, and can keep no key"),
    "confidential": gettext_lazy("Runs on a server of its maker, and signs with its key"),
    "backend": gettext_lazy("A system without a person, for the data of this institution alone"),
}
WHY_NOT = {
    "no-such-kind": gettext_lazy("Choose one of the kinds."),
    "name-unfit": gettext_lazy("Give a name of 2 to 80 letters."),
    "addresses-unfit": gettext_lazy(
        "An app for persons needs one to ten addresses, one on each line. A system without a person needs none."
    ),
    "address-unfit": gettext_lazy(
        "Each address begins with https://, or is the app’s own, such as org.example.app:/back. No spaces, no # and no *."
    ),
    "keys-of-public": gettext_lazy("An app that can keep no key has none. Leave this empty."),
    "keys-missing": gettext_lazy("Paste the public keys of the app, as a JWK set."),
    "keys-secret": gettext_lazy(
        "These are private keys. Ask the maker for the public ones, and tell him that these are known now."
    ),
    "keys-unfit": gettext_lazy("Each key is EC P-384, or RSA from 2048 bits, and has its own kid."),
    "scopes-unfit": gettext_lazy(
        "Write scopes of SMART, with spaces between, such as patient/Observation.rs launch/patient."
    ),
    "scopes-of-kind": gettext_lazy(
        "A system without a person has scopes of system/ alone, and no other app has any."
    ),
    "no-machine": gettext_lazy("This institution has no machine account yet. Ask for it first."),
    "taken": gettext_lazy("This form was used already. Open the page again."),
    "no-such-app": gettext_lazy("This app is not there any more."),
    "changed-meanwhile": gettext_lazy(
        "Somebody changed this app meanwhile. Open the page again and start from what stands there now."
    ),
    "nothing-changes": gettext_lazy("Nothing would change. Change something, or go back."),
    "reason-missing": gettext_lazy("Write the reason, in at least ten characters."),
}


class AppForm(Made):
    """What an app is registered with."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As people read it when it asks to be let in."),
    )
    about = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("One plain sentence."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=tuple(KIND_WORDS.items()),
        widget=forms.RadioSelect,
        initial="public",
    )
    redirect_uris = forms.CharField(
        label=gettext_lazy("Where answers go"),
        required=False,
        max_length=6000,
        help_text=gettext_lazy(
            "Addresses of the app, one on each line. They are compared character by character."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    launch_uri = forms.CharField(
        label=gettext_lazy("Where Ward opens it"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Empty: it is not opened from Ward."),
    )
    scopes = forms.CharField(
        label=gettext_lazy("What it may ask for at most"),
        max_length=4000,
        help_text=gettext_lazy(
            "Scopes of SMART. People may leave out each one, and never give more than they see themselves."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    jwks = forms.CharField(
        label=gettext_lazy("Public keys"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("A JWK set. Keys are pasted here; none is fetched from elsewhere."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )  # fmt: skip

    def clean_jwks(self) -> dict[str, Any] | None:
        """Return the JWK set; None when nothing was pasted."""
        pasted = self.cleaned_data["jwks"].strip()
        if not pasted:
            return None
        try:
            read = json.loads(pasted)
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            raise forms.ValidationError(WHY_NOT["keys-missing"])
        return read

    @property
    def app(self) -> AppFacts:
        """What was written."""
        told = self.cleaned_data
        return AppFacts(
            name=told["name"],
            about=told["about"],
            kind=told["kind"],
            redirect_uris=tuple(told["redirect_uris"].split()),
            launch_uri=told["launch_uri"].strip() or None,
            scopes=" ".join(told["scopes"].split()),
            jwks=told["jwks"],
        )


class ChangeAppForm(AppForm):
    """An app as it shall be; `version` is what the form showed, so that a stale form changes nothing. The kind stays."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = ReasonField()
    kind = None  # type: ignore[assignment]

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(row), **kwargs)
        self.kind_stays = row["kind"]
        if row["kind"] == "public":
            del self.fields["jwks"]
        if row["kind"] == "backend":
            del self.fields["redirect_uris"], self.fields["launch_uri"]
        for name, code in (("redirect_uris", "addresses-unfit"), ("jwks", "keys-missing")):
            if name in self.fields:  # whoever has them needs them
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = WHY_NOT[code]

    @property
    def app(self) -> AppFacts:
        """What was written, with the kind that it has."""
        self.cleaned_data = {"redirect_uris": "", "launch_uri": "", "jwks": None} | self.cleaned_data
        self.cleaned_data["kind"] = self.kind_stays
        return super().app


class StopForm(forms.Form):
    """Why an app is stopped, or goes on."""

    reason = ReasonField()


def _initial(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "about": row["about"],
        "redirect_uris": "\n".join(row["redirect_uris"]),
        "launch_uri": row["launch_uri"] or "",
        "scopes": row["scopes"],
        "jwks": json.dumps(row["jwks"], indent=1) if row["jwks"] else "",
        "version": row["version"],
    }
