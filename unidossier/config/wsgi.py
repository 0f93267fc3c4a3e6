"""The portals as a WSGI application."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unidossier.config.settings")
application = get_wsgi_application()

# What is loaded now stays until the end. The collector would look through all of it again and again: a tenth of every request.
_ = get_resolver().url_patterns  # the pages too, instead of at the first request
gc.collect()
gc.freeze()
