"""The Celery application. Workers and the beat find its tasks and schedule in `cpor_portal.tasks`."""

import os
from importlib import import_module
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init
from kombu.transport import TRANSPORT_ALIASES

from operations.warm_up import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")

TRANSPORT_ALIASES["filesystem"] = "operations.broker:Transport"
TRANSPORT_ALIASES["redis"] = "operations.broker:RedisTransport"

app = Celery("cpor_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def warm_up_worker(**signal: Any) -> None:
    """Warm up before the worker forks its children, so that they share what is loaded."""
    # Known only once Django is set up.
    import_module("associations.services.files.sealing").warm_up()
    warm_up()


@task_prerun.connect
def bind_task(task_id: str, **signal: Any) -> None:
    """Let the log lines of a task say which run they belong to."""
    structlog.contextvars.bind_contextvars(task_id=task_id)


@task_postrun.connect
def unbind_task(**signal: Any) -> None:
    structlog.contextvars.unbind_contextvars("task_id")
