"""Whatever the mail server does to one mail, the others leave; a window opens for who was told, for nobody else."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from associations.choices import ContactKind
from associations.models import Claim, CustomerNotice
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="A worker of its own shares the test's database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

DELIVER, OPEN = "notifications.tasks.deliver_due_emails", "associations.tasks.open_windows"
WAITS = ("busy", "dropped", "slow")
FATES = ("taken", "gone", *WAITS)
SLOW = 31.0  # seconds, and the portal waits for 30


def reader(claim: Claim) -> str:
    return claim.contacts.get(kind=ContactKind.CUSTOMER).email


def notice_mail(claim: Claim) -> OutboxEmail:
    return CustomerNotice.objects.select_related("email").get(claim=claim).email


def states(claims: dict[str, Claim]) -> dict[str, tuple[str, int]]:
    """Return what became of each notice, and at which attempt."""
    return {fate: (mail.status, mail.attempts) for fate, claim in claims.items() for mail in [notice_mail(claim)]}


def have_come_to(now: Mapping[str, tuple[str, int]], claims: dict[str, Claim]) -> bool:
    return states(claims) == now


def opened(claims: dict[str, Claim]) -> set[str]:
    return {fate for fate, claim in claims.items() if stories.fresh(claim).opt_out_closes_at}


def until_the_next_try() -> timedelta:
    """Let the time go by until each mail that waits is due again, and return how long that was."""
    waiting = OutboxEmail.objects.filter(status=EmailStatus.QUEUED)
    now = timezone.now()
    waits = min(waiting.values_list("due_at", flat=True)) - now
    waiting.update(due_at=now)
    return waits


def test_each_fault_of_the_mail_server_gets_its_answer_and_holds_up_nobody_else(portal: Portal, sink: MailSink):
    claims = {fate: stories.submitted_claim(at=timezone.now()) for fate in FATES}
    sink.refusals = {reader(claims["busy"]): "450 4.2.1 Try later", reader(claims["gone"]): "550 5.1.1 No such user"}
    sink.drops_after, sink.slow = {reader(claims["dropped"])}, {reader(claims["slow"]): SLOW}
    others = OutboxEmail.objects.exclude(pk__in=CustomerNotice.objects.values("email"))
    assert others.count() >= len(FATES)
    portal.worker()

    portal.tell(DELIVER)
    tried = dict.fromkeys(WAITS, (EmailStatus.QUEUED, 1))
    tried |= {"taken": (EmailStatus.SENT, 1), "gone": (EmailStatus.FAILED, 1)}
    wait_until(lambda: states(claims) == tried, what="one attempt at every notice")
    wait_until(lambda: not others.exclude(status=EmailStatus.SENT).exists(), what="every other mail")
    portal.tell(OPEN)
    wait_until(lambda: opened(claims), what="the first window")

    sink.close()
    attempt, away = 1, timedelta()
    while away < timedelta(hours=1):
        attempt, away = attempt + 1, away + until_the_next_try()
        portal.tell(DELIVER)
        waiting = dict.fromkeys(WAITS, (EmailStatus.QUEUED, attempt))
        wait_until(partial(have_come_to, tried | waiting, claims), what=f"attempt {attempt}, in vain")
    portal.tell(OPEN)
    assert attempt == 7

    sink.refusals, sink.drops_after, sink.slow = {}, set(), {}
    sink.open()
    until_the_next_try()
    portal.tell(DELIVER)
    arrived = dict.fromkeys(WAITS, (EmailStatus.SENT, attempt + 1))
    wait_until(lambda: states(claims) == tried | arrived, what="an attempt with success")
    assert opened(claims) == {"taken"}
    portal.tell(OPEN)
    wait_until(lambda: len(opened(claims)) == 4, what="every window whose notice was taken")
    assert opened(claims) == {"taken", "busy", "dropped", "slow"}
    for notice in CustomerNotice.objects.filter(claim__opt_out_closes_at__isnull=False).select_related("email"):
        assert notice.opens_at == notice.email.sent_at
        assert notice.closes_at
        assert notice.closes_at >= datetime.fromisoformat(notice.email.context["closes_at"])
    assert sink.taken[notice_mail(claims["dropped"]).message_id] == 2
