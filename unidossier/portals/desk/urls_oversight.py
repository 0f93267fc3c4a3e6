"""Addresses of the ombuds service, the medical director and the data protection officer."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
