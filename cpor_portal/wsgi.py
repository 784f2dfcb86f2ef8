"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from operations.warm_up import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")

application = get_wsgi_application()
warm_up()
