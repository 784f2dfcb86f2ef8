"""The sweep that turns silence into an association (domain.md D1, D2)."""

import mailbox
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from associations.choices import ContactKind, WithdrawalReason
from associations.models import Association, Claim, Contact
from associations.rules.actors import Actor, Role
from associations.services.association import approval
from associations.services.association.approval import SweepCounts
from associations.services.claim import submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.review import decisions
from notifications.incoming import processing
from notifications.incoming.mailboxes import BoxUnreachable
from notifications.incoming.processing import read_bounces
from notifications.models import Notification, OutboxEmail
from tests import stories
from tests.factories import MONDAY, AssociationFactory, PartnerLocationFactory, PartnerMemberFactory
from tests.factories.rules import rules_are

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
BEFORE = DEADLINE - timedelta(seconds=1)


def sweep(now=DEADLINE):
    return approval.approve_unopposed_claims(now=now)


def status_of(claim):
    stored = stories.fresh(claim)
    return stored.status, stored.consent_status


def test_silence_makes_an_association_of_every_item():
    claim = stories.noticed_claim()

    assert sweep() == SweepCounts(windows_closed=1, approved=1, left=0)

    assert status_of(claim) == ("approved", "no_objection")
    stored = stories.fresh(claim)
    assert (stored.closed_at, stored.review_due_at) == (DEADLINE, None)
    held = Association.objects.active().filter(partner=claim.partner, tenant=claim.tenant)
    assert sorted(held.values_list("product__code", "starts_at")) == [("EXO", DEADLINE), ("TEAMS", DEADLINE)]
    assert list(claim.events.values_list("kind", "actor_role"))[-2:] == [
        ("window_closed", "portal"),
        ("approve", "portal"),
    ]


def test_a_second_before_its_end_the_window_is_still_open():
    claim = stories.noticed_claim()

    assert sweep(BEFORE) == SweepCounts(windows_closed=0, approved=0, left=0)

    assert status_of(claim) == ("submitted", "sent")


def test_the_sweep_run_twice_approves_once():
    claim = stories.noticed_claim()

    sweep()
    assert sweep() == SweepCounts(windows_closed=0, approved=0, left=0)

    assert claim.events.filter(kind="approve").count() == 1
    assert OutboxEmail.objects.filter(template="claim_approved").count() == 1
    assert OutboxEmail.objects.filter(template="association_active").count() == 1
    assert Association.objects.count() == 2


@pytest.mark.parametrize("validate", [False, True])
def test_review_and_window_run_side_by_side(validate):
    claim = stories.claim_under_review()
    if validate:
        decisions.validate_claim(claim_id=claim.pk, by=Actor(Role.REVIEWER, claim.reviewer_id), now=MONDAY)

    sweep()

    assert status_of(claim) == ("approved", "no_objection")


# Holds


def test_a_claim_that_waits_for_the_partner_is_held_and_its_window_closed():
    claim = stories.claim_needing_action()

    assert sweep() == SweepCounts(windows_closed=1, approved=0, left=0)

    assert status_of(claim) == ("action_required", "no_objection")
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=DEADLINE)
    sweep()
    assert status_of(claim) == ("approved", "no_objection")


def test_competing_claims_are_held_until_one_is_left():
    first = stories.noticed_claim()
    second = stories.noticed_claim(tenant=first.tenant)

    assert sweep().approved == 0

    withdraw_claim(
        claim_id=second.pk, reason=WithdrawalReason.NOT_OUR_CUSTOMER, by=stories.admin_of(second), now=DEADLINE
    )
    assert sweep().approved == 1
    assert status_of(first) == ("approved", "no_objection")


def test_a_claim_to_what_another_partner_holds_is_held():
    held = AssociationFactory()
    claim = stories.noticed_claim(tenant=held.tenant)

    sweep()

    assert status_of(claim) == ("submitted", "no_objection")
    assert list(Association.objects.active()) == [held]


def test_a_claim_whose_notice_never_left_is_held():
    claim = stories.submitted_claim()

    assert sweep(DEADLINE + timedelta(days=365)).approved == 0

    assert status_of(claim) == ("submitted", "queued")


