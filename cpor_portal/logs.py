"""How log lines look, and what must not get into them.

A line knows the request or the task in which it was written. No line holds the token of a personal link or an e-mail
address, not even in the traceback of somebody else's library.
"""

import logging
import re
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

TOKEN = re.compile(r"(/c/|/calendar/|/password/reset/key/[0-9A-Za-z]+-)[\w-]{20,}")
ADDRESS = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")


class WithoutTokens(logging.Filter):
    """Writes personal links without their token: who reads the logs must not answer for a customer or sign in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = discreet(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(discreet(value) for value in record.args)
        return True


class Line(logging.Formatter):
    """One line for a person to read."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return str(discreet(super().format(record)))


class Json(ProcessorFormatter):
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
