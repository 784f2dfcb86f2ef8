"""A mail as a server reads it after DATA."""

import re
from typing import cast

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart

LINE_END = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def on_the_wire(message: EmailMultiAlternatives) -> bytes:
    """Return *message* with its dots doubled and a lone one at its end (RFC 5321 4.5.2).

    Raise ValueError for a header that would break out of its line.
    """
    content = LINE_END.sub(b"\r\n", cast(SafeMIMEMultipart, message.message()).as_bytes())
    return LEADING_DOT.sub(b"..", content) + b".\r\n"