def test_an_opt_out_is_never_approved():
    claim = stories.declined_claim()

    assert sweep() == SweepCounts(windows_closed=0, approved=0, left=0)

    assert status_of(claim) == ("rejected", "declined")


def test_a_withdrawn_claim_is_never_approved():
    claim = stories.noticed_claim()
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY)

    assert sweep().approved == 0

    assert stories.fresh(claim).status == "cancelled"


def test_a_program_that_needs_validation_holds_the_claim_until_a_reviewer_validates():
    rules_are(needs_validation=True)
    claim = stories.claim_under_review()

    assert sweep() == SweepCounts(windows_closed=1, approved=0, left=0)
    assert status_of(claim) == ("under_review", "no_objection")

    validated = decisions.validate_claim(claim_id=claim.pk, by=Actor(Role.REVIEWER, claim.reviewer_id), now=DEADLINE)
    assert validated.status == "approved"


def test_a_validation_before_the_end_waits_for_the_end():
    rules_are(needs_validation=True)
    claim = stories.claim_under_review()
    decisions.validate_claim(claim_id=claim.pk, by=Actor(Role.REVIEWER, claim.reviewer_id), now=MONDAY)

    assert sweep(BEFORE).approved == 0
    assert status_of(claim) == ("awaiting_customer", "sent")

    assert sweep().approved == 1


# Batches


def test_one_claim_that_fails_is_left_and_stops_no_other(caplog):
    claims = [stories.noticed_claim() for _ in range(3)]
    # Another partner got the workload by a way that no claim knows of; the database refuses the second one.
    AssociationFactory(tenant=claims[1].tenant)

    assert sweep() == SweepCounts(windows_closed=3, approved=2, left=1)

    assert [stories.fresh(claim).status for claim in claims] == ["approved", "submitted", "approved"]
    assert f"Claim {claims[1].pk} could not be approved and is left for the next run." in caplog.text
    assert not OutboxEmail.objects.filter(key=f"claim:{claims[1].pk}:approved").exists()


def test_more_claims_than_a_batch_are_all_approved(monkeypatch):
    monkeypatch.setattr(approval, "BATCH", 2)
    claims = [stories.noticed_claim() for _ in range(5)]

    assert sweep() == SweepCounts(windows_closed=5, approved=5, left=0)

    assert Claim.objects.filter(pk__in=[claim.pk for claim in claims], status="approved").count() == 5


def test_failing_claims_do_not_keep_the_sweep_from_the_next_batch(monkeypatch):
    monkeypatch.setattr(approval, "BATCH", 2)
    claims = [stories.noticed_claim() for _ in range(4)]
    for claim in claims[:2]:
        AssociationFactory(tenant=claim.tenant)

    assert sweep() == SweepCounts(windows_closed=4, approved=2, left=2)


def test_a_poisoned_claim_in_the_middle_of_a_batch_leaves_its_neighbours_whole(caplog):
    claims = [stories.noticed_claim() for _ in range(3)]
    Contact.objects.filter(claim=claims[1], kind=ContactKind.CUSTOMER).delete()

    assert sweep() == SweepCounts(windows_closed=3, approved=2, left=1)

    assert "3 claims could not be approved at once; trying one by one." in caplog.text
    for claim, events in zip(claims, (1, 0, 1), strict=True):
        assert claim.events.filter(kind="approve").count() == events
        assert Association.objects.filter(tenant=claim.tenant).count() == 2 * events
        assert OutboxEmail.objects.filter(key=f"claim:{claim.pk}:approved").count() == events
        assert OutboxEmail.objects.filter(key=f"claim:{claim.pk}:active").count() == events


def test_a_batch_takes_the_same_queries_for_any_number_of_claims(django_assert_num_queries):
    claims = [stories.noticed_claim() for _ in range(4)]
    approval.close_elapsed_windows(now=DEADLINE)

    with CaptureQueriesContext(connection) as one:
        approval.approve_those_due([claims[0].pk], now=DEADLINE)
    with django_assert_num_queries(len(one)):
        approval.approve_those_due([claim.pk for claim in claims[1:]], now=DEADLINE)


