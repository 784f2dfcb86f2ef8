"""A mail of two bodies as it travels, written in one go.

Python's own generator copies such a message line by line through three buffers and looks all of it through for a
boundary that does not occur, which takes as long as rendering it. The header fields are Django's all the same.
"""

from email.header import Header
from email.utils import formatdate
from quopri import encodestring
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers

CHARSET = "utf-8"
# RFC 5322 2.1.1: what a line should not exceed, and what it must not.
HEADER_WIDTH, LONGEST_LINE = 78, 998


def on_the_wire(message: EmailMultiAlternatives) -> bytes:
    """Return a message of a text and one alternative as it follows DATA, with the lone dot at its end and no other.

    A body whose last line has no end gets one. Raise ValueError for a header that would break out of its line.
    """
    boundary = uuid4().hex
    html, kind = message.alternatives[0]
    lines = [
        f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode(),
        b"MIME-Version: 1.0",
        *(field(name, value) for name, value in header_of(message).items() if value),
        b"",
        *part("text/plain", str(message.body), boundary=boundary),
        *part(str(kind), str(html), boundary=boundary),
        f"--{boundary}--".encode(),
        b".\r\n",
    ]
    return b"\r\n".join(lines)


def header_of(message: EmailMultiAlternatives) -> dict[str, str]:
    return {
        "Subject": message.subject,
        "From": message.from_email,
        "To": ", ".join(message.to),
        "Cc": ", ".join(message.cc),
        "Reply-To": ", ".join(message.reply_to),
        "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
        **message.extra_headers,
    }


def field(name: str, value: str) -> bytes:
    """Return one header field, folded where it is long."""
    name, value = forbid_multi_line_headers(name, value, CHARSET)
    if len(name) + len(value) + 2 > HEADER_WIDTH:
        value = Header(value, header_name=name).encode(linesep="\r\n")
    return f"{name}: {value}".encode("ascii")


def part(kind: str, text: str, *, boundary: str) -> list[bytes]:
    """Return the lines of one body, between its boundary and the next."""
    content, encoding = text.encode(CHARSET), "7bit" if text.isascii() else "8bit"
    if any(len(line) > LONGEST_LINE for line in content.splitlines()):
        content, encoding = encodestring(content), "quoted-printable"
    lines = [b"." + line if line.startswith(b".") else line for line in content.splitlines()]
    return [
        f"--{boundary}".encode(),
        f'Content-Type: {kind}; charset="{CHARSET}"'.encode(),
        f"Content-Transfer-Encoding: {encoding}".encode(),
        b"",
        *lines,
        b"",
    ]
