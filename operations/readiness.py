"""Checks each part that the portal needs, changes nothing, and returns one finding per part.

Checks outside the database run side by side, for at most ``SECONDS_TO_ANSWER``. Their findings are remembered for
``SECONDS_TO_REMEMBER``, so that many requests open few connections (ADR 28).
"""

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

from associations.files import clamd
from associations.files.seals import keys
from associations.models import Claim
from associations.services.files.proof_reading import oldest_unread
from notifications.models import ClockRun, MailTrouble, OutboxEmail, TroubleKind
from operations.clocks import CLOCKS, CLOCKS_BY_NAME

SECONDS_TO_ANSWER = 3
SECONDS_TO_REMEMBER = 5

LONGEST_MAIL_WAIT = timedelta(minutes=10)
LONGEST_READING_WAIT = timedelta(minutes=30)
PROCESS_STARTED_AT = timezone.now()


class Unreachable(Exception):
    """A part does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The state of one part, in words that name no host and no person."""

    is_red: bool
    words: str

    def __str__(self) -> str:
        return f"red: {self.words}" if self.is_red else self.words


OK = CheckResult(is_red=False, words="ok")
ENVELOPE_REFUSED = "refused by the mail server: emails leave from the plain address, reports count by Message-ID"
UNREACHABLE = CheckResult(is_red=True, words="unreachable")


def look_at_broker() -> None:
    """Raise unless the broker takes a connection."""
    patience = {"socket_connect_timeout": SECONDS_TO_ANSWER, "socket_timeout": SECONDS_TO_ANSWER}
    options = patience if current_app.conf.broker_url.startswith("redis") else {}
    with current_app.connection_for_write(transport_options=options) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS_TO_ANSWER)


def look_at_storage() -> None:
    """Raise unless evidence can be written to its folder, or its bucket answers."""
    if isinstance(default_storage, FileSystemStorage):
        folder = default_storage.location
        while not os.path.exists(folder):
            folder = os.path.dirname(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Unreachable
    else:
        default_storage.exists("readyz")


def look_at_mail() -> None:
    """Raise unless the mail server, where there is one, takes a connection."""
    if settings.MAILBOX_DIR is None:
        with socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=SECONDS_TO_ANSWER):
            pass


def look_at_scanner() -> None:
    """Ask the scanner, where there is one, whether it answers; raise Unreachable when it does not."""
    if clamd.is_configured() and not clamd.scanner_answers():
        raise Unreachable


# The parts outside the database. Another one is a function and a line here.
OUTSIDE: dict[str, Callable[[], None]] = {
    "broker": look_at_broker,
    "storage": look_at_storage,
    "mail": look_at_mail,
    "scanner": look_at_scanner,
}
_seen: dict[str, tuple[float, CheckResult]] = {}


def outside() -> dict[str, CheckResult]:
    """Return the finding of each part outside the database, not older than ``SECONDS_TO_REMEMBER``."""
    fresh = time.monotonic() - SECONDS_TO_REMEMBER
    stale = [name for name in OUTSIDE if name not in _seen or _seen[name][0] < fresh]
    if stale:
        pool = ThreadPoolExecutor(max_workers=len(stale), thread_name_prefix="readyz")
        looks = {name: pool.submit(OUTSIDE[name]) for name in stale}
        patience_ends = time.monotonic() + SECONDS_TO_ANSWER
        for name, look in looks.items():
            try:
                trouble = look.exception(timeout=max(0, patience_ends - time.monotonic()))
            except TimeoutError:
                trouble = Unreachable()
            _seen[name] = (time.monotonic(), UNREACHABLE if trouble else OK)
        pool.shutdown(wait=False, cancel_futures=True)
    return {name: _seen[name][1] for name in OUTSIDE}


def inside(*, now: datetime) -> dict[str, CheckResult]:
    """Return the findings from the database as of *now*; raise DatabaseError or OSError when it is away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {
        "database": OK,
        "oldest due mail": waiting(oldest_due_mail(now=now), now=now, patience=LONGEST_MAIL_WAIT),
        "oldest overdue window": waiting(
            oldest_overdue_window(now=now), now=now, patience=CLOCKS_BY_NAME["approve_unopposed_claims"].patience
        ),
        "oldest unread proof": waiting(oldest_unread(now=now), now=now, patience=LONGEST_READING_WAIT),
        "envelope addresses": envelope_addresses(),
        "seals": seals(now=now),
        **clocks(now=now),
    }


def envelope_addresses() -> CheckResult:
    """Return whether the mail server takes emails from envelope addresses of their own; they leave in any case."""
    is_refused = MailTrouble.objects.filter(kind=TroubleKind.ENVELOPE_REFUSED).exists()
    return CheckResult(is_red=False, words=ENVELOPE_REFUSED) if is_refused else OK


def seals(*, now: datetime) -> CheckResult:
    """Return whether the portal can seal acknowledgements, and until when; without a key none is offered."""
    if not keys.is_configured():
        return CheckResult(is_red=False, words="none offered: there is no key")
    if keys.is_still_to_be_made():
        return CheckResult(is_red=False, words="the own key is made with the first seal")
    try:
        ends = keys.certificate().not_valid_after_utc
    except (OSError, ValueError):
        return CheckResult(is_red=True, words="the certificate can't be read")
    return CheckResult(is_red=ends <= now, words=f"until {ends:%Y-%m-%d}")


def oldest_due_mail(*, now: datetime) -> datetime | None:
    """Return when the email that has waited longest became due."""
    return OutboxEmail.objects.due(now).order_by("due_at").values_list("due_at", flat=True).first()


def oldest_overdue_window(*, now: datetime) -> datetime | None:
    """Return the end of the window that has been left open longest, whether or not its claim is held."""
    ends = Claim.objects.window_elapsed(now).order_by("opt_out_closes_at")
    return ends.values_list("opt_out_closes_at", flat=True).first()


def waiting(since: datetime | None, *, now: datetime, patience: timedelta) -> CheckResult:
    if since is None:
        return CheckResult(is_red=False, words="none")
    return CheckResult(is_red=now - since > patience, words=f"for {seconds(now - since)} s")


def clocks(*, now: datetime) -> dict[str, CheckResult]:
    """Return the finding of each clock: red when it has not run for three of its intervals.

    A clock that never ran has as long from the start of this process.
    """
    ended_at = dict(ClockRun.objects.values_list("clock", "ended_at"))
    return {
        f"clock {clock.name}": last_run(ended_at.get(clock.name), now=now, patience=clock.patience) for clock in CLOCKS
    }


def last_run(ended_at: datetime | None, *, now: datetime, patience: timedelta) -> CheckResult:
    if ended_at is None:
        return CheckResult(is_red=now - PROCESS_STARTED_AT > patience, words="has not run yet")
    return CheckResult(is_red=now - ended_at > patience, words=f"ran {seconds(now - ended_at)} s ago")


def seconds(span: timedelta) -> int:
    return round(span.total_seconds())
