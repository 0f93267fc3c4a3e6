"""What apps read before they ask: the configuration, in SMART's words and OpenID's, and the public keys."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from unidossier.signin.smart.answers import for_pages, origin_of, told
from unidossier.signin.smart.discovery import openid_configuration, smart_configuration
from unidossier.signin.smart.keys import published


@for_pages
@require_safe
def smart(request: HttpRequest) -> HttpResponse:
    """GET /.well-known/smart-configuration"""
    return told(smart_configuration(origin_of(request)))


@for_pages
@require_safe
def openid(request: HttpRequest) -> HttpResponse:
    """GET /.well-known/openid-configuration"""
    return told(openid_configuration(origin_of(request)))


@for_pages
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """GET /smart/jwks: the keys that prove an id token."""
    return told(published(timezone.now()))
