"""What other apps may ask of the outbox: queue a mail, cancel it, send a failed one again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from notifications.models import EmailStatus, OutboxEmail


class StillInFlight(Exception):
    """A mail is being handed over at this moment, so it can't be emptied yet."""


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
    secret: str = "",
    send_before: datetime | None = None,
) -> OutboxEmail:
    """Write one mail into the outbox with the caller's transaction, and return it; a known *key* returns its own.

    What the arguments mean, and what is refused, is said at `compose`.
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
        secret=secret,
        send_before=send_before,
    )
    enqueue_all([email])
    return OutboxEmail.objects.get(key=key)


def enqueue_all(emails: Iterable[OutboxEmail]) -> None:
    """Write composed mails into the outbox with the caller's transaction, in one statement, each once per key."""
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
    secret: str = "",
    send_before: datetime | None = None,
) -> OutboxEmail:
    """Return one mail for `enqueue_all`.

    Nothing is rendered here. The templates are ``emails/<template>/subject.txt``, ``body.txt`` and ``body.html``; they
    get *context*, which holds plain values: a key that ends in ``_at`` holds an ISO instant with its offset and
    reaches the template as a datetime, one that ends in ``_on`` an ISO date; ``zone`` names the time zone in which the
    mail tells the time. They get ``portal_url``, ``subject`` and ``secret_link`` besides.

    The mail counts as sent when the server took it for at least one of *to*: who must not miss it gets a mail of their
    own. *secret* is the path of the reader's personal link ("/c/<token>/"), which templates print as ``secret_link``.

    A mail whose words hold only for a time names its end as *send_before*; from then on it waits until `amend` renews
    it.

    Raise ValueError without a recipient, for an address that would break the header, for a language the portal does
    not speak, and for a secret that is no path or stands in the context too; raise TypeError for a value that is not
    plain.
    """
    if not to:
        raise ValueError(f"The mail {key} has no recipient.")
    for address in (*to, *cc, *([reply_to] if reply_to else [])):
        check_address(address, key=key)
    if locale not in dict(settings.LANGUAGES):
        raise ValueError(f"The mail {key} is in {locale!r}, which the portal does not speak.")
    if secret and not secret.startswith("/"):
        raise ValueError(f"The secret of the mail {key} is not a path.")
    for name, value in context.items():
        check_plain(value, name=name, secret=secret)
    return OutboxEmail(
        key=key,
        template=template,
        locale=locale,
        to=list(to),
        cc=list(cc),
        reply_to=reply_to,
        context=dict(context),
        secret=secret,
        carries_secret=bool(secret),
        due_at=now,
        send_before=send_before,
        created_at=now,
    )


@transaction.atomic
def amend(*, keys: Iterable[str], context: Mapping[str, Any], send_before: datetime) -> int:
    """Put *context* over the facts of the mails with these *keys* that still wait, and return how many.

    Raise TypeError for a value that is not plain.
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
    """Cancel the mails with these *keys* that still wait, and return how many; what is in flight or out stays so."""
    return OutboxEmail.objects.filter(key__in=list(keys), status=EmailStatus.QUEUED).update(
        status=EmailStatus.CANCELLED, cancelled_at=now, secret=""
    )


def retry(*, keys: Iterable[str], now: datetime) -> int:
    """Queue the failed mails with these *keys* afresh, and return how many.

    A mail that carried a personal link is left out: its link is gone, so only a new mail can bring one. So is one that
    was forgotten.
    """
    failed = OutboxEmail.objects.filter(key__in=list(keys), status=EmailStatus.FAILED, carries_secret=False)
    return failed.exclude(to=[]).update(status=EmailStatus.QUEUED, attempts=0, due_at=now)


@transaction.atomic
def forget(*, keys: Iterable[str], now: datetime) -> int:
    """Empty the mails with these *keys* of whom they went to and what they said, and return how many.

    What waits is cancelled; what became of each, and when, stays. Raise StillInFlight, and empty none, while one of
    them is being handed over.
    """
    known = list(keys)
    cancel(keys=known, now=now)
    mails = OutboxEmail.objects.filter(key__in=known).exclude(to=[])
    if mails.filter(status=EmailStatus.SENDING).exists():
        raise StillInFlight
    return mails.update(to=[], cc=[], reply_to="", context={}, subject="", text="", html="", last_error="")


def check_address(address: str, *, key: str) -> None:
    """Raise ValueError unless *address* can stand in a header: one line, with a mailbox and a host."""
    if not address.isprintable() or "@" not in address:
        raise ValueError(f"The mail {key} has an address that cannot stand in a header: {address!r}.")


def check_plain(value: object, *, name: str, secret: str) -> None:
    """Raise TypeError, naming the value, unless JSON keeps it as it is; raise ValueError if it holds the *secret*."""
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
