"""The ASGI application that `oak serve` runs."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "charteroak.site.settings")
application = get_asgi_application()
