"""What other apps may ask of the noticeboard: tell people something in the portal, and note that it is done."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from accounts.models import User
from notifications.models import Notice


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
) -> list[Notice]:
    """Return what tells each of *users* something, for `post_all`.

    The words are those of ``templates/notices/<kind>.txt``. *context* holds plain values that are the same in every
    language; a key that ends in ``_on`` holds an ISO date and reaches the template as a date. *url* is a path of the
    portal.
    """
    return [
        Notice(
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
    """Tell each of *users* once per *key*, with the caller's transaction; what the arguments mean is at `compose`."""
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


def post_all(notices: Iterable[Notice]) -> None:
    """Tell each person once per key, with the caller's transaction, in one statement."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def keys_told(*, kind: str, urls: Iterable[str]) -> set[str]:
    """Return under which keys anybody was told *kind* about *urls*."""
    return set(Notice.objects.filter(kind=kind, url__in=list(urls)).values_list("key", flat=True))


def settle(*, kind: str, urls: Iterable[str], now: datetime) -> int:
    """Note that what the mandatory notices of *kind* about *urls* asked for is done, and return how many.

    They need no reader any more, so the bell stops counting them.
    """
    open_ones = Notice.objects.filter(is_mandatory=True, done_at=None, kind=kind, url__in=list(urls))
    return open_ones.update(done_at=now, read_at=Coalesce("read_at", now))


def discard(*, urls: Iterable[str]) -> int:
    """Delete every notice about *urls*, whoever was told, and return how many."""
    deleted, _rows = Notice.objects.filter(url__in=list(urls)).delete()
    return deleted


def words_of(notice: Notice) -> str:
    """Return what *notice* says, in the active language, as plain text on one line."""
    facts = {name: _timely(name, value) for name, value in notice.context.items()}
    return " ".join(render_to_string(f"notices/{notice.kind}.txt", facts).split())


def _timely(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value and name.endswith("_on") else value
