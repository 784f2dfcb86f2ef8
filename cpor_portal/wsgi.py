"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from cpor_portal.settling import settle_in

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")

application = get_wsgi_application()
settle_in()
