"""Address of the explanation of one patient's accesses."""

from django.urls import path

from unidossier.portals.desk import views_who_sees

urlpatterns = [path("patient/<uuid:patient>/who-sees/", views_who_sees.who_sees, name="who-sees")]
