"""Addresses of the print queue, and of the state of the federal platform's feed."""

from django.urls import path

from unidossier.portals.desk import views_federal, views_letters

urlpatterns = [
    path("letters/", views_letters.letters, name="letters"),
    path("letters/print/", views_letters.print_, name="print-letters"),
    path("letters/post/", views_letters.post, name="post-letters"),
    path("federal/", views_federal.federal, name="federal"),
]
