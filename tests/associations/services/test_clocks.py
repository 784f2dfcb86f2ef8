"""What time does by itself: windows open when the mail server accepted the notice (domain.md D1, 1.9)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import WithdrawalReason
from associations.models import Claim, CustomerTenant
from associations.services import approval, clocks, deadlines, submission
from notifications.delivery import deliver_due_emails
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory, PartnerMemberFactory, ReviewerFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def morning(day):
    """08:00 UTC of an ISO day."""
    return datetime.fromisoformat(f"{day}T08:00:00+00:00")


def notice_mail(claim):
    return claim.notices.current().get().email


def run(now):
    """One turn of the beat as of *now*."""
    clocks.renew_promised_dates(now=now)
    deliver_due_emails(now=now)
    return clocks.open_windows(now=now)


@pytest.mark.parametrize(
    ("country", "sent_on", "last_day", "closes_at"),
    [
        ("IT", "2020-10-19", "2020-10-26", "2020-10-26T23:00:00+00:00"),
        ("IT", "2020-10-23", "2020-10-30", "2020-10-30T23:00:00+00:00"),
        ("IT", "2020-10-24", "2020-10-30", "2020-10-30T23:00:00+00:00"),
        ("IT", "2020-12-21", "2020-12-29", "2020-12-29T23:00:00+00:00"),
        ("IT", "2020-12-30", "2021-01-08", "2021-01-08T23:00:00+00:00"),
        ("IT", "2021-04-01", "2021-04-09", "2021-04-09T22:00:00+00:00"),
        ("JP", "2020-12-21", "2020-12-28", "2020-12-28T15:00:00+00:00"),
        ("US", "2021-04-01", "2021-04-08", "2021-04-09T04:00:00+00:00"),
    ],
)
def test_the_window_closes_after_the_fifth_business_day_as_the_mail_promised(country, sent_on, last_day, closes_at):
    tenant = CustomerTenantFactory(country=country)
    claim = stories.submitted_claim(at=morning(sent_on), claim=stories.complete_claim(tenant=tenant))

    assert run(morning(sent_on)) == 1

    stored, notice = stories.fresh(claim), claim.notices.get()
    assert (stored.consent_status, stored.opt_out_opens_at) == ("sent", morning(sent_on))
    assert stored.opt_out_closes_at == datetime.fromisoformat(closes_at)
    assert (notice.opens_at, notice.closes_at) == (stored.opt_out_opens_at, stored.opt_out_closes_at)
    assert (notice.email.context["closes_at"], notice.email.context["last_day_on"]) == (closes_at, last_day)


def test_without_holidays_the_new_year_window_ends_on_wednesday(settings):
    claim = stories.submitted_claim(at=morning("2020-12-30"))
    # A country that no calendar knows, and a default that none knows either, have weekends only.
    settings.CPOR_DEFAULT_COUNTRY = "ZZ"
    CustomerTenant.objects.update(country="ZZ")

    assert deadlines.end_of_business_days(stories.fresh(claim), morning("2020-12-30"), days=5) == datetime(
        2021, 1, 6, 23, tzinfo=UTC
    )


def test_the_history_says_until_when():
    claim = stories.submitted_claim()

    run(MONDAY)

    assert claim.events.latest("pk").kind == "window_opened"
    assert claim.events.latest("pk").details == {
        "notice": 1,
        "closes_at": "2020-10-26T23:00:00+00:00",
        "zone": "Europe/Rome",
    }


def test_a_window_waits_for_the_mail_server():
    claim = stories.submitted_claim()

    assert clocks.open_windows(now=MONDAY + MINUTE) == 0

    assert stories.fresh(claim).consent_status == "queued"


@pytest.mark.parametrize("status", [EmailStatus.FAILED, EmailStatus.CANCELLED])
def test_a_notice_that_was_never_accepted_opens_no_window(status):
    claim = stories.submitted_claim()
    facts = {"cancelled_at": MONDAY} if status == EmailStatus.CANCELLED else {}
    OutboxEmail.objects.filter(pk=notice_mail(claim).pk).update(status=status, secret="", **facts)

    assert clocks.open_windows(now=MONDAY + MINUTE) == 0

    assert stories.fresh(claim).opt_out_closes_at is None


def test_the_window_runs_from_the_moment_of_acceptance_however_late_the_clock():
    claim = stories.submitted_claim(at=MONDAY)
    deliver_due_emails(now=MONDAY)

    clocks.open_windows(now=MONDAY + timedelta(days=2))

    assert stories.fresh(claim).opt_out_opens_at == MONDAY
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_open_windows_twice_opens_once():
    claim = stories.submitted_claim()

    assert run(MONDAY) == 1
    assert run(MONDAY + MINUTE) == 0

    assert list(claim.events.filter(kind="window_opened").values_list("at", flat=True)) == [MONDAY]


def test_open_window_asks_again_under_the_lock():
    claim = stories.submitted_claim()
    run(MONDAY)

    assert clocks.open_window(claim.notices.get().pk, now=MONDAY + MINUTE) is False


def test_a_stored_deadline_is_never_recomputed():
    claim = stories.noticed_claim(at=morning("2020-12-21"))
    CustomerTenant.objects.update(country="JP")

    run(morning("2020-12-22"))

    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 12, 29, 23, tzinfo=UTC)


def test_a_customer_who_was_promised_a_day_keeps_it():
    claim = stories.submitted_claim(at=morning("2020-12-21"))
    CustomerTenant.objects.update(country="JP")

    run(morning("2020-12-21"))

    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 12, 29, 23, tzinfo=UTC)


def test_a_withdrawn_claim_opens_no_window():
    claim = stories.submitted_claim()
    deliver_due_emails(now=MONDAY)
    submission.withdraw_claim(
        claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY
    )

    assert clocks.open_windows(now=MONDAY + MINUTE) == 0


def test_one_notice_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = stories.submitted_claim(), stories.submitted_claim()
    deliver_due_emails(now=MONDAY)
    type(broken).objects.filter(pk=broken.pk).update(window_zone="Nowhere/At_All")

    assert clocks.open_windows(now=MONDAY) == 1

    assert stories.fresh(broken).consent_status == "queued"
    assert stories.fresh(sound).consent_status == "sent"
    assert "was left for the next run" in caplog.text


# Mails that leave late


def test_a_mail_that_leaves_a_day_late_names_the_later_day():
    saturday_in_rome = datetime(2020, 10, 23, 22, 1, tzinfo=UTC)
    claim = stories.submitted_claim(at=morning("2020-10-22"))

    assert notice_mail(claim).context["last_day_on"] == "2020-10-29"
    assert run(saturday_in_rome) == 1

    assert notice_mail(claim).context["last_day_on"] == "2020-10-30"
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 30, 23, tzinfo=UTC)


def test_a_mail_does_not_leave_after_midnight_with_yesterday_s_date():
    claim = stories.submitted_claim(at=morning("2020-10-19"))
    midnight_in_rome = datetime(2020, 10, 19, 22, tzinfo=UTC)

    deliver_due_emails(now=midnight_in_rome)

    assert notice_mail(claim).status == EmailStatus.QUEUED
    assert clocks.renew_promised_dates(now=midnight_in_rome) == 1
    assert clocks.renew_promised_dates(now=midnight_in_rome) == 0
    assert notice_mail(claim).context["last_day_on"] == "2020-10-27"


def test_a_minute_before_midnight_the_date_still_holds():
    claim = stories.submitted_claim(at=morning("2020-10-19"))
    before_midnight = datetime(2020, 10, 19, 21, 59, tzinfo=UTC)

    assert clocks.renew_promised_dates(now=before_midnight) == 0
    assert run(before_midnight) == 1

    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_the_mail_of_a_closed_claim_gets_no_new_date():
    claim = stories.submitted_claim()
    type(claim).objects.filter(pk=claim.pk).update(status="rejected")

    assert clocks.renew_promised_dates(now=MONDAY + timedelta(days=1)) == 0


def test_the_technical_contact_s_copy_names_the_stored_end():
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim(at=MONDAY))

    run(MONDAY + timedelta(days=1))

    copy = OutboxEmail.objects.get(template="customer_notice_copy")
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 27, 23, tzinfo=UTC)
    assert copy.context["closes_at"] == "2020-10-27T23:00:00+00:00"
    assert (copy.to, copy.secret, copy.send_before) == ([f"technical@{claim.domain_name}"], "", None)


# Questions that ran out (T9)


ANSWER_DUE = datetime(2020, 10, 26, 23, tzinfo=UTC)


def mails(claim):
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


def test_a_question_without_an_answer_rejects_the_claim_on_the_sixth_day():
    claim = stories.claim_needing_action()

    assert clocks.expire_answers(now=ANSWER_DUE) == 1

    stored = stories.fresh(claim)
    assert (stored.status, stored.reason_codes) == ("rejected", ["NO_PARTNER_RESPONSE"])
    assert (stored.closed_at, stored.answer_due_at) == (ANSWER_DUE, None)
    assert stored.dispute_closes_at == datetime(2020, 11, 26, 23, tzinfo=UTC)
    line = claim.events.get(kind="expire_answer")
    assert (line.actor_role, line.to_status) == ("portal", "rejected")
    assert mails(claim)[-2:] == ["request_closed", "claim_rejected"]


def test_a_question_is_open_until_the_last_moment():
    claim = stories.claim_needing_action()

    assert clocks.expire_answers(now=ANSWER_DUE - timedelta(seconds=1)) == 0

    assert stories.fresh(claim).status == "action_required"


def test_a_question_runs_out_once_however_often_the_clock_runs():
    claim = stories.claim_needing_action()

    assert [clocks.expire_answers(now=ANSWER_DUE + MINUTE * turn) for turn in range(3)] == [1, 0, 0]

    assert mails(claim).count("claim_rejected") == 1


def test_a_question_that_was_answered_meanwhile_does_not_run_out():
    claim = stories.claim_needing_action()
    by = stories.admin_of(claim)
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=by, now=ANSWER_DUE - MINUTE)

    assert clocks.expire_answers(now=ANSWER_DUE) == 0
    assert clocks.expire_answer(claim.pk, now=ANSWER_DUE) is False

    assert stories.fresh(claim).status == "under_review"


def test_a_claim_that_ran_out_leaves_the_field_to_the_other_partner():
    claim = stories.claim_needing_action()
    rival = stories.noticed_claim(tenant=claim.tenant)

    clocks.expire_answers(now=ANSWER_DUE)

    assert stories.fresh(rival).has_competing_claim is False


def test_one_question_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = stories.claim_needing_action(), stories.claim_needing_action()
    Claim.objects.filter(pk=broken.pk).update(window_zone="Nowhere/At_All")

    assert clocks.expire_answers(now=ANSWER_DUE) == 1

    assert stories.fresh(broken).status == "action_required"
    assert stories.fresh(sound).status == "rejected"
    assert "was left for the next run" in caplog.text


# The reviewers' day (E13)


# A claim filed on Monday 19 October is due until the end of Monday 26 October; eight in Rome is seven in UTC then.
EIGHT_ON_THE_DAY = datetime(2020, 10, 26, 7, tzinfo=UTC)


def digests():
    return OutboxEmail.objects.filter(template="review_digest").order_by("pk")


def counts(email):
    return email.context["overdue"], email.context["due_today"], email.context["waiting"]


def test_every_reviewer_is_told_once_a_day_from_eight():
    stories.submitted_claim()
    reviewers = [ReviewerFactory(), ReviewerFactory()]
    ReviewerFactory(is_active=False)

    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY - timedelta(seconds=1)) == 0
    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY) == 2
    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(hours=5)) == 0

    assert [email.to for email in digests()] == [[reviewer.email] for reviewer in reviewers]
    assert [counts(email) for email in digests()] == [(0, 1, 1)] * 2


def test_the_next_day_is_told_anew_and_counts_what_is_overdue_apart():
    stories.submitted_claim()
    stories.submitted_claim(at=MONDAY + timedelta(days=1))
    stories.submitted_claim(at=MONDAY + timedelta(days=7))
    ReviewerFactory()
    clocks.send_review_digests(now=EIGHT_ON_THE_DAY)

    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(days=1)) == 1

    assert [counts(email) for email in digests()] == [(0, 1, 3), (1, 1, 3)]


def test_a_queue_with_time_left_is_no_news():
    stories.submitted_claim()
    ReviewerFactory()

    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY - timedelta(days=1)) == 0


def test_a_claim_that_became_official_by_silence_waits_for_no_reviewer():
    stories.noticed_claim()
    ReviewerFactory()
    approval.approve_unopposed_claims(now=ANSWER_DUE)

    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(days=1)) == 0


def test_reviewers_do_not_hear_of_their_own_company():
    claim, reviewer = stories.submitted_claim(), ReviewerFactory()
    PartnerMemberFactory(user=reviewer, partner=claim.partner, role="global_admin")

    assert clocks.send_review_digests(now=EIGHT_ON_THE_DAY) == 0
