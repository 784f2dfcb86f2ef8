"""A clock that is off by an hour ends nobody's period early; beats and workers in any number do each work once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from associations.models import Claim, ClaimEvent, CustomerNotice
from bench.serving import wait_for
from notifications.models import ClockRun, EmailStatus, OutboxEmail
from tests import stories
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, wait_until
from tests.faults.visitors import Visitor
from tests.faults.worlds import assert_approved_once, due_claims, queue_mails

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="The portal's processes share the test's database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

HOUR = 3600
SWEEP = "associations.tasks.approve_unopposed_claims"
DELIVER, OPEN = "notifications.tasks.deliver_due_emails", "associations.tasks.open_windows"


def until(moment: datetime) -> int:
    """Return by how many seconds a clock is off that shows *moment* now."""
    return int((moment - timezone.now()).total_seconds())


def ending(claim: Claim, *, minutes: int) -> Claim:
    """The claim, whose period ends in so many minutes."""
    closes_at = timezone.now() + timedelta(minutes=minutes)
    Claim.objects.filter(pk=claim.pk).update(opt_out_closes_at=closes_at)
    return claim


def test_a_worker_whose_clock_is_an_hour_ahead_ends_no_period_early(portal: Portal):
    now = timezone.now()
    asked = stories.submitted_claim(at=now)
    link = CustomerNotice.objects.get(claim=asked).email.secret
    open_claim = ending(stories.noticed_claim(claim=stories.complete_claim(at=now), at=now), minutes=30)
    over = ending(stories.noticed_claim(at=now - timedelta(days=1)), minutes=-1)
    portal.web(seconds_off=-HOUR), portal.worker(seconds_off=HOUR)
    wait_for(portal.port)

    portal.tell(DELIVER)
    wait_until(lambda: not OutboxEmail.objects.exclude(status=EmailStatus.SENT).exists(), what="every mail")
    portal.tell(OPEN)
    wait_until(lambda: stories.fresh(asked).opt_out_closes_at, what="the window")
    notice = CustomerNotice.objects.get(claim=asked)
    assert notice.closes_at
    assert notice.closes_at >= datetime.fromisoformat(notice.email.context["closes_at"])

    portal.tell(SWEEP)
    wait_until(lambda: stories.fresh(over).status == "approved", what="the sweep")
    assert ClockRun.objects.get(clock="deliver_due_emails").ended_at > timezone.now() + timedelta(minutes=50)
    assert stories.fresh(open_claim).status == "submitted"

    customer = Visitor(portal.port)
    assert customer.open(link).status_code == 200
    answer = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "no_relation"}
    assert customer.fill_in(reverse("customer_decision"), answer).status_code == 302
    assert customer.fill_in(reverse("customer_confirm"), {}).status_code == 302
    assert stories.fresh(asked).status == "rejected"


@pytest.mark.parametrize(
    ("filed", "closes", "told"),
    [
        # In Rome: five business days, of which one is 29 February, or with a night of 23 or of 25 hours among them.
        ("2024-02-23T10:00+01:00", "2024-03-02T00:00+01:00", "Friday 1 March 2024 (CET)"),
        ("2026-03-23T10:00+01:00", "2026-03-31T00:00+02:00", "Monday 30 March 2026 (CEST)"),
        ("2026-10-21T10:00+02:00", "2026-10-29T00:00+01:00", "Wednesday 28 October 2026 (CET)"),
    ],
    ids=["leap day", "summer time begins", "summer time ends"],
)
def test_a_period_over_an_odd_day_ends_when_its_customer_was_told(
    portal: Portal, sink: MailSink, filed: str, closes: str, told: str
):
    filed_at, closes_at = datetime.fromisoformat(filed), datetime.fromisoformat(closes)
    draft = stories.complete_claim(at=filed_at - timedelta(hours=1))
    portal.web(seconds_off=until(filed_at)), portal.worker(seconds_off=until(filed_at))
    wait_for(portal.port)

    consent = {"data_is_right": "on", "customer_knows": "on"}
    admin = Visitor(portal.port, draft.created_by)
    assert admin.fill_in(reverse("claim_check", args=[draft.public_id]), consent).status_code == 302
    # Again and again: the web's clock may be a moment ahead of the worker's.
    with portal.beating(DELIVER), portal.beating(OPEN):
        wait_until(lambda: stories.fresh(draft).opt_out_closes_at, what="the window")
    portal.kill()
    notice = CustomerNotice.objects.select_related("email").get(claim=draft)
    assert notice.closes_at == datetime.fromisoformat(notice.email.context["closes_at"]) == closes_at
    assert told in notice.email.text

    early = portal.worker(seconds_off=until(closes_at - timedelta(minutes=5)))
    portal.tell(SWEEP)
    wait_until(lambda: ClockRun.objects.filter(clock="approve_unopposed_claims").exists(), what="a sweep too early")
    early.kill()
    assert stories.fresh(draft).status == "submitted"
    portal.worker(seconds_off=until(closes_at - timedelta(seconds=5)))
    with portal.beating(SWEEP):
        wait_until(lambda: stories.fresh(draft).status == "approved", what="the sweep in time")
    approval = ClaimEvent.objects.get(claim=draft, kind="approve")
    assert closes_at <= approval.at < closes_at + timedelta(minutes=5)


def test_two_beats_and_four_workers_do_each_work_once(portal: Portal, sink: MailSink):
    due = due_claims(200)
    queue_mails(200)
    for _ in range(4):
        portal.worker()
    for _ in range(2):
        portal.beat()

    with portal.beating(SWEEP, every=0.2):
        left = Claim.objects.filter(pk__in=due).exclude(status="approved")
        wait_until(lambda: not left.exists(), what="every approval")
        unsent = OutboxEmail.objects.exclude(status=EmailStatus.SENT)
        wait_until(lambda: not unsent.exists(), what="every mail")

    assert_approved_once(due)
    assert set(sink.taken.values()) == {1}
    assert set(sink.taken) == set(OutboxEmail.objects.filter(attempts=1).values_list("message_id", flat=True))
