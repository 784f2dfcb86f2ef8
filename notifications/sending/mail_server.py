"""Sends emails to the mail server over one SMTP connection, and tells its refusals apart.

Django's SMTP backend opens and closes the connection. MAIL, RCPT and DATA are sent here, because `smtplib.sendmail`
can't send ORCPT or stop when everybody in To is refused (ADR 22).
"""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend

from notifications.clean_text import decoded, one_line

# RFC 5321 3.8: the server closes the connection, often just because it has served enough emails.
SERVICE_CLOSING = 421
RECIPIENT_ACCEPTED = (250, 251)
ACCEPTED = 250

# RFC 3463: the status codes that a server's words begin with, and those about a sender or about a rule of the server.
ENHANCED_CODE = re.compile(r"\b5\.(\d{1,3}\.\d{1,3})\b")
SENDER_CODE = re.compile(r"0\.\d+|1\.[789]|1\.0|2\.252|7\.\d+")
LONGEST_REPLY = 2000
LONGEST_ENVELOPE_ID = 100
NOT_XTEXT = re.compile(r"[^!-*,-<>-~]")


class TemporaryTrouble(Exception):
    """The email may go out later: SMTP 4xx, a lost connection, a broken template."""


class SenderTrouble(TemporaryTrouble):
    """The email waits until somebody corrects our own address: it isn't valid, or the mail server refuses it.

    Such an attempt doesn't count, so no email is given up for it.
    """


class EmailRefused(Exception):
    """The email will never go out: SMTP 5xx, or an address that no email can be sent to."""


@dataclass(frozen=True, slots=True)
class SentEmail:
    """The server's replies for refused recipients, and whether the email left from an envelope address of its own."""

    refusals: str = ""
    has_own_envelope: bool = False


class MailServer:
    """One connection for a whole batch: opened for the first email, and again after it was lost.

    ``envelope_refusal`` is the server's reply to an email's own envelope address, if it accepted that email from the
    plain one. ``took_own_envelope`` says that it accepted an email from an address of its own.
    """

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.unreachable = ""
        self.envelope_refusal = ""
        self.took_own_envelope = False

    def send(self, message: EmailMultiAlternatives, *, sender: str, plain_sender: str) -> SentEmail:
        """Send *message* from *sender*, or from *plain_sender* if the server refuses the first.

        Servers check the sender after MAIL, RCPT or DATA, and don't all say what they refuse. If they accept the same
        email from the plain address, then the sender was the reason. Raise EmailRefused or TemporaryTrouble unless the
        server accepts somebody in To; then nobody in Cc gets the email either.
        """
        if not isinstance(self.backend, SMTPBackend):
            self.backend.send_messages([message])
            return SentEmail()
        if self.envelope_refusal or sender == plain_sender:
            return SentEmail(self.send_from(plain_sender, message))
        try:
            refusals = self.send_from(sender, message)
        except (SenderTrouble, EmailRefused) as refusal:
            if not may_be_about_sender(refusal):
                raise
            refusals = self.send_from(plain_sender, message)
            self.envelope_refusal = str(refusal)
            return SentEmail(refusals)
        self.took_own_envelope = True
        return SentEmail(refusals, has_own_envelope=True)

    def send_from(self, sender: str, message: EmailMultiAlternatives) -> str:
        """Send the message, and return the server's replies for refused recipients.

        Raise EmailRefused or TemporaryTrouble. The connection is ready for the next email in any case. A line
        break in a header is a ValueError.
        """
        content = cast(Any, message.message()).as_bytes(linesep="\r\n")
        try:
            session = self.begin(sender, message, size=len(content))
            refusals = name_recipients(session, message)
            code, reply = session.data(content)
            if code != ACCEPTED:
                raise smtplib.SMTPDataError(code, reply)
        except (EmailRefused, TemporaryTrouble):
            self.reset()
            raise
        except smtplib.SMTPDataError as error:
            self.reset()
            kind = EmailRefused if error.smtp_code >= 500 else TemporaryTrouble
            raise kind(said("DATA", error.smtp_code, error.smtp_error)) from error
        except OSError as error:
            self.drop()
            raise TemporaryTrouble(f"{type(error).__name__}: {error}") from error
        return refusals

    def begin(self, sender: str, message: EmailMultiAlternatives, *, size: int) -> smtplib.SMTP:
        """Return a session that accepted the sender, over a new connection if the server closed the old one."""
        code, reply = SERVICE_CLOSING, b""
        if self.backend.connection is not None:
            with suppress(smtplib.SMTPServerDisconnected):
                code, reply = name_sender(self.backend.connection, sender, message, size=size)
        if code == SERVICE_CLOSING:
            self.drop()
            self.connect()
            code, reply = name_sender(self.backend.connection, sender, message, size=size)
        if code != ACCEPTED:
            # Even a 5xx is temporary: it is about our own address, which somebody can correct, not about the reader's.
            raise (TemporaryTrouble if code == SERVICE_CLOSING else SenderTrouble)(said(sender, code, reply))
        session: smtplib.SMTP = self.backend.connection
        return session

    def connect(self) -> None:
        """Open a connection; after one failure the rest of the batch doesn't wait for another time-out."""
        if self.unreachable:
            raise TemporaryTrouble(self.unreachable)
        try:
            self.backend.open()
        except OSError as error:
            self.unreachable = f"The mail server cannot be reached. {type(error).__name__}: {error}"
            raise TemporaryTrouble(self.unreachable) from error

    def reset(self) -> None:
        """Make the connection ready for the next email, or drop it."""
        if self.backend.connection is None:
            return
        with suppress(OSError):
            if self.backend.connection.rset()[0] == ACCEPTED:
                return
        self.drop()

    def drop(self) -> None:
        """Close a connection that is of no more use, without QUIT."""
        if self.backend.connection is not None:
            self.backend.connection.close()
            self.backend.connection = None

    def close(self) -> None:
        """Close the connection; every email is marked by now, so a server that doesn't answer changes nothing."""
        with suppress(OSError):
            self.backend.close()


