"""Posts notifications in the portal (behind the bell), and marks them done. Other apps call these functions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from accounts.models import User
from notifications.models import Notification
from notifications.sending.rendering import with_dates


def compose(
    *,
    key: str,
    users: Iterable[User],
    kind: str,
    context: Mapping[str, Any],
    url: str,
    now: datetime,
    due_at: datetime | None = None,
    is_mandatory: bool = False,
) -> list[Notification]:
    """Return a notification for each of *users*, to be written by `post_all`.

    The text is in ``templates/notifications/<kind>.txt``. *context* holds plain values that are the same in every
    language; the template gets dates for ISO texts whose key ends in ``_on``. *url* is a path of the portal.
    """
    return [
        Notification(
            user=user,
            key=key,
            kind=kind,
            context=dict(context),
            url=url,
            due_at=due_at,
            is_mandatory=is_mandatory,
            created_at=now,
        )
        for user in users
    ]


def post(
    *,
    key: str,
    users: Iterable[User],
    kind: str,
    context: Mapping[str, Any],
    url: str,
    now: datetime,
    due_at: datetime | None = None,
    is_mandatory: bool = False,
) -> None:
    """Notify each of *users* once per *key*, in the caller's transaction. The arguments are those of `compose`."""
    post_all(
        compose(
            key=key,
            users=users,
            kind=kind,
            context=context,
            url=url,
            now=now,
            due_at=due_at,
            is_mandatory=is_mandatory,
        )
    )


def post_all(notifications: Iterable[Notification]) -> None:
    """Write notifications, one per person and key, in the caller's transaction and in one statement."""
    Notification.objects.bulk_create(notifications, ignore_conflicts=True)


def keys_told(*, kind: str, urls: Iterable[str]) -> set[str]:
    """Return the keys of all notifications of *kind* about *urls*."""
    return set(Notification.objects.filter(kind=kind, url__in=list(urls)).values_list("key", flat=True))


def settle(*, kind: str, urls: Iterable[str], now: datetime) -> int:
    """Mark the mandatory notifications of *kind* about *urls* as done and read, and return how many there were."""
    open_ones = Notification.objects.filter(is_mandatory=True, done_at=None, kind=kind, url__in=list(urls))
    return open_ones.update(done_at=now, read_at=Coalesce("read_at", now))


def note_read(*, user_id: int, kind: str, url: str, until: datetime, now: datetime) -> int:
    """Mark a person's notifications of *kind* about *url* up to *until* as read, and return how many were new."""
    about = Notification.objects.filter(user=user_id, kind=kind, url=url, created_at__lte=until, read_at=None)
    return about.update(read_at=now)


def discard(*, urls: Iterable[str]) -> int:
    """Delete everybody's notifications about *urls*, and return how many there were."""
    deleted, _rows = Notification.objects.filter(url__in=list(urls)).delete()
    return deleted


def words_of(notification: Notification) -> str:
    """Return the text of *notification* in the active language, as plain text on one line."""
    return " ".join(
        render_to_string(f"notifications/{notification.kind}.txt", with_dates(notification.context)).split()
    )
