"""The Celery application. Tasks are found by name from ``CELERY_BEAT_SCHEDULE``; nothing imports them."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init
from kombu.transport import TRANSPORT_ALIASES

from cpor_portal.settling import settle_in

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")

TRANSPORT_ALIASES["filesystem"] = "cpor_portal.broker:Transport"
TRANSPORT_ALIASES["redis"] = "cpor_portal.broker:RedisTransport"

app = Celery("cpor_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def start_settled(**signal: Any) -> None:
    """Do it before the processes are forked, which then share what is loaded."""
    settle_in()


@task_prerun.connect
def bind_task(task_id: str, **signal: Any) -> None:
    """Let the log lines of a task say which run they belong to."""
    structlog.contextvars.bind_contextvars(task_id=task_id)


@task_postrun.connect
def unbind_task(**signal: Any) -> None:
    structlog.contextvars.unbind_contextvars("task_id")
