"""Windows open when the mail server accepted the notice (docs/domain.md D1, 1.9)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import WithdrawalReason
from associations.models import CustomerTenant
from associations.services import deadlines
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import opt_out_period
from notifications.models import EmailStatus, OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

MINUTE = timedelta(minutes=1)


def morning(day):
    """08:00 UTC of an ISO day."""
    return datetime.fromisoformat(f"{day}T08:00:00+00:00")


def notice_mail(claim):
    return claim.notices.current().get().email


def run(now):
    """One turn of the beat as of *now*."""
    opt_out_period.renew_promised_dates(now=now)
    deliver_due_emails(now=now)
    return opt_out_period.open_windows(now=now)


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
    assert notice.promised_closes_at == notice.closes_at
    assert (notice.email.context["closes_at"], notice.email.context["last_day_on"]) == (closes_at, last_day)


def test_without_holidays_the_new_year_window_ends_on_wednesday(settings):
    claim = stories.submitted_claim(at=morning("2020-12-30"))
    # A country that no calendar knows, and a default that none knows either, have weekends only.
    settings.CPOR_DEFAULT_COUNTRY = "ZZ"
    CustomerTenant.objects.update(country="ZZ")

    assert deadlines.end_of_customer_business_days(stories.fresh(claim), morning("2020-12-30"), days=5) == datetime(
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

    assert opt_out_period.open_windows(now=MONDAY + MINUTE) == 0

    assert stories.fresh(claim).consent_status == "queued"


@pytest.mark.parametrize("status", [EmailStatus.FAILED, EmailStatus.CANCELLED])
def test_a_notice_that_was_never_accepted_opens_no_window(status):
    claim = stories.submitted_claim()
    facts = {"cancelled_at": MONDAY} if status == EmailStatus.CANCELLED else {}
    OutboxEmail.objects.filter(pk=notice_mail(claim).pk).update(status=status, secret="", **facts)

    assert opt_out_period.open_windows(now=MONDAY + MINUTE) == 0

    assert stories.fresh(claim).opt_out_closes_at is None


def test_the_window_runs_from_the_moment_of_acceptance_however_late_the_clock():
    claim = stories.submitted_claim(at=MONDAY)
    deliver_due_emails(now=MONDAY)

    opt_out_period.open_windows(now=MONDAY + timedelta(days=2))

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

    assert opt_out_period.open_window(claim.notices.get().pk, now=MONDAY + MINUTE) is False


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


def test_a_notice_of_the_version_that_stored_no_promise_opens_its_window():
    claim = stories.submitted_claim(at=MONDAY)
    claim.notices.update(promised_closes_at=None)

    run(MONDAY)

    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_a_withdrawn_claim_opens_no_window():
    claim = stories.submitted_claim()
    deliver_due_emails(now=MONDAY)
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY)

    assert opt_out_period.open_windows(now=MONDAY + MINUTE) == 0


def test_one_notice_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = stories.submitted_claim(), stories.submitted_claim()
    deliver_due_emails(now=MONDAY)
    type(broken).objects.filter(pk=broken.pk).update(window_zone="Nowhere/At_All")

    assert opt_out_period.open_windows(now=MONDAY) == 1

    assert stories.fresh(broken).consent_status == "queued"
    assert stories.fresh(sound).consent_status == "sent"
    assert "was left for the next run" in caplog.text


# Emails that leave late


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
    assert opt_out_period.renew_promised_dates(now=midnight_in_rome) == 1
    assert opt_out_period.renew_promised_dates(now=midnight_in_rome) == 0
    assert notice_mail(claim).context["last_day_on"] == "2020-10-27"
    assert claim.notices.get().promised_closes_at == datetime(2020, 10, 27, 23, tzinfo=UTC)


def test_a_minute_before_midnight_the_date_still_holds():
    claim = stories.submitted_claim(at=morning("2020-10-19"))
    before_midnight = datetime(2020, 10, 19, 21, 59, tzinfo=UTC)

    assert opt_out_period.renew_promised_dates(now=before_midnight) == 0
    assert run(before_midnight) == 1

    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_the_mail_of_a_closed_claim_gets_no_new_date():
    claim = stories.submitted_claim()
    type(claim).objects.filter(pk=claim.pk).update(status="rejected")

    assert opt_out_period.renew_promised_dates(now=MONDAY + timedelta(days=1)) == 0


def test_the_technical_contact_s_copy_names_the_stored_end():
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim(at=MONDAY))

    run(MONDAY + timedelta(days=1))

    copy = OutboxEmail.objects.get(template="customer_notice_copy")
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 27, 23, tzinfo=UTC)
    assert copy.context["closes_at"] == "2020-10-27T23:00:00+00:00"
    assert (copy.to, copy.secret, copy.send_before) == ([f"technical@{claim.domain_name}"], "", None)
