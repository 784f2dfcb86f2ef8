"""A mail server that speaks real SMTP and misbehaves on demand, and emails with templates of their own."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


class Protocol(SMTP):
    """The server's side of SMTP, with the parameters of DSN (RFC 3461), and with refusals of the DATA command."""

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        return super()._getparams([each for each in params if not each.startswith(("ENVID=", "ORCPT="))])

    async def smtp_DATA(self, arg: str) -> None:
        replies = cast(MailServer, self.event_handler).data_command_replies
        if replies:
            await self.push(replies.pop(0))
        else:
            await super().smtp_DATA(arg)


class SmtpController(Controller):
    def factory(self) -> SMTP:
        return Protocol(self.handler, **self.SMTP_kwargs)


class MailServer:
    """Accepts emails over real SMTP; what it refuses is set by the test."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.envelope_senders: list[str] = []
        self.contents: list[bytes] = []
        self.mail_options: list[list[str]] = []
        self.recipient_options: list[list[str]] = []
        self.knows_dsn = False
        self.connections = 0
        self.sender_reply = "250 OK"
        # What it says to a mail from an address of its own: to its sender, its recipients or its content.
        self.own_sender_reply = self.own_recipient_reply = self.own_content_reply = "250 OK"
        self.recipient_replies: dict[str, str] = {}
        self.data_replies: list[str] = []
        self.data_command_replies: list[str] = []
        self.closes_before_mail: set[int] = set()
        self.drops_before_mail: set[int] = set()
        self.mails_begun = 0

    @property
    def recipients(self) -> list[list[str]]:
        return [recipients for recipients, _ in self.received]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return [responses[0], "250-DSN", *responses[1:]] if self.knows_dsn else responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mails_begun += 1
        if self.mails_begun in self.closes_before_mail:
            return "421 Enough for today"
        if self.mails_begun in self.drops_before_mail:
            drop(server)
        reply = self.own_sender_reply if "+" in address else self.sender_reply
        if reply.startswith("250"):
            envelope.mail_from = address
            self.mail_options.append([option for option in options if not option.startswith("SIZE=")])
        return reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        otherwise = self.own_recipient_reply if "+" in str(envelope.mail_from) else "250 OK"
        reply = self.recipient_replies.get(address, otherwise)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipient_options.append(options)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        otherwise = self.own_content_reply if "+" in str(envelope.mail_from) else "250 OK"
        reply = self.data_replies.pop(0) if self.data_replies else otherwise
        assert isinstance(envelope.content, bytes)
        if reply.startswith("250") or reply == "hang up":
            message = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
            self.envelope_senders.append(str(envelope.mail_from))
            self.contents.append(envelope.content)
            self.received.append((list(envelope.rcpt_tos), message))
        if reply == "hang up":
            drop(server)
        return reply


def drop(server: SMTP) -> None:
    """Close the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server on a free port, which Django's SMTP backend is told to use."""
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = SmtpController(server, hostname="127.0.0.1", port=port)
    controller.start()
    server.connections = 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_TIMEOUT = 5
    yield server
    controller.stop()


@pytest.fixture(autouse=True)
def mail_templates(settings: Settings) -> None:
    """Render emails of the tests' own, inside the portal's frame."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [Path(__file__).parent / "templates", *engine["DIRS"]]}]
    settings.PORTAL_URL = "https://portal.example"
