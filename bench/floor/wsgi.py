"""The WSGI entry point of the floor."""

import gc

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
gc.freeze()  # as the portal does
