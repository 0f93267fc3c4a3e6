"""Language, theme and density: chosen by anybody, signed in or not (ALL-1)."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unidossier.signin.display import CHOICES, is_choice, keep
from unidossier.signin.models import Account
from unidossier.signin.way import safe_way


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the choices of the form (any of language, theme, density) and go back to `next`."""
    chosen = {name: request.POST[name] for name in CHOICES if name in request.POST}
    if not chosen or not all(is_choice(name, value) for name, value in chosen.items()):
        return HttpResponseBadRequest(
            _("Choose one of the languages, themes or text sizes that the page offers.")
        )
    response = HttpResponseRedirect(safe_way(request, request.POST.get("next")) or "/")
    for name, value in chosen.items():
        keep(response, name=name, value=value)
    if request.user.is_authenticated:
        Account.objects.filter(pk=request.user.pk).update(**chosen)
    return response
