"""Due mails leave the outbox: claim, render, send, mark. At least once, never in the caller's transaction.

A mail whose worker dies between the server's yes and our mark is sent again, with the same Message-ID.
"""

import logging
import re
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.db.models import F
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from notifications.models import EmailStatus, OutboxEmail
from notifications.wire import on_the_wire

logger = logging.getLogger(__name__)

# Greylisting lets go after minutes, a restart takes seconds: the first tries come quickly, then hourly for two days.
RETRY_AFTER = (*(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30)), *[timedelta(hours=1)] * 47)
MAX_ATTEMPTS = len(RETRY_AFTER) + 1

# Few enough that several workers share what is due, and enough that a connection and a claim are worth their while.
BATCH = 50

# Well under the lease, so that no other worker takes over a mail that merely waits its turn behind a slow server.
BATCH_SECONDS = 120

# Stands for the personal link while a mail is rendered: what is kept is made from this text and never held the secret.
SECRET_PLACEHOLDER = "https://personal-link.invalid/kept-out-of-the-outbox/"  # noqa: S105

# RFC 5321 3.8: the server closes the connection, often just because it has served enough mails.
SERVICE_CLOSING = 421
RECIPIENT_ACCEPTED = (250, 251)
GO_AHEAD = 354
TAKEN = 250

# What a tag or an empty block leaves behind in a text.
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


class TemporaryTrouble(Exception):
    """The mail may go out later: SMTP 4xx, a lost connection, an unfinished template."""


