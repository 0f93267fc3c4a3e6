"""Addresses of the pages about where notices of subscriptions may be sent."""

from django.urls import path

from unidossier.portals.desk import views_addresses as views

urlpatterns = [
    path("addresses/", views.addresses, name="addresses"),
    path("addresses/allow/", views.allow, name="allow-address"),
    path("addresses/<uuid:address>/end/", views.disallow, name="end-address"),
]
