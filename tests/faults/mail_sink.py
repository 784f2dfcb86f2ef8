"""A mail server on loopback that counts what it took, by Message-ID, and treats some mailboxes worse than others."""

import asyncio
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.ports import free_port


class MailSink:
    """Takes every mail, except as `refusals` (by mailbox), `drops_after` and `slow` (by their recipients) say."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.taken: Counter[str] = Counter()
        self.messages: list[tuple[str, EmailMessage]] = []
        self.refusals: dict[str, str] = {}
        self.drops_after: set[str] = set()
        self.slow: dict[str, float] = {}

    def open(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        self.controller.stop()

    @property
    def total(self) -> int:
        return self.taken.total()

    def has_taken(self, count: int) -> bool:
        return self.total >= count

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.refusals.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
        recipient = envelope.rcpt_tos[0]
        if recipient in self.slow:
            await asyncio.sleep(self.slow[recipient])
        self.taken[str(message["Message-ID"])] += 1
        self.messages.append((recipient, message))
        if recipient in self.drops_after:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"
