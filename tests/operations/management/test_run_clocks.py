"""Every clock once, as of a moment that a person names."""

import pytest
from django.core.management import CommandError, call_command

from associations.models import Association
from notifications.models import OutboxEmail
from tests import stories

pytestmark = [pytest.mark.django_db, pytest.mark.both]

MONDAY_AFTERNOON = "2020-10-19T14:00:00+02:00"
AFTER_THE_WINDOW = "2020-10-27T09:00:00+01:00"


def test_five_business_days_pass_in_a_minute(capsys):
    claim = stories.submitted_claim()

    call_command("run_clocks", "--at", MONDAY_AFTERNOON)
    call_command("run_clocks", "--at", AFTER_THE_WINDOW)

    assert stories.fresh(claim).status == "approved"
    assert Association.objects.active().count() == 2
    assert not OutboxEmail.objects.filter(status="queued").exists()
    assert capsys.readouterr().out == (
        "As of 2020-10-19T14:00:00+02:00:\n"
        "  renew_promised_dates: 0 dates corrected in notices that had not left\n"
        "  deliver_due_emails: 2 sent, 0 to be tried again, 0 failed\n"
        "  open_windows: 1 opened\n"
        "  note_undelivered_notices: 0 notices did not arrive\n"
        "  hear_incoming_emails: 0 incoming emails put before the reviewers\n"
        "  hear_comment_replies: 0 replies to comments taken in\n"
        "  send_requests_links: 0 links to all requests sent\n"
        "  confirm_known_contacts: 0 contacts confirmed by the directory\n"
        "  expire_answers: 0 claims rejected for want of an answer\n"
        "  approve_unopposed_claims: 0 windows closed, 0 claims official, 0 left over\n"
        "  expire_associations: 0 associations ended with their subscription\n"
        "  move_drafts: 0 drafts continued under the program guide in force\n"
        "  send_due_reminders: 0 queued\n"
        "  send_weekly_digests: 0 people told\n"
        "  send_review_digests: 0 reviewers told\n"
        "  scan_proofs: 0 files scanned\n"
        "  read_proofs: 1 files read\n"
        "  seal_acknowledgements: 0 acknowledgements sealed or stamped\n"
        "  remove_loose_files: 0 forgotten files deleted\n"
        "  tell_watchers: 0 told of subscriptions they watched\n"
        "  run_due_jobs: 0 imports and exports worked on\n"
        "  discard_expired_jobs: 0 imports and exports deleted\n"
        "  discard_expired_links: 0 expired links of customers deleted\n"
        "  discard_old_codes: 0 old codes of customers deleted\n"
        "  forget_closed_claims: 0 closed claims forgot their people, 0 erasures were finished\n"
        "  deliver_due_emails: 0 sent, 0 to be tried again, 0 failed\n"
        "As of 2020-10-27T09:00:00+01:00:\n"
        "  renew_promised_dates: 0 dates corrected in notices that had not left\n"
        "  deliver_due_emails: 0 sent, 0 to be tried again, 0 failed\n"
        "  open_windows: 0 opened\n"
        "  note_undelivered_notices: 0 notices did not arrive\n"
        "  hear_incoming_emails: 0 incoming emails put before the reviewers\n"
        "  hear_comment_replies: 0 replies to comments taken in\n"
        "  send_requests_links: 0 links to all requests sent\n"
        "  confirm_known_contacts: 0 contacts confirmed by the directory\n"
        "  expire_answers: 0 claims rejected for want of an answer\n"
        "  approve_unopposed_claims: 1 windows closed, 1 claims official, 0 left over\n"
        "  expire_associations: 0 associations ended with their subscription\n"
        "  move_drafts: 0 drafts continued under the program guide in force\n"
        "  send_due_reminders: 0 queued\n"
        "  send_weekly_digests: 0 people told\n"
        "  send_review_digests: 0 reviewers told\n"
        "  scan_proofs: 0 files scanned\n"
        "  read_proofs: 0 files read\n"
        "  seal_acknowledgements: 0 acknowledgements sealed or stamped\n"
        "  remove_loose_files: 0 forgotten files deleted\n"
        "  tell_watchers: 0 told of subscriptions they watched\n"
        "  run_due_jobs: 0 imports and exports worked on\n"
        "  discard_expired_jobs: 0 imports and exports deleted\n"
        "  discard_expired_links: 0 expired links of customers deleted\n"
        "  discard_old_codes: 0 old codes of customers deleted\n"
        "  forget_closed_claims: 0 closed claims forgot their people, 0 erasures were finished\n"
        "  deliver_due_emails: 2 sent, 0 to be tried again, 0 failed\n"
    )


def test_a_dry_run_says_what_would_be_done_and_does_nothing(capsys):
    claim = stories.noticed_claim()

    call_command("run_clocks", "--at", AFTER_THE_WINDOW, "--dry-run")

    assert stories.fresh(claim).status == "submitted"
    assert stories.fresh(claim).consent_status == "sent"
    assert not Association.objects.exists()
    assert OutboxEmail.objects.get(template="claim_received").status == "queued"
    assert capsys.readouterr().out == (
        "As of 2020-10-27T09:00:00+01:00, dry run:\n"
        "  renew_promised_dates: 0 dates corrected in notices that had not left\n"
        "  deliver_due_emails: 1 would be sent\n"
        "  open_windows: 0 opened\n"
        "  note_undelivered_notices: 0 notices did not arrive\n"
        "  hear_incoming_emails: 0 incoming emails put before the reviewers\n"
        "  hear_comment_replies: 0 replies to comments taken in\n"
        "  send_requests_links: 0 links to all requests sent\n"
        "  confirm_known_contacts: 0 contacts confirmed by the directory\n"
        "  expire_answers: 0 claims rejected for want of an answer\n"
        "  approve_unopposed_claims: 1 windows closed, 1 claims official, 0 left over\n"
        "  expire_associations: 0 associations ended with their subscription\n"
        "  move_drafts: 0 drafts continued under the program guide in force\n"
        "  send_due_reminders: 0 queued\n"
        "  send_weekly_digests: 0 people told\n"
        "  send_review_digests: 0 reviewers told\n"
        "  scan_proofs: 0 files would be scanned\n"
        "  read_proofs: 0 files would be read\n"
        "  seal_acknowledgements: 0 acknowledgements would be sealed\n"
        "  remove_loose_files: 0 forgotten files would be deleted\n"
        "  tell_watchers: 0 told of subscriptions they watched\n"
        "  run_due_jobs: 0 imports and exports worked on\n"
        "  discard_expired_jobs: 0 imports and exports deleted\n"
        "  discard_expired_links: 0 expired links of customers deleted\n"
        "  discard_old_codes: 0 old codes of customers deleted\n"
        "  forget_closed_claims: 0 closed claims forgot their people, 0 erasures were finished\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tomorrow", "'tomorrow' is not a moment such as 2026-12-01T09:00:00\\+01:00."),
        ("2026-12-01T09:00:00", "'2026-12-01T09:00:00' does not say its offset, such as \\+01:00."),
        ("2026-12-01", "'2026-12-01' does not say its offset, such as \\+01:00."),
        ("9999-12-31T23:59:59+00:00", "is not between the years 2000 and 2100."),
        ("0001-01-01T00:00:00+14:00", "is not between the years 2000 and 2100."),
    ],
)
def test_a_moment_that_cannot_be_read_is_a_clear_error(text, message):
    with pytest.raises(CommandError, match=message):
        call_command("run_clocks", "--at", text)
