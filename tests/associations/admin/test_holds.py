"""The desk's page on which a reviewer reads what came in and ends the hold (domain.md D19, D20)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import HoldOutcome
from associations.services.customer import holds
from associations.services.review import holds as holding
from notifications.models import IncomingKind
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory, UserFactory

QUEUE = reverse("admin:associations_claim_changelist")
DAY = timedelta(days=1)
WEDNESDAY = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)
REASON = "She writes that they never hired this partner."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def page(hold):
    return reverse("admin:associations_claim_hold", args=[hold.claim_id, hold.pk])


def desk(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def test_a_reviewer_reads_what_the_customer_wrote_with_its_facts(client, reviewer):
    claim = stories.noticed_claim()
    text = 'No, we <b>never</b> hired "them".\nCarla'
    stories.receive(claim, at=MONDAY + DAY, sender="boss@customer.example", subject="Never hired", text=text)
    holds.hear_incoming_emails(now=MONDAY + DAY)
    hold = claim.holds.get()

    assertContains(client.get(desk(claim)), page(hold))
    response = client.get(page(hold))

    assertContains(response, "No, we &lt;b&gt;never&lt;/b&gt; hired &quot;them&quot;.<br>Carla")
    assertContains(response, "boss@customer.example")
    assertContains(response, "Never hired")
    assertContains(response, "This is not the address of the contact.")
    assertContains(response, "it does not become official before you decide")
    assertContains(response, "Thu 22 Oct 2020, end of day (CEST)")


def test_a_decision_needs_an_outcome_and_a_reason_and_keeps_what_was_typed(client, reviewer):
    claim = stories.held_claim()

    nothing = client.post(page(claim.holds.get()), {})
    no_reason = client.post(page(claim.holds.get()), {"outcome": "opted_out", "reason": " "})
    impossible = client.post(page(claim.holds.get()), {"outcome": "arrived", "reason": REASON})

    assertContains(nothing, "Choose what follows.")
    assertContains(nothing, "Write a reason.")
    assertContains(no_reason, '<input type="radio" name="outcome" value="opted_out"')
    assertContains(no_reason, "checked")
    assertContains(impossible, REASON)
    assertContains(impossible, "The claim has changed in the meantime. Choose again.")
    assert claim.holds.get().settled_at is None


def test_a_reviewer_records_an_opt_out_and_the_claim_page_says_so(client, reviewer):
    claim = stories.held_claim()

    response = client.post(page(claim.holds.get()), {"outcome": "opted_out", "reason": REASON}, follow=True)

    assert response.redirect_chain == [(desk(claim), 302)]
    assert stories.fresh(claim).status == "rejected"
    assertContains(response, f"Your decision on {claim.number} is recorded.")
    assertContains(response, "Opt-out recorded,")
    assertContains(response, REASON)
    assertContains(client.get(page(claim.holds.get())), REASON)


def test_two_reviewers_who_read_at_the_same_time_decide_once(client, reviewer):
    claim = stories.held_claim()
    hold = claim.holds.get()
    client.get(page(hold))
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=hold.pk,
        outcome=HoldOutcome.LIFTED,
        reason="Out of office.",
        by=stories.reviewer(),
        now=WEDNESDAY,
    )

    response = client.post(page(hold), {"outcome": "opted_out", "reason": REASON}, follow=True)

    assertContains(response, "This hold has ended in the meantime. Nothing was changed.")
    assertContains(response, "Out of office.")
    assert stories.fresh(claim).status == "submitted"


def test_after_the_decision_the_page_says_that_nothing_is_held(client, reviewer):
    claim = stories.approved_claim(at=MONDAY - 30 * DAY)
    stories.receive(claim, at=WEDNESDAY)
    holds.hear_incoming_emails(now=WEDNESDAY)

    assertContains(client.get(desk(claim)), "The customer wrote about this claim, which is decided.")
    response = client.get(page(claim.holds.get()))

    assertContains(response, "nothing is on hold")
    assertContains(response, "Nothing to do. The claim stays as it was decided.")
    assertContains(response, "Record an opt-out.")
    assertNotContains(response, "Send the link again.")


def test_nobody_but_a_reviewer_of_another_company_reads_it(client):
    claim = stories.held_claim()
    hold = claim.holds.get()
    own = ReviewerFactory()
    PartnerMemberFactory(user=own, partner=claim.partner)

    answers = {}
    for name, user in {
        "own company": own,
        "platform admin": UserFactory(is_staff=True, is_superuser=True),
        "partner": claim.created_by,
        "another reviewer": ReviewerFactory(),
    }.items():
        client.force_login(user)
        answers[name] = client.get(page(hold)).status_code

    assert answers == {"own company": 404, "platform admin": 403, "partner": 302, "another reviewer": 200}


def test_an_address_that_mixes_two_claims_is_refused(client, reviewer):
    claim, other = stories.held_claim(), stories.held_claim()

    response = client.get(reverse("admin:associations_claim_hold", args=[claim.pk, other.holds.get().pk]))

    assert response.status_code == 404


def test_the_platform_admin_sees_that_something_came_in_but_not_what(client):
    claim = stories.held_claim()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    response = client.get(desk(claim))

    assertContains(response, "Customer wrote")
    assertNotContains(response, page(claim.holds.get()))
    assertNotContains(response, "hired")


# The queue


def found(response):
    return [claim.pk for claim in response.context["cl"].result_list]


def test_the_queue_counts_what_has_to_be_read_and_lists_it_in_the_order_in_which_it_is_due(client, reviewer):
    second, first = stories.held_claim(at=MONDAY), stories.held_claim(at=MONDAY - 7 * DAY)
    unclear = stories.held_claim(kind=IncomingKind.UNCLEAR_REPORT)
    decided = stories.approved_claim(at=MONDAY - 60 * DAY)
    stories.receive(decided, at=MONDAY - 20 * DAY)
    holds.hear_incoming_emails(now=MONDAY - 20 * DAY)
    own = stories.held_claim()
    PartnerMemberFactory(user=reviewer, partner=own.partner)

    wrote = client.get(QUEUE, {"hold": "customer_wrote"})

    assert found(wrote) == [decided.pk, first.pk, second.pk]
    assert [(tab.count, tab.is_current) for tab in wrote.context["tabs"][3:5]] == [(3, True), (1, False)]
    assert found(client.get(QUEUE, {"hold": "delivery_unclear"})) == [unclear.pk]
    assertContains(wrote, "Customer wrote</span>")
    assertContains(wrote, "Overdue")
    assertContains(wrote, "Thu 22 Oct 2020, end of day (CEST)")
    assertNotContains(wrote, "hired")
