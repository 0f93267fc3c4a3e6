"""Address of the mailbox. Routed in the demonstration alone (config/urls.py)."""

from django.urls import path

from unidossier.demo.mailbox.views import mailbox

urlpatterns = [path("", mailbox, name="mailbox")]
