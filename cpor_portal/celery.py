"""The Celery application. Tasks are found by name from ``CELERY_BEAT_SCHEDULE``; nothing imports them."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")

TRANSPORT_ALIASES["filesystem"] = "cpor_portal.broker:Transport"

app = Celery("cpor_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