def test_two_claims_of_a_batch_to_one_item_share_the_association():
    usage = stories.noticed_claim(claim=stories.complete_dynamics_claim(activity_codes=("BA_USAGE",)))
    draft = stories.complete_dynamics_claim(
        location=usage.location, tenant=usage.tenant, activity_codes=("BA_PRESALES",)
    )
    presales = stories.noticed_claim(claim=draft)

    assert sweep().approved == 2

    held = Association.objects.get()
    assert held.activity_codes == ("BA_USAGE", "BA_PRESALES")
    assert [claim.items.get().association for claim in (usage, presales)] == [held, held]


def test_a_batch_keeps_every_history_whole():
    claims = [stories.noticed_claim() for _ in range(3)]

    sweep()

    for claim in claims:
        lines = list(claim.events.order_by("pk"))
        assert [line.previous_hash for line in lines] == ["", *(line.hash for line in lines[:-1])]
        assert all(line.hash == line.link() for line in lines)
        assert stories.fresh(claim).history_head == lines[-1].hash


def test_people_of_a_batch_are_told_of_their_own_locations_only():
    here, elsewhere = stories.noticed_claim(), stories.noticed_claim()
    colleague = PartnerMemberFactory(partner=here.partner, locations=[here.location]).user
    other_site = PartnerLocationFactory(partner=here.partner)
    PartnerMemberFactory(partner=here.partner, locations=[other_site])

    sweep()

    told = Notification.objects.filter(kind="claim_approved").order_by("pk").values_list("key", "user")
    assert sorted(told) == sorted(
        [
            (f"claim:{here.pk}:approved", here.created_by_id),
            (f"claim:{here.pk}:approved", colleague.pk),
            (f"claim:{elsewhere.pk}:approved", elsewhere.created_by_id),
        ]
    )


@pytest.fixture
def read_a_mailbox(settings, tmp_path):
    """From now on the portal reads a mailbox, a folder that this returns."""

    def begin():
        settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
        mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)
        return tmp_path / "bounces"

    return begin


def test_silence_does_not_count_while_the_mailbox_was_never_read(read_a_mailbox):
    claim = stories.noticed_claim()
    read_a_mailbox()

    assert sweep() == SweepCounts(windows_closed=0, approved=0, left=0)
    assert status_of(claim) == ("submitted", "sent")


def test_silence_counts_up_to_the_last_time_the_mailbox_was_read(read_a_mailbox):
    claim = stories.noticed_claim()
    folder = read_a_mailbox()
    read_bounces(now=BEFORE)
    later = DEADLINE + timedelta(days=3)
    folder.rename(folder.with_name("away"))
    with pytest.raises(BoxUnreachable):
        read_bounces(now=later)
    assert sweep(later).approved == 0
    assert status_of(claim) == ("submitted", "sent")

    folder.with_name("away").rename(folder)
    read_bounces(now=later)
    assert sweep(later) == SweepCounts(windows_closed=1, approved=1, left=0)


def test_the_window_of_a_claim_that_something_holds_stays_open_too(read_a_mailbox):
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(has_competing_claim=True)
    read_a_mailbox()

    assert sweep().windows_closed == 0
    read_bounces(now=DEADLINE)
    assert sweep() == SweepCounts(windows_closed=1, approved=0, left=0)


def test_a_mailbox_that_was_not_read_to_its_end_does_not_count_as_read(read_a_mailbox, monkeypatch):
    stories.noticed_claim()
    folder = read_a_mailbox()
    for number in range(2):
        mailbox.Maildir(folder).add(f"Subject: {number}\n\n".encode())
    monkeypatch.setattr(processing, "MESSAGES_A_RUN", 1)

    read_bounces(now=DEADLINE)
    assert sweep().windows_closed == 0
    monkeypatch.undo()
    read_bounces(now=DEADLINE)
    assert sweep().windows_closed == 1


def test_the_customers_own_approval_needs_no_mailbox(read_a_mailbox):
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(consent_status="acknowledged")
    read_a_mailbox()

    assert sweep(BEFORE).approved == 1
    assert status_of(claim) == ("approved", "acknowledged")