class MailRefused(Exception):
    """The mail will never go out: SMTP 5xx, an address nobody can send to."""


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of the mails of one run."""

    sent: int = 0
    retried: int = 0
    failed: int = 0

    @property
    def tried(self) -> int:
        return self.sent + self.retried + self.failed


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """A mail in its reader's language, with a placeholder where the personal link goes."""

    subject: str
    text: str
    html: str

    def with_link(self, link: str) -> "RenderedEmail":
        """Return the mail with *link* in place of the placeholder."""
        return RenderedEmail(
            subject=self.subject.replace(SECRET_PLACEHOLDER, link),
            text=self.text.replace(SECRET_PLACEHOLDER, link),
            html=self.html.replace(SECRET_PLACEHOLDER, escape(link)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is ready to leave: what it says, from and to whom on the wire, and its bytes."""

    rendered: RenderedEmail
    message: EmailMultiAlternatives
    sender: str
    envelope: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Introduction:
    """A letter that the server is willing to read, and what it said of those in it whom it refused."""

    letter: Letter
    refusals: str


# Writes the outcome of one mail, and returns it.
Mark = Callable[[], EmailStatus]


def deliver_due_emails(*, now: datetime, limit: int = BATCH) -> DeliveryCounts:
    """Send up to *limit* due mails over one connection, and return how many were sent, put back and given up.

    1. Mails whose worker died in flight are queued again.
    2. Due mails are claimed in a short transaction; workers skip each other's.
    3. Each is sent and marked before a word of the next is sent, so a kill loses the mark of at most one. ``sent_at``
       is *now*. No time is lost waiting: while the server reads one mail, the next is made; while the database keeps
       the mark, another thread tells the server from whom and to whom the next is.
    4. What a slow server left no time for goes back untried.
    """
    server = MailServer()
    recover_stuck_emails(now=now)
    emails = claim_due_emails(now=now, limit=limit)
    if not emails:
        return DeliveryCounts()
    outcomes: Counter[EmailStatus] = Counter()
    started = time.monotonic()
    letters = Letters(emails)
    mark_last: Mark | None = None
    try:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="introductions") as introductions:
            while emails and time.monotonic() - started < BATCH_SECONDS:
                email, letter = emails[-1], letters.of_the_next()
                introduction = introductions.submit(server.introduce, letter, to=email.to)
                if mark_last:
                    outcomes[mark_last()] += 1
                emails.pop()
                mark_last = deliver(email, introduction, server=server, meanwhile=letters.make_ahead, now=now)
            if mark_last:
                outcomes[mark_last()] += 1
    finally:
        server.close()
        release(emails)
    return DeliveryCounts(
        sent=outcomes[EmailStatus.SENT], retried=outcomes[EmailStatus.QUEUED], failed=outcomes[EmailStatus.FAILED]
    )


def recover_stuck_emails(*, now: datetime) -> None:
    """Queue mails again whose worker died; give up one that has used all its attempts."""
    stuck = OutboxEmail.objects.stuck(now)
    stuck.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=EmailStatus.FAILED, sending_since=None, secret="", last_error="The worker died at every attempt."
    )
    stuck.update(status=EmailStatus.QUEUED, sending_since=None)


@transaction.atomic
def claim_due_emails(*, now: datetime, limit: int) -> list[OutboxEmail]:
    """Mark up to *limit* due mails as in flight, and return them, the longest due last."""
    due = OutboxEmail.objects.due(now).select_for_update(skip_locked=True)
    emails = list(due.order_by("due_at", "pk")[:limit])
    claimed = OutboxEmail.objects.filter(pk__in=[email.pk for email in emails])
    # The attempt counts from here: a mail that kills its worker every time must come to an end, too.
    claimed.update(status=EmailStatus.SENDING, sending_since=now, attempts=F("attempts") + 1)
    for email in emails:
        email.status, email.sending_since, email.attempts = EmailStatus.SENDING, now, email.attempts + 1
    return emails[::-1]


def release(emails: list[OutboxEmail]) -> None:
    """Put claimed mails back that were not tried."""
    for email in emails:
        mark(email, status=EmailStatus.QUEUED, attempts=email.attempts - 1)


class Letters:
    """The letters of a batch, each made once: ahead of its turn, or when it comes."""

    def __init__(self, emails: list[OutboxEmail]) -> None:
        self.emails = emails
        self.ahead: Future[Letter] | None = None

    def of_the_next(self) -> "Future[Letter]":
        letter, self.ahead = self.ahead or attempt(self.emails[-1]), None
        return letter

    def make_ahead(self) -> None:
        if self.emails:
            self.ahead = attempt(self.emails[-1])


def attempt(email: OutboxEmail) -> "Future[Letter]":
    """Make the letter of a mail now; what comes of it, or what went wrong, is told when its turn has come."""
    letter: Future[Letter] = Future()
    try:
        letter.set_result(make_letter(email))
    except Exception as error:
        letter.set_exception(error)
    return letter


def deliver(
    email: OutboxEmail,
    introduction: "Future[Introduction]",
    *,
    server: "MailServer",
    meanwhile: Callable[[], None],
    now: datetime,
) -> Mark:
    """Send one claimed mail that is being introduced, and return what marks it; its trouble stays its own."""
    try:
        introduced = introduction.result()
        server.hand_over(introduced.letter, meanwhile=meanwhile)
    except MailRefused as refusal:
        return partial(mark_failed, email, error=str(refusal))
    except TemporaryTrouble as trouble:
        return partial(mark_for_retry, email, error=str(trouble), now=now)
    except Exception as error:
        # Whatever one template or address does must not keep the others from going out.
        logger.exception("The mail %s could not be made or handed over.", email.key)
        return partial(mark_for_retry, email, error=f"{type(error).__name__}: {error}", now=now)
    return partial(mark_sent, email, rendered=introduced.letter.rendered, note=introduced.refusals, now=now)


def mark_sent(email: OutboxEmail, *, rendered: RenderedEmail, note: str, now: datetime) -> EmailStatus:
    """Keep what was sent, without the personal link."""
    with translation.override(email.locale):
        kept = rendered.with_link(_("[personal link removed]"))
    return mark(
        email,
        status=EmailStatus.SENT,
        sent_at=now,
        secret="",
        last_error=note,
        subject=kept.subject,
        text=kept.text,
        html=kept.html,
    )


def mark_for_retry(email: OutboxEmail, *, error: str, now: datetime) -> EmailStatus:
    """Queue the mail for its next attempt, or give it up after the last."""
    if email.attempts >= MAX_ATTEMPTS:
        return mark_failed(email, error=error)
    return mark(email, status=EmailStatus.QUEUED, due_at=now + RETRY_AFTER[email.attempts - 1], last_error=error)


def mark_failed(email: OutboxEmail, *, error: str) -> EmailStatus:
    """Give the mail up and forget its personal link."""
    # What the server said names people, and is kept on the row.
    logger.warning("The mail %s failed at attempt %d.", email.key, email.attempts)
    return mark(email, status=EmailStatus.FAILED, secret="", last_error=error)


def mark(email: OutboxEmail, *, status: EmailStatus, **facts: Any) -> EmailStatus:
    """Write the outcome of a mail that is still ours, and return it."""
    ours = OutboxEmail.objects.filter(pk=email.pk, status=EmailStatus.SENDING, sending_since=email.sending_since)
    if not ours.update(status=status, sending_since=None, **facts):
        logger.warning("The mail %s was taken over before it could be marked %s.", email.key, status)
    return status


def make_letter(email: OutboxEmail) -> Letter:
    """Return a mail as it goes over the wire, without a word to the database; raise MailRefused for a bad address."""
    rendered = render(email)
    message = message_for(email, rendered.with_link(settings.PORTAL_URL + email.secret))
    try:
        sender = sender_of(settings.BOUNCE_ADDRESS or message.from_email)
        envelope = {address: sanitize_address(address, "utf-8") for address in message.recipients()}
    except ValueError as error:
        raise MailRefused(str(error)) from error
    content = on_the_wire(message)
    return Letter(rendered=rendered, message=message, sender=sender, envelope=envelope, content=content)


@lru_cache(maxsize=1)
def sender_of(address: str) -> str:
    """Return our own address as it stands on an envelope; it is the same for every mail, and reading it takes long."""
    return sanitize_address(address, "utf-8")


def render(email: OutboxEmail) -> RenderedEmail:
    """Return the mail in its language and zone, with the placeholder for the personal link."""
    zone = email.context.get("zone")
    with translation.override(email.locale), timezone.override(ZoneInfo(zone) if zone else None):
        context = {
            **timely(email.context),
            "portal_url": settings.PORTAL_URL,
            "secret_link": SECRET_PLACEHOLDER if email.secret else "",
        }
        subject = " ".join(rendered_part(email, "subject.txt", context).split())
        context["subject"] = subject
        return RenderedEmail(
            subject=subject,
            text=BLANK_LINES.sub("\n\n", rendered_part(email, "body.txt", context)),
            html=rendered_part(email, "body.html", context),
        )


def rendered_part(email: OutboxEmail, name: str, context: Mapping[str, Any]) -> str:
    """Return one template of the mail, escaped only where HTML needs it."""
    template = Engine.get_default().get_template(f"emails/{email.template}/{name}")
    return template.render(Context(dict(context), autoescape=name.endswith(".html"))).strip() + "\n"


def timely(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return *context* with instants for its ``_at`` values and dates for its ``_on`` values, at any depth."""
    return {name: timely_value(name, value) for name, value in context.items()}


def timely_value(name: str, value: Any) -> Any:
    """Return what a template gets for one plain value; raise ValueError for an ``_at`` or ``_on`` that is not ISO."""
    if isinstance(value, dict):
        return timely(value)
    if isinstance(value, list):
        return [timely_value(name, item) for item in value]
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value)
    return value


def message_for(email: OutboxEmail, rendered: RenderedEmail) -> EmailMultiAlternatives:
    """Return the message with both bodies and the headers that keep robots from answering it."""
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        to=email.to,
        cc=email.cc,
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={
            "Message-ID": email.message_id,
            "Content-Language": email.locale,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    return message


class MailServer:
    """One connection for a whole batch: opened with the first mail, opened again after it dropped.

    Django's SMTP backend does not tell who was refused while somebody else was accepted, and a notice that only its Cc
    got must not count as sent. So its connection is used, and the conversation held here.
    """

    def __init__(self) -> None:
        self.backend = get_connection()
        self.unreachable = ""
        # It would take a goodbye for the content of a mail.
        self.is_listening = False

    def introduce(self, letter: "Future[Letter]", *, to: list[str]) -> Introduction:
        """Say from whom and to whom a mail is, up to the point where nothing but its content is left to send.

        Raise MailRefused or TemporaryTrouble unless the server takes one of *to*; then nobody in Cc gets the mail
        either. Raise what kept the letter from being made.
        """
        made = letter.result()
        if not isinstance(self.backend, SMTPBackend):
            return Introduction(made, refusals="")
        with self.ready_again(self.backend):
            session = self.begin(self.backend, sender=made.sender, size=len(made.content))
            refusals = name_recipients(session, made.envelope, to=to)
            expect(GO_AHEAD, session.docmd("DATA"))
        self.is_listening = True
        return Introduction(made, refusals=refusals)

    def hand_over(self, letter: Letter, *, meanwhile: Callable[[], None]) -> None:
        """Send the content, and call *meanwhile* while the server reads; raise MailRefused or TemporaryTrouble."""
        if not isinstance(self.backend, SMTPBackend):
            self.backend.send_messages([letter.message])
            return
        self.is_listening = False
        with self.ready_again(self.backend):
            session = cast(smtplib.SMTP, self.backend.connection)
            session.send(letter.content)
            meanwhile()
            expect(TAKEN, session.getreply())

    @contextmanager
    def ready_again(self, backend: SMTPBackend) -> Iterator[None]:
        """Leave the connection fit for the next mail whatever goes wrong with this one."""
        try:
            yield
        except (MailRefused, TemporaryTrouble):
            self.reset(backend)
            raise
        except OSError as error:
            self.drop(backend)
            raise TemporaryTrouble(f"{type(error).__name__}: {error}") from error

    def begin(self, backend: SMTPBackend, *, sender: str, size: int) -> smtplib.SMTP:
        """Return a session that took the sender, over a fresh connection if the server hung up between two mails."""
        if backend.connection is not None:
            with suppress(smtplib.SMTPServerDisconnected):
                code, reply = name_sender(backend.connection, sender=sender, size=size)
                if code == 250:
                    return backend.connection
                if code != SERVICE_CLOSING:
                    raise TemporaryTrouble(said(sender, code, reply))
            self.drop(backend)
        session = self.connect(backend)
        code, reply = name_sender(session, sender=sender, size=size)
        if code != 250:
            # Even a 5xx: it is about our own address, which somebody can mend, not about the reader's.
            raise TemporaryTrouble(said(sender, code, reply))
        return session

    def connect(self, backend: SMTPBackend) -> smtplib.SMTP:
        """Open a connection; after one failure the rest of the batch does not wait for another time-out."""
        if self.unreachable:
            raise TemporaryTrouble(self.unreachable)
        try:
            backend.open()
        except OSError as error:
            self.unreachable = f"The mail server cannot be reached. {type(error).__name__}: {error}"
            raise TemporaryTrouble(self.unreachable) from error
        return cast(smtplib.SMTP, backend.connection)

    def reset(self, backend: SMTPBackend) -> None:
        """Make the connection ready for the next mail, or drop it."""
        if backend.connection is None:
            return
        with suppress(OSError):
            if backend.connection.rset()[0] == 250:
                return
        self.drop(backend)

    def drop(self, backend: SMTPBackend) -> None:
        """Forget a connection that is of no use any more, without a word to the server."""
        if backend.connection is not None:
            backend.connection.close()
            backend.connection = None

    def close(self) -> None:
        """Say goodbye; every mail is marked already, so a server that does not answer changes nothing."""
        if self.is_listening and isinstance(self.backend, SMTPBackend):
            self.drop(self.backend)
        with suppress(OSError):
            self.backend.close()


def name_sender(session: smtplib.SMTP, *, sender: str, size: int) -> tuple[int, bytes]:
    """Begin a mail, and return the server's answer."""
    session.ehlo_or_helo_if_needed()
    options = [f"SIZE={size}"] if session.has_extn("size") else []
    if session.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    return session.mail(sender, options)


def name_recipients(session: smtplib.SMTP, envelope: Mapping[str, str], *, to: list[str]) -> str:
    """Return what the server said of those it refused; raise MailRefused or TemporaryTrouble if it took no *to*."""
    answers = {address: session.rcpt(recipient) for address, recipient in envelope.items()}
    refused = {address: answer for address, answer in answers.items() if answer[0] not in RECIPIENT_ACCEPTED}
    words = "\n".join(said(address, code, reply) for address, (code, reply) in refused.items())
    if not refused.keys() >= set(to):
        return words
    if all(refused[address][0] >= 500 for address in to):
        raise MailRefused(words)
    raise TemporaryTrouble(words)


def expect(code: int, answer: tuple[int, bytes]) -> None:
    """Raise MailRefused or TemporaryTrouble unless the server's *answer* to a message is *code*."""
    told, reply = answer
    if told != code:
        raise (MailRefused if told >= 500 else TemporaryTrouble)(said("DATA", told, reply))


def said(about: str, code: int, reply: bytes | str) -> str:
    """Return the server's words as one line for people."""
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{about}: {code} {' '.join(words.split())}"
