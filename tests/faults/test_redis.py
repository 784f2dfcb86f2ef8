"""Redis goes and comes back empty: the web goes on serving, and all that was filed meanwhile is done afterwards."""

import time

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from associations.models import CustomerNotice
from bench.serving import wait_for
from notifications.models import EmailStatus, OutboxEmail
from tests import files, stories
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, RedisServer, wait_until
from tests.faults.visitors import Visitor

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="The portal's processes share the test's database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

# Seconds: longer than every timeout, and than what a worker lets go by between its first tries to connect again.
AWAY = 60


def test_redis_goes_and_comes_back_empty(portal: Portal, redis_server: RedisServer, sink: MailSink):
    started = timezone.now()
    draft = stories.complete_claim(at=started)
    asked = stories.submitted_claim(at=started)
    link = CustomerNotice.objects.get(claim=asked).email.secret
    others = portal.web(), portal.worker(), portal.beat()
    wait_for(portal.port)
    admin, customer, stranger = Visitor(portal.port, draft.created_by), Visitor(portal.port), Visitor(portal.port)
    wait_until(lambda: stories.fresh(asked).opt_out_closes_at, what="the first window")

    redis_server.kill()
    began = time.monotonic()
    assert admin.open(reverse("claim_list")).status_code == 200
    step = reverse("claim_step", args=[draft.public_id, "proof"])
    uploaded = admin.fill_in(step, {}, files={"proofs": ("letter.pdf", files.pdf())})
    assert uploaded.status_code == 302
    consent = {"data_is_right": "on", "customer_knows": "on"}
    assert admin.fill_in(reverse("claim_check", args=[draft.public_id]), consent).status_code == 302
    assert stories.fresh(draft).submitted_at is not None
    wrong = {"login": "nobody@partner.example", "password": "wrong"}
    tries = [stranger.fill_in(reverse("account_login"), wrong).text for _ in range(6)]
    assert ["Too many failed" in page for page in tries] == [False] * 5 + [True]
    assert customer.open(link).status_code == 200
    answer = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "no_relation"}
    assert customer.fill_in(reverse("customer_decision"), answer).status_code == 302
    assert customer.fill_in(reverse("customer_confirm"), {}).status_code == 302
    assert stories.fresh(asked).status == "rejected"
    assert time.monotonic() - began < AWAY
    while time.monotonic() - began < AWAY:
        assert admin.open(reverse("claim_list")).status_code == 200
        time.sleep(1)

    redis_server.start()
    # A worker that has long waited in vain looks for its broker ever more rarely.
    wait_until(lambda: stories.fresh(draft).opt_out_closes_at, what="the window of what was filed", seconds=120)
    unsent = OutboxEmail.objects.exclude(status=EmailStatus.SENT)
    wait_until(lambda: not unsent.exists(), what="every mail")
    assert sink.total == OutboxEmail.objects.count()
    assert [process.running.poll() for process in others] == [None] * 3
    assert admin.open(reverse("claim_list")).status_code == 200
