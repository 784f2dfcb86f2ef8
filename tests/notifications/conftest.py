"""A mail server that speaks real SMTP and misbehaves on demand, and mails with templates of their own."""

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


class MailServer:
    """Takes mails over real SMTP; what it refuses is set by the test."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.envelope_senders: list[str] = []
        self.connections = 0
        self.sender_reply = "250 OK"
        self.recipient_replies: dict[str, str] = {}
        self.data_replies: list[str] = []
        self.hangs_up_before_mail: set[int] = set()
        self.mails_begun = 0

    @property
    def recipients(self) -> list[list[str]]:
        return [recipients for recipients, _ in self.received]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mails_begun += 1
        if self.mails_begun in self.hangs_up_before_mail:
            return "421 Enough for today"
        envelope.mail_from = address
        return self.sender_reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.recipient_replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.data_replies.pop(0) if self.data_replies else "250 OK"
        assert isinstance(envelope.content, bytes)
        if reply.startswith("250") or reply == "hang up":
            message = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
            self.envelope_senders.append(str(envelope.mail_from))
            self.received.append((list(envelope.rcpt_tos), message))
        if reply == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return reply


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server on a free port, which Django's SMTP backend is told to use."""
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
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
    """Render mails of the tests' own, inside the portal's frame."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [Path(__file__).parent / "templates", *engine["DIRS"]]}]
    settings.PORTAL_URL = "https://portal.example"
