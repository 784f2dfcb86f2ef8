"""What must not get into the logs."""

import logging
import re
from typing import Any

TOKEN = re.compile(r"(/c/|/calendar/|/password/reset/key/[0-9A-Za-z]+-)[\w-]{20,}")


class WithoutTokens(logging.Filter):
    """Writes personal links without their token: who reads the logs must not answer for a customer or sign in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_token(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(without_token(value) for value in record.args)
        return True


def without_token(value: Any) -> Any:
    """Return a text with a placeholder for each token, and anything else as it is."""
    return TOKEN.sub(r"\1[token]", value) if isinstance(value, str) else value
