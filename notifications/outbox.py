"""Queues emails, cancels them and sends failed ones again. Other apps call these functions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.text.email_addresses import is_sendable, wire_address
from notifications.models import EmailStatus, IncomingEmail, OutboxEmail


class StillInFlight(Exception):
    """An email is being sent at this moment, so it can't be emptied yet."""


def enqueue(
    *,
    key: str,
    template: str,
    to: Sequence[str],
    context: Mapping[str, Any],
    locale: str,
    now: datetime,
    cc: Sequence[str] = (),
    reply_to: str = "",
    hears_replies: bool = False,
    secret: str = "",
    send_before: datetime | None = None,
) -> OutboxEmail:
    """Write one email into the outbox, in the caller's transaction, and return its row. A known *key* returns its row.

    The arguments and errors are those of `compose`.
    """
    email = compose(
        key=key,
        template=template,
        to=to,
        context=context,
        locale=locale,
        now=now,
        cc=cc,
        reply_to=reply_to,
        hears_replies=hears_replies,
        secret=secret,
        send_before=send_before,
    )
    enqueue_all([email])
    return OutboxEmail.objects.get(key=key)


def enqueue_all(emails: Iterable[OutboxEmail]) -> None:
    """Write composed emails into the outbox, one per key, in the caller's transaction and in one statement."""
    OutboxEmail.objects.bulk_create(emails, ignore_conflicts=True)


def compose(
    *,
    key: str,
    template: str,
    to: Sequence[str],
    context: Mapping[str, Any],
    locale: str,
    now: datetime,
    cc: Sequence[str] = (),
    reply_to: str = "",
    hears_replies: bool = False,
    secret: str = "",
    send_before: datetime | None = None,
) -> OutboxEmail:
    """Return one email for `enqueue_all`.

    Nothing is rendered here. The template is ``emails/<template>.html``; it gets *context*, which holds plain values:
    a key that ends in ``_at`` holds an ISO instant with its offset and reaches the template as a datetime, one that
    ends in ``_on`` an ISO date; ``zone`` names the time zone in which the email tells the time. It gets
    ``portal_url``, ``help_email``, ``subject`` and ``secret_link`` besides.

    The email counts as sent when the server accepts it for at least one of *to*: a person who must not miss it gets an
    email of their own. *secret* is the path of the reader's personal link ("/c/<token>/"), which templates print as
    ``secret_link``, or a code of digits, which they print as ``secret_code``.

    With *hears_replies* a reply reaches the portal where a mailbox is configured, and becomes an IncomingEmail; the
    templates get ``replies_are_read``, which says whether it does.

    An email whose text becomes wrong at some time isn't sent from *send_before* on; it waits until `amend` renews it.

    Addresses are stored with their domain in ASCII, as SMTP needs them. An address that no email can be sent to stays
    in *to*, where the attempt fails and people are told; it is left out of *cc* and *reply_to*.

    Raise ValueError without a recipient, for an address that would break the header, for a language the portal doesn't
    speak, and for a secret that is neither or a path in the context too; raise TypeError for a value that isn't plain.
    """
    if not to:
        raise ValueError(f"The email {key} has no recipient.")
    to, cc = [wire_address(address) for address in to], [wire_address(address) for address in cc]
    reply_to = wire_address(reply_to) if reply_to else ""
    for address in (*to, *cc, *([reply_to] if reply_to else [])):
        check_address(address, key=key)
    if locale not in dict(settings.LANGUAGES):
        raise ValueError(f"The email {key} is in {locale!r}, which the portal does not speak.")
    if secret and not (secret.startswith("/") or secret.isdecimal()):
        raise ValueError(f"The secret of the email {key} is neither a path nor a code.")
    for name, value in context.items():
        # A number may hold the same few digits as a code.
        check_plain(value, name=name, secret="" if secret.isdecimal() else secret)
    return OutboxEmail(
        key=key,
        template=template,
        locale=locale,
        to=to,
        cc=[address for address in cc if is_sendable(address)],
        reply_to=reply_to if is_sendable(reply_to) else "",
        hears_replies=hears_replies,
        context=dict(context),
        secret=secret,
        carries_secret=bool(secret),
        due_at=now,
        send_before=send_before,
        created_at=now,
    )


