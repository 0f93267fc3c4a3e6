"""Addresses of who has no account yet: outside every face, open to whoever comes (CON-2)."""

from django.urls import path

from unidossier.portals.consult.views_register import register, registered

urlpatterns = [
    path("", register, name="register"),
    path("sent/", registered, name="registered"),
]
