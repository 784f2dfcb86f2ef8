"""Formats of log lines, and the filter that keeps secrets out of them.

A line names the request or the task that wrote it. No line holds the token of a personal link or an email address, not
even in the traceback of a library.
"""

import logging
import re
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

TOKEN = re.compile(r"(/c/|/customers/requests/link/|/calendar/|/password/reset/key/[0-9A-Za-z]+-)[\w-]{20,}")
ADDRESS = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")

# Where Django logs every SuspiciousOperation, with a traceback.
FAULTS_OF_VISITORS = "django.security."


class WithoutTokens(logging.Filter):
    """Removes the token of personal links: nobody can answer for a customer, or sign in, with what is in the logs.

    A visitor's mistake, such as asking for another host, is one line: a traceback would name only our own code.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(FAULTS_OF_VISITORS):
            record.exc_info = record.exc_text = None
        record.msg = discreet(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(discreet(value) for value in record.args)
        return True


class LineFormatter(logging.Formatter):
    """One line for a person to read."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return str(discreet(super().format(record)))


class JsonFormatter(ProcessorFormatter):
    """One JSON object per line, with ``request_id`` or ``task_id`` where there is one."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                exception_of_record,
            ],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                discreet_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )


def exception_of_record(logger: Any, method: str, event: EventDict) -> EventDict:
    """Hand on the exception that a line of the standard library carries."""
    exception = event["_record"].exc_info
    return {**event, "exc_info": exception} if exception else event


def discreet_values(logger: Any, method: str, event: EventDict) -> EventDict:
    return {key: discreet(value) for key, value in event.items()}


def discreet(value: Any) -> Any:
    """Return a text with a placeholder for each token and address, and anything else as it is."""
    return ADDRESS.sub("[address]", TOKEN.sub(r"\1[token]", value)) if isinstance(value, str) else value


def logging_by(formatter: str, *, level: str, logs_requests: bool) -> dict[str, Any]:
    """Return Django's LOGGING: lines by the *formatter* `line` or `json`, from *level* on.

    Without *logs_requests* a request leaves a line only when it fails.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_tokens": {"()": WithoutTokens}},
        "formatters": {"line": {"()": LineFormatter}, "json": {"()": JsonFormatter}},
        "handlers": {
            # The libraries give their own loggers levels, which the root's does not change: the handler has one too.
            "console": {
                "class": "logging.StreamHandler",
                "formatter": formatter,
                "filters": ["without_tokens"],
                "level": level,
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING", "filters": ["without_tokens"]},
            "operations.request_log": {"level": level if logs_requests else "WARNING"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            # It logs each format that it tries, and a traceback for each that a mangled report breaks.
            "flufl.bounce": {"level": "CRITICAL"},
        },
    }