@transaction.atomic
def amend(*, keys: Iterable[str], context: Mapping[str, Any], send_before: datetime) -> int:
    """Update the context of the queued emails with these *keys*, and return how many there were.

    Raise TypeError for a value that isn't plain.
    """
    waiting = OutboxEmail.objects.select_for_update().filter(key__in=list(keys), status=EmailStatus.QUEUED)
    emails = list(waiting.order_by("pk"))
    for email in emails:
        for name, value in context.items():
            check_plain(value, name=name, secret=email.secret)
        email.context = {**email.context, **context}
        email.send_before = send_before
        email.save(update_fields=["context", "send_before"])
    return len(emails)


def cancel(*, keys: Iterable[str], now: datetime) -> int:
    """Cancel the queued emails with these *keys*, and return how many. Others stay as they are."""
    return OutboxEmail.objects.filter(key__in=list(keys), status=EmailStatus.QUEUED).update(
        status=EmailStatus.CANCELLED, cancelled_at=now, secret=""
    )


def retry(*, keys: Iterable[str], now: datetime) -> int:
    """Queue the failed emails with these *keys* again, and return how many.

    An email that carried a personal link is left out: its link is deleted, so only a new email can bring one. So is an
    email that `forget` emptied.
    """
    failed = OutboxEmail.objects.filter(key__in=list(keys), status=EmailStatus.FAILED, carries_secret=False)
    return failed.exclude(to=[]).update(status=EmailStatus.QUEUED, attempts=0, due_at=now)


def note_return(*, key: str, now: datetime) -> bool:
    """Mark the sent email with this *key* as bounced, as a person reported. Return whether that changed anything."""
    sent = OutboxEmail.objects.filter(key=key, status=EmailStatus.SENT)
    return sent.update(status=EmailStatus.BOUNCED, bounced_at=now, last_error="") > 0


@transaction.atomic
def forget(*, keys: Iterable[str], now: datetime) -> int:
    """Remove recipients and text from the emails with these *keys*, and return how many there were.

    The text of replies to them is removed, too. Queued emails are cancelled; each email's status and dates stay. Raise
    StillInFlight, and change nothing, while one of them is being sent.
    """
    known = list(keys)
    cancel(keys=known, now=now)
    emails = OutboxEmail.objects.filter(key__in=known).exclude(to=[])
    if emails.filter(status=EmailStatus.SENDING).exists():
        raise StillInFlight
    IncomingEmail.objects.filter(email__key__in=known).update(sender="", subject="", text="")
    return emails.update(to=[], cc=[], reply_to="", context={}, subject="", text="", html="", last_error="")


def check_address(address: str, *, key: str) -> None:
    """Raise ValueError unless *address* fits into a header: one line, with a mailbox and a host."""
    if not address.isprintable() or "@" not in address:
        raise ValueError(f"The email {key} has an address that cannot stand in a header: {address!r}.")


def check_plain(value: object, *, name: str, secret: str) -> None:
    """Raise TypeError, naming the value, unless JSON keeps it as it is. Raise ValueError if it holds the *secret*."""
    if isinstance(value, dict):
        for part, nested in value.items():
            if not isinstance(part, str):
                raise TypeError(f"{name} has a key that is not text: {part!r}.")
            check_plain(nested, name=f"{name}.{part}", secret=secret)
    elif isinstance(value, list):
        for position, nested in enumerate(value):
            check_plain(nested, name=f"{name}.{position}", secret=secret)
    elif isinstance(value, str):
        if secret and secret in value:
            raise ValueError(f"{name} holds the secret, which would be kept after sending.")
    elif not (value is None or isinstance(value, int)):
        raise TypeError(f"{name} is a {type(value).__name__}; the outbox keeps plain values only.")
