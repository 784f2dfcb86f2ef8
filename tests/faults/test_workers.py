"""Workers die while they work; every mail still leaves, and every due claim is approved once."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pytest
from django.db import connection

from associations.models import Claim
from associations.models.claim_queries import ClaimQuerySet
from associations.services.association import approval
from notifications.models import EmailStatus, OutboxEmail
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, Process, wait_until
from tests.faults.worlds import assert_approved_once, due_claims, let_leases_run_out, queue_mails

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks to let go of"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

KILLS = 20
EVERYTHING_DIES = {3, 9, 15}  # of the kills; at the others the children die, and their parent starts new ones
CHILDREN = 2
MAILS, DUE_CLAIMS = 500, 500
BATCH_SECONDS = 1.0
DELIVER, APPROVE = "notifications.tasks.deliver_due_emails", "associations.tasks.approve_unopposed_claims"


@dataclass
class Slayer:
    """Kills who works on a task, again and again; the next messages are there at once."""

    portal: Portal
    task: str
    worker: Process = field(init=False)
    kills: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.worker = self.start()

    def start(self) -> Process:
        # For ten seconds the message of a dead child counts as held, so there must be room for others beside it.
        worker = self.portal.worker(children=CHILDREN, messages_each=KILLS)
        self.portal.tell(self.task, times=CHILDREN)
        return worker

    def kill(self, *, after: float = 0) -> datetime:
        """Kill the children or all of the worker, some seconds after a child began to work; return when they died."""
        wait_until(lambda: self.worker.busy_children, what=f"somebody at work after {self.kills} kills")
        time.sleep(after)
        self.kills, self.deaths = self.kills + 1, self.deaths + len(self.worker.busy_children)
        if self.kills in EVERYTHING_DIES:
            killed_at = self.worker.kill()
            self.worker = self.start()
        else:
            killed_at = self.worker.kill_children()
            self.portal.tell(self.task, times=CHILDREN)
        return killed_at


def test_a_worker_killed_again_and_again_loses_no_mail_and_doubles_only_the_one_in_flight(
    portal: Portal, sink: MailSink
):
    queue_mails(MAILS)
    moments = sorted(random.sample(range(1, MAILS), KILLS))
    slayer = Slayer(portal, DELIVER)
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
    # How far the sweep shall have come at each kill: so far that there are always claims left that nobody has begun.
    moments = sorted(random.choices(range(3 * approval.BATCH), k=KILLS))  # noqa: S311 - nobody guesses it
    slayer = Slayer(portal, APPROVE)

    with portal.beating(APPROVE, every=1):
        with slow_history():
            for moment in moments:
                wait_until(partial(has_come_to, moment, left), what=f"claim {moment} of {moments}")
                slayer.kill(after=random.uniform(0, BATCH_SECONDS / 2))  # noqa: S311 - any moment of a batch will do
                assert left.exists()
        wait_until(lambda: not left.exists(), what="every approval")

    assert len(due) == DUE_CLAIMS
    assert slayer.kills == KILLS
    assert_approved_once(due)


def has_come_to(place: int, left: ClaimQuerySet) -> bool:
    return DUE_CLAIMS - left.count() >= place


@contextmanager
def slow_history() -> Iterator[None]:
    """Let the database take its time for every line of History, so that a quick machine is hit at work as well."""
    seconds_a_line = BATCH_SECONDS / (2 * approval.BATCH)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN PERFORM pg_sleep({seconds_a_line}); RETURN NEW; END'"
        )
        cursor.execute(
            "CREATE TRIGGER take_time BEFORE INSERT ON associations_claimevent"
            " FOR EACH ROW EXECUTE FUNCTION take_time()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION take_time CASCADE")
