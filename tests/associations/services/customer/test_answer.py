"""The customer's answer through the link (domain.md D3, D4, D10)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import OptOutReason, WithdrawalReason
from associations.models import Association
from associations.services.association import approval
from associations.services.claim import submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from associations.services.customer import notice as noticing
from associations.services.customer import opt_out_period
from associations.services.customer.answer import Answerer, BadLink, NothingToAnswer
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.factories import MONDAY, AssociationFactory

pytestmark = pytest.mark.django_db

DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CARLA = Answerer(name="Carla Bianchi", ip="192.0.2.7", user_agent="Firefox")


def notice_of(claim):
    return claim.notices.current().get()


def approve(claim, *, now=MONDAY + MINUTE):
    return answering.approve_by_customer(notice_id=notice_of(claim).pk, answerer=CARLA, now=now)


def opt_out(claim, *, now=MONDAY + MINUTE):
    return answering.opt_out(
        notice_id=notice_of(claim).pk,
        answerer=CARLA,
        reason=OptOutReason.OTHER_PARTNER,
        text="Fabrikam does it.",
        now=now,
    )


def status_of(claim):
    stored = stories.fresh(claim)
    return stored.status, stored.consent_status


def mails(claim):
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


# The link


def test_find_notice_returns_the_notice_of_its_link():
    claim = stories.submitted_claim()
    notice = notice_of(claim)

    token = notice.email.secret.split("/")[-2]

    assert answering.find_notice(token) == notice


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "ä" * 43])
def test_find_notice_does_not_say_why_a_link_is_bad(token):
    stories.submitted_claim()

    with pytest.raises(BadLink) as refusal:
        answering.find_notice(token)

    assert str(refusal.value) == ""


def test_a_revoked_link_finds_nothing():
    claim = stories.submitted_claim()
    token = notice_of(claim).email.secret.split("/")[-2]

    noticing.send_notice(claim, now=MONDAY + MINUTE)

    with pytest.raises(BadLink):
        answering.find_notice(token)


@pytest.mark.parametrize(
    "answer",
    [
        lambda notice_id: answering.approve_by_customer(notice_id=notice_id, answerer=CARLA, now=MONDAY),
        lambda notice_id: answering.opt_out(
            notice_id=notice_id, answerer=CARLA, reason=OptOutReason.OTHER, now=MONDAY
        ),
    ],
)
def test_a_notice_revoked_meanwhile_takes_no_answer(answer):
    claim = stories.noticed_claim()
    notice = notice_of(claim)
    noticing.send_notice(claim, now=MONDAY)

    with pytest.raises(BadLink):
        answer(notice.pk)

    assert status_of(claim) == ("submitted", "queued")


# Approving


def test_an_approval_closes_the_window_and_makes_the_claim_official_at_once():
    claim = stories.noticed_claim()

    notice = approve(claim)

    assert status_of(claim) == ("approved", "acknowledged")
    assert Association.objects.active().filter(partner=claim.partner).count() == 2
    assert (notice.answer, notice.answered_at, notice.answered_by_name) == (
        "approved",
        MONDAY + MINUTE,
        "Carla Bianchi",
    )
    assert list(claim.events.values_list("kind", "actor_role", "actor_name"))[-2:] == [
        ("customer_approved", "customer", "Carla Bianchi"),
        ("approve", "portal", ""),
    ]
    assert mails(claim)[-2:] == ["claim_approved", "association_active"]


def test_an_approval_before_the_window_opened_counts_and_no_window_opens():
    claim = stories.submitted_claim()
    type(claim).objects.filter(pk=claim.pk).update(has_competing_claim=True)
    deliver_due_emails(now=MONDAY)

    approve(claim)

    assert opt_out_period.open_windows(now=MONDAY + MINUTE) == 0
    assert status_of(claim) == ("submitted", "acknowledged")


@pytest.mark.parametrize(
    ("story", "status"),
    [
        (lambda: stories.claim_needing_action(), "action_required"),
        (lambda: stories.noticed_claim(tenant=AssociationFactory().tenant), "submitted"),
    ],
)
def test_an_approval_of_a_held_claim_waits_for_the_hold_to_go(story, status):
    claim = story()

    approve(claim)

    assert status_of(claim) == (status, "acknowledged")
    assert not Association.objects.active().filter(partner=claim.partner).exists()


def test_an_approved_claim_becomes_official_when_the_partner_has_answered():
    claim = stories.claim_needing_action()
    approve(claim, now=MONDAY + timedelta(hours=3))
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=MONDAY)

    approval.approve_unopposed_claims(now=MONDAY + timedelta(hours=4))

    assert status_of(claim) == ("approved", "acknowledged")


# Opting out


@pytest.mark.parametrize(
    "story",
    [
        stories.submitted_claim,
        stories.noticed_claim,
        stories.claim_under_review,
        stories.claim_needing_action,
    ],
)
def test_an_opt_out_declines_a_claim_in_every_undecided_status(story):
    claim = story()

    opt_out(claim)

    stored = stories.fresh(claim)
    assert status_of(claim) == ("rejected", "declined")
    assert (stored.reason_codes, stored.answer_due_at) == (["CUSTOMER_DECLINED"], None)
    assert not Association.objects.exists()
    assert mails(claim)[-2:] == ["claim_rejected", "opt_out_receipt"]


def test_an_opt_out_keeps_the_evidence():
    claim = stories.noticed_claim()

    notice = opt_out(claim)

    notice.refresh_from_db()
    assert (notice.answer, notice.answered_at, notice.answered_by_name) == (
        "opted_out",
        MONDAY + MINUTE,
        "Carla Bianchi",
    )
    assert (notice.answer_reason, notice.answer_text) == ("other_partner", "Fabrikam does it.")
    assert (notice.answer_ip, notice.answer_user_agent) == ("192.0.2.7", "Firefox")
    line = claim.events.get(kind="decline")
    assert (line.actor_role, line.actor_name, line.note) == ("customer", "Carla Bianchi", "Fabrikam does it.")
    assert line.details == {"reason": "other_partner"}


def test_an_opt_out_a_minute_after_the_deadline_declines_when_the_sweep_has_not_run():
    claim = stories.noticed_claim()

    opt_out(claim, now=DEADLINE + MINUTE)

    approval.approve_unopposed_claims(now=DEADLINE + 2 * MINUTE)
    assert status_of(claim) == ("rejected", "declined")
    assert not Association.objects.exists()


def test_an_opt_out_a_minute_after_the_sweep_ends_the_association():
    claim = stories.noticed_claim()
    approval.approve_unopposed_claims(now=DEADLINE)

    opt_out(claim, now=DEADLINE + MINUTE)

    assert status_of(claim) == ("approved", "declined")
    ended = Association.objects.filter(tenant=claim.tenant)
    assert set(ended.values_list("ended_at", "end_reason")) == {(DEADLINE + MINUTE, "customer_opt_out")}
    assert mails(claim)[-2:] == ["association_ended", "opt_out_receipt"]


def test_an_opt_out_months_later_is_a_line_of_the_customer_in_the_history():
    claim = stories.approved_claim()
    later = MONDAY + timedelta(days=75)

    opt_out(claim, now=later)

    line = claim.events.latest("pk")
    assert (line.kind, line.actor_role, line.actor_name, line.at) == (
        "association_ended",
        "customer",
        "Carla Bianchi",
        later,
    )
    assert line.details == {"reason": "customer_opt_out", "products": ["Exchange Online", "Microsoft Teams"]}
    assert list(Association.objects.values_list("ended_at", flat=True)) == [later, later]


def test_an_opt_out_ends_also_what_a_clock_turned_forward_made_official():
    claim = stories.approved_claim()

    opt_out(claim, now=MONDAY + MINUTE)

    ended = Association.objects.earliest("pk")
    assert ended.ended_at == ended.starts_at == MONDAY + timedelta(days=14)
    assert not Association.objects.active().exists()


def test_an_approval_can_be_taken_back_by_an_opt_out():
    claim = stories.noticed_claim()
    approve(claim)

    opt_out(claim, now=MONDAY + 2 * MINUTE)

    assert not Association.objects.active().exists()
    assert notice_of(claim).answer == "opted_out"


def test_an_opt_out_settles_the_competition_for_the_other_partner():
    first = stories.noticed_claim()
    second = stories.noticed_claim(tenant=first.tenant)

    opt_out(first)

    assert stories.fresh(second).has_competing_claim is False


# A second answer


@pytest.mark.parametrize("story", [stories.noticed_claim, stories.approved_claim])
def test_a_second_opt_out_changes_nothing(story):
    claim = story()
    opt_out(claim)
    sent, lines = OutboxEmail.objects.count(), claim.events.count()

    with pytest.raises(NothingToAnswer):
        opt_out(claim)

    assert (OutboxEmail.objects.count(), claim.events.count()) == (sent, lines)


def test_an_approval_after_an_opt_out_changes_nothing():
    claim = stories.noticed_claim()
    opt_out(claim)

    with pytest.raises(NothingToAnswer):
        approve(claim)

    assert status_of(claim) == ("rejected", "declined")


def test_a_second_approval_changes_nothing():
    claim = stories.noticed_claim()
    approve(claim)

    with pytest.raises(NothingToAnswer):
        approve(claim)

    assert OutboxEmail.objects.filter(template="claim_approved").count() == 1


def test_a_withdrawn_claim_takes_no_answer():
    claim = stories.noticed_claim()
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY)

    with pytest.raises(NothingToAnswer):
        opt_out(claim)
    with pytest.raises(NothingToAnswer):
        approve(claim)


@pytest.mark.parametrize(
    ("story", "can_approve", "can_opt_out"),
    [
        (stories.noticed_claim, True, True),
        (stories.claim_needing_action, True, True),
        (stories.approved_claim, False, True),
        (stories.declined_claim, False, False),
    ],
)
def test_a_page_offers_the_answers_that_would_change_something(story, can_approve, can_opt_out):
    notice = notice_of(story())

    assert (answering.can_approve(notice), answering.can_opt_out(notice)) == (can_approve, can_opt_out)
