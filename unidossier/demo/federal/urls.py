"""Address of the stand-in's page. Routed in the demonstration alone (config/urls.py)."""

from django.urls import path

from unidossier.demo.federal.views import end, exclude, mood, page, take_over_now

app_name = "federal"
urlpatterns = [
    path("", page, name="page"),
    path("exclude/", exclude, name="exclude"),
    path("end/", end, name="end"),
    path("mood/", mood, name="mood"),
    path("now/", take_over_now, name="now"),
]
