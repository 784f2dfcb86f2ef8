"""The outbox, emptied by a worker into a mail server that takes everything."""

import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from statistics import median
from typing import IO, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.utils import timezone

from bench.data import TODAY
from bench.measuring import Figure, seconds
from bench.sizes import Size
from notifications import outbox
from notifications.models import EmailStatus, OutboxEmail
from notifications.sending import delivery, rendering
from operations.warm_up import warm_up

# It says when it is ready and waits for a word: a worker in service has started long ago.
WORKER = "import django; django.setup(); from bench.delivering import work_when_told; work_when_told()"


def deliver_mails(size: Size) -> Generator[Figure, None, None]:
    """One worker empties the outbox: renders, sends, and commits the state of each mail before and after it leaves.

    Floor: Django's own SMTP backend sends the same messages, already made, over one open connection. In turns.
    """
    warm_up()  # as a worker does when it starts
    messages = [_message(email) for email in _waiting_mails(size, turn="shape")]
    shares = []
    with mail_sink():
        _send_bare(messages)
        for turn in range(size.rounds):
            _waiting_mails(size, turn=str(turn))
            ours = seconds(work)
            _require_all_sent(str(turn), size)
            shares.append(seconds(partial(_send_bare, messages)) / ours)
        yield Figure(
            work=f"delivery of {size.mails:,} mails by one worker",
            floor="Django's SMTP backend, the same messages ready made, one open connection",
            ratio=median(shares),
            budget=0.85,
            wants_more=True,
        )
        yield _two_workers(size)


def _two_workers(size: Size) -> Figure:
    """Two workers beside each other. Floor: one worker, started in the same way."""
    gains = []
    for turn in range(size.rounds):
        times = []
        for workers in (1, 2):
            _waiting_mails(size, turn=f"{workers}-{turn}")
            times.append(_time_of_workers(workers))
            _require_all_sent(f"{workers}-{turn}", size)
        gains.append(times[0] / times[1])
    return Figure(
        work=f"delivery of {size.mails:,} mails by two workers",
        floor="one worker",
        ratio=median(gains),
        budget=1.7,
        wants_more=True,
        note="workers, mail server and database share the machine's cores",
    )


def work() -> None:
    """Do what the worker's task does until nothing is due."""
    while delivery.deliver_due_emails(now=timezone.now()).tried:
        continue


def work_when_told() -> None:
    warm_up()
    sys.stdout.write("Ready.\n")
    sys.stdout.flush()
    sys.stdin.read()
    work()


def _time_of_workers(count: int) -> float:
    """Return how long so many workers take, each a process that has started."""
    command = [sys.executable, "-c", WORKER]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for worker in workers:
        cast(IO[str], worker.stdout).readline()
    taken = seconds(partial(_finish, workers))
    if any(worker.returncode for worker in workers):
        raise RuntimeError("A worker failed.")
    return taken


def _finish(workers: list[subprocess.Popen[str]]) -> None:
    for worker in workers:
        cast(IO[str], worker.stdin).close()
    for worker in workers:
        worker.wait()


def _waiting_mails(size: Size, *, turn: str) -> list[OutboxEmail]:
    """Queue mails of the kind that a sweep writes."""
    context = {
        "claim_number": "CPOR-0001234",
        "claim_name": "Contoso adoption 1234",
        "partner_name": "Partner 1 S.p.A.",
        "mpn_id": "4000001",
        "partner_contact_name": "Paolo Rossi",
        "partner_contact_email": "desk@partner.example",
        "customer_name": "Contoso 617",
        "domain_name": "customer617.example",
        "tenant_id": "9e3779b9-7f4a-7c15-f39c-c0605cedc835",
        "solution_area": "Microsoft 365",
        "activities": ["Usage"],
        "items": ["Exchange Online", "Microsoft Teams"],
        "is_revenue": False,
        "reasons": [],
        "business_days": 5,
        "zone": "Europe/Rome",
        "customers_url": f"{settings.PORTAL_URL}/customers/",
        "claim_url": f"{settings.PORTAL_URL}/associations/",
        "contact_name": "Carla Bianchi",
        "starts_at": TODAY.isoformat(),
    }
    kinds = (("claim_approved", "en"), ("association_active", "it"))
    mails = [
        outbox.compose(
            key=f"bench:{turn}:{number}",
            template=kinds[number % 2][0],
            to=[f"person{number}@customer.example"],
            context=context,
            locale=kinds[number % 2][1],
            now=TODAY - timedelta(days=200),
        )
        for number in range(size.mails)
    ]
    others = OutboxEmail.objects.filter(status=EmailStatus.QUEUED)
    others.update(status=EmailStatus.CANCELLED, cancelled_at=TODAY, secret="")
    outbox.enqueue_all(mails)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {OutboxEmail._meta.db_table}")
    return mails


def _message(email: OutboxEmail) -> EmailMultiAlternatives:
    return rendering.message_for(email, rendering.render(email))


def _send_bare(messages: list[EmailMultiAlternatives]) -> None:
    if get_connection().send_messages(messages) != len(messages):
        raise RuntimeError("The mail server did not take every mail.")


def _require_all_sent(turn: str, size: Size) -> None:
    sent = OutboxEmail.objects.filter(key__startswith=f"bench:{turn}:", status=EmailStatus.SENT).count()
    if sent != size.mails:
        raise RuntimeError(f"{sent} of {size.mails} mails were sent.")


@contextmanager
def mail_sink() -> Iterator[None]:
    """Run a mail server on loopback, in a process of its own, that takes every mail and forgets it."""
    address = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", address]
    sink = subprocess.Popen(command)
    try:
        _wait_for_greeting()
        yield
    finally:
        sink.terminate()
        sink.wait(timeout=30)


def _wait_for_greeting() -> None:
    for _ in range(600):
        backend = get_connection()
        try:
            backend.open()
        except OSError:
            time.sleep(0.05)
        else:
            backend.close()
            return
    raise RuntimeError("The mail server did not start.")