def name_sender(
    session: smtplib.SMTP, sender: str, message: EmailMultiAlternatives, *, size: int
) -> tuple[int, bytes]:
    """Begin an email with MAIL, and return the server's reply."""
    session.ehlo_or_helo_if_needed()
    options = [f"SIZE={size}"] if session.has_extn("size") else []
    envelope_id = xtext(str(message.extra_headers["Message-ID"]).strip("<>"))
    if session.has_extn("dsn") and len(envelope_id) <= LONGEST_ENVELOPE_ID:
        options.append(f"ENVID={envelope_id}")
    return session.mail(sender, options)


def name_recipients(session: smtplib.SMTP, message: EmailMultiAlternatives) -> str:
    """Send RCPT for each recipient, and return the server's replies for those it refused.

    Raise EmailRefused or TemporaryTrouble if it refused everybody in To. With ORCPT, delivery reports name the address
    we wrote to, also after the email was forwarded to another one.
    """
    refusals = {}
    for address in dict.fromkeys(message.recipients()):
        code, reply = session.rcpt(address, [f"ORCPT=rfc822;{xtext(address)}"] if session.has_extn("dsn") else [])
        if code not in RECIPIENT_ACCEPTED:
            refusals[address] = code, said(address, code, reply)
    words = "\n".join(line for _, line in refusals.values())
    if not refusals.keys() >= set(message.to):
        return words
    raise (EmailRefused if all(refusals[address][0] >= 500 for address in message.to) else TemporaryTrouble)(words)


def xtext(text: str) -> str:
    """Return *text* encoded as a parameter of SMTP (RFC 3461, section 4)."""
    return NOT_XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text)


def may_be_about_sender(refusal: Exception) -> bool:
    """Return whether a server's reply may be about the sender: it gives no other reason (RFC 3463)."""
    if isinstance(refusal, SenderTrouble):
        return True
    reasons = ENHANCED_CODE.findall(str(refusal))
    return not reasons or any(SENDER_CODE.fullmatch(reason) for reason in reasons)


def said(about: str, code: int, reply: bytes | str) -> str:
    """Return a server's reply as one line for people; it is in ASCII or in UTF-8 (RFC 6531), or should be."""
    words = decoded(reply) if isinstance(reply, bytes) else reply
    return one_line(f"{about}: {code} {words}", longest=LONGEST_REPLY)
