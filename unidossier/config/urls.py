"""Every address of the portals. The FHIR API has its own process (exchange/fhir/app.py)."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("unidossier.signin.urls")),
    path("", include("unidossier.signin.smart.urls")),
    *(path(f"{face}/", include(f"unidossier.portals.{face}.urls")) for face in settings.FACES),
    path("account/", include("unidossier.portals.consult.urls_register")),
    path("figures/", include("unidossier.portals.shared.urls_figures")),
    path("design/", include("unidossier.portals.shared.views_living")),
]
if settings.DEMO_FLAG:  # and each page asks for the mark in the database, as the one-click sign-in does
    urlpatterns += [
        path("apps/", include("unidossier.demo.apps.urls")),
        path("mailbox/", include("unidossier.demo.mailbox.urls")),
        path("federal/", include("unidossier.demo.federal.urls")),
    ]

handler400 = "unidossier.config.errors.bad_request"
handler403 = "unidossier.config.errors.forbidden"
handler404 = "unidossier.config.errors.not_found"
handler429 = "unidossier.config.errors.too_many"
handler500 = "unidossier.config.errors.fault"
