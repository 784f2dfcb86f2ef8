"""Workers die while they work; every mail still leaves, and every due claim is approved once."""

import os
import random
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pytest
from django.db import connection

from associations.models import Claim
from notifications.models import EmailStatus, OutboxEmail
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, Process, wait_until
from tests.faults.worlds import assert_approved_once, due_claims, let_leases_run_out, queue_mails

pytestmark = [
    pytest.mark.faults,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks to let go of"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

# The table of what must survive says 20: FAULTS_KILLS=20 takes minutes.
KILLS = int(os.environ.get("FAULTS_KILLS", "6"))
EVERYTHING_DIES = {3, 9, 15}  # of the kills; at the others the child dies that works
MAILS, DUE_CLAIMS = 500, 500
DELIVER, APPROVE = "notifications.tasks.deliver_due_emails", "associations.tasks.approve_unopposed_claims"


@dataclass
class Slayer:
    """Kills who works, again and again; beats go on."""

    portal: Portal
    worker: Process = field(init=False)
    kills: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.worker = self.portal.worker(children=8)

    def kill(self) -> datetime:
        """Kill the children that work, or the whole worker, and return when they died."""
        wait_until(lambda: self.worker.busy_children, what=f"somebody at work after {self.kills} kills")
        victims = self.worker.busy_children
        self.kills, self.deaths = self.kills + 1, self.deaths + len(victims)
        if self.kills not in EVERYTHING_DIES:
            return self.worker.kill_children(victims)
        killed_at = self.worker.kill()
        self.worker = self.portal.worker(children=8)
        return killed_at


def test_a_worker_killed_again_and_again_loses_no_mail_and_doubles_only_the_one_in_flight(
    portal: Portal, sink: MailSink
):
    queue_mails(MAILS)
    moments = sorted(random.sample(range(1, MAILS), KILLS))
    slayer = Slayer(portal)
    open_mails = OutboxEmail.objects.exclude(status=EmailStatus.SENT)

    with portal.beating(DELIVER, every=1):
        for moment in moments:
            wait_until(partial(sink.has_taken, moment), what=f"mail {moment} of {moments}")
            killed_at = slayer.kill()
            let_leases_run_out(of_workers_dead_since=killed_at)
        wait_until(lambda: not open_mails.exists(), what="the mark of every mail")

    assert set(sink.taken) == set(OutboxEmail.objects.values_list("message_id", flat=True))
    assert slayer.kills == KILLS
    assert sink.total - MAILS <= slayer.deaths


def test_a_worker_killed_again_and_again_in_a_sweep_approves_every_claim_once(portal: Portal):
    due = due_claims(DUE_CLAIMS)
    left = Claim.objects.filter(pk__in=due).exclude(status="approved")
    slayer = Slayer(portal)

    with portal.beating(APPROVE, every=1):
        for _ in range(KILLS):
            wait_until(lambda: slayer.worker.busy_children, what="the sweep")
            time.sleep(random.uniform(0, 0.3 * (slayer.kills + 1)))  # noqa: S311 - any moment will do, and later ones to come further
            slayer.kill()
        wait_until(lambda: not left.exists(), what="every approval")

    assert len(due) == DUE_CLAIMS
    assert_approved_once(due)
