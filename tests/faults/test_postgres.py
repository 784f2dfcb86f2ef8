"""PostgreSQL is restarted under load: no half claim, no lost answer, and a page that says what to do with the rest."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from requests import Response

from associations.models import Claim, ClaimEvent, CustomerNotice
from bench.serving import wait_for
from notifications.models import OutboxEmail
from tests import stories
from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, PostgresServer, RedisServer, database_url, moved_to, wait_until
from tests.faults.visitors import Visitor, hidden_in

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="There is no server to restart"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

EACH = 15
RESTARTS = 3
CONSENT = {"data_is_right": "on", "customer_knows": "on"}
OPT_OUT = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "no_relation"}


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A cluster of its own with the portal's tables, to which the test's queries go, too."""
    server = PostgresServer()
    server.run(
        "createdb", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", connection.settings_dict["NAME"]
    )
    with moved_to(server):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield server
    server.remove()


class Persistent:
    """A person who asks again as long as the portal is not available, sends what its page kept, and counts."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.refusals = 0

    def is_refused(self, answer: Response) -> bool:
        refused = answer.status_code == 503
        self.refusals += refused
        if refused:
            time.sleep(0.1)
        return refused

    def open(self, path: str) -> Response:
        while self.is_refused(answer := self.visitor.open(path)):
            assert "go back in your browser" in answer.text
        return answer

    def fill_in(self, path: str, typed: dict[str, str]) -> Response:
        fields = hidden_in(self.open(path).text) | typed
        while self.is_refused(answer := self.visitor.send(path, fields)):
            kept = hidden_in(answer.text)
            assert kept == fields
            fields = kept
        return answer


def submit(person: Persistent, claim: Claim) -> int:
    answer = person.fill_in(reverse("claim_check", args=[claim.public_id]), CONSENT)
    assert answer.status_code == 302, answer.status_code
    return person.refusals


def opt_out(person: Persistent, link: str) -> int:
    assert person.open(link).status_code == 200
    assert person.fill_in(reverse("customer_decision"), OPT_OUT).status_code == 302
    assert person.fill_in(reverse("customer_confirm"), {}).status_code == 302
    return person.refusals


def test_postgresql_is_restarted_while_people_submit_opt_out_and_a_sweep_runs(
    server: PostgresServer, redis_server: RedisServer, sink: MailSink, tmp_path: Path
):
    drafts = [stories.complete_claim(at=timezone.now()) for _ in range(EACH)]
    asked = [stories.submitted_claim(at=timezone.now()) for _ in range(EACH)]
    links = [CustomerNotice.objects.get(claim=claim).email.secret for claim in asked]
    due = [stories.noticed_claim() for _ in range(EACH)]
    portal = Portal(tmp_path, DATABASE_URL=database_url(), REDIS_URL=redis_server.url, EMAIL_URL=sink.url)
    admins = [Persistent(Visitor(portal.port, draft.created_by)) for draft in drafts]
    customers = [Persistent(Visitor(portal.port)) for _ in links]
    connection.close()
    try:
        portal.web(CPOR_LIMIT_ANSWERS="1000/600"), portal.worker()
        wait_for(portal.port)
        with portal.beating("associations.tasks.approve_unopposed_claims"), ThreadPoolExecutor(6) as crowd:
            work = [crowd.submit(submit, *pair) for pair in zip(admins, drafts, strict=True)]
            work += [crowd.submit(opt_out, *pair) for pair in zip(customers, links, strict=True)]
            for _ in range(RESTARTS):
                time.sleep(0.7)
                server.control("restart")
            refusals = sum(future.result(timeout=60) for future in work)
        left = Claim.objects.filter(pk__in=[claim.pk for claim in due]).exclude(status="approved")
        wait_until(lambda: not left.exists(), what="the sweep", seconds=20)
    finally:
        portal.kill()

    assert refusals > 0
    for claims, kinds in ((drafts, {"submit"}), (asked, {"submit", "decline"}), (due, {"submit", "approve"})):
        events = ClaimEvent.objects.filter(claim__in=claims, kind__in=["submit", "decline", "approve"])
        assert Counter(events.values_list("claim", "kind")) == Counter(
            (claim.pk, kind) for claim in claims for kind in kinds
        )
    assert set(Claim.objects.filter(pk__in=[claim.pk for claim in drafts]).values_list("status", flat=True)) == {
        "submitted"
    }
    answers = CustomerNotice.objects.filter(claim__in=asked).values_list("answer", "answered_by_name")
    assert list(answers) == [("opted_out", "Carla Bianchi")] * EACH
    assert CustomerNotice.objects.filter(claim__in=drafts).count() == EACH
    assert OutboxEmail.objects.filter(template="opt_out_receipt").count() == EACH
    assert OutboxEmail.objects.filter(template="association_active").count() == EACH
    call_command("verify_history")
