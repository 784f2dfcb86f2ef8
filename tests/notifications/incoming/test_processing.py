"""Delivery reports are read whatever they look like, and noted once."""

import mailbox
from datetime import timedelta

import pytest

from notifications.incoming import processing
from notifications.incoming.delivery_reports import Action
from notifications.incoming.mailboxes import BoxUnreachable
from notifications.incoming.processing import BounceReport, EmailInFlight, ReportCounts, note_report, read_bounces
from notifications.models import EmailStatus, OutboxEmail
from tests.notifications.delivery_reports import out_of_office, returned, returned_by_gmail
from tests.notifications.notices import NOW, enqueue, row, sent_mail

ID = "<4f8b1c0e-0000-4000-8000-1234567890ab@portal.example>"
LATER = NOW + timedelta(hours=2)


def failure(message_id, **facts):
    return BounceReport(message_id=message_id, action=Action.FAILED, **facts)


@pytest.mark.django_db
def test_a_failure_makes_a_sent_mail_bounced_and_changes_nothing_else():
    email = sent_mail(secret="/c/token/")
    before = row(email)

    assert note_report(failure(email.message_id, recipient="carla@customer.example", diagnostic="550 No"), now=LATER)

    changed = {"status": "bounced", "bounced_at": LATER, "last_error": "carla@customer.example: 550 No"}
    assert row(email) == before | changed
    assert row(email)["sent_at"] == NOW


@pytest.mark.django_db
def test_a_failure_is_noted_once():
    email = sent_mail()
    note_report(failure(email.message_id, diagnostic="first"), now=LATER)

    assert not note_report(failure(email.message_id, diagnostic="second"), now=LATER + timedelta(hours=1))
    assert row(email)["last_error"] == "first"
    assert row(email)["bounced_at"] == LATER


@pytest.mark.django_db
def test_a_delay_changes_nothing():
    email = sent_mail()
    before = row(email)

    assert not note_report(BounceReport(message_id=email.message_id, action=Action.DELAYED), now=LATER)
    assert row(email) == before


@pytest.mark.django_db
def test_a_delivery_is_noted_with_its_time_and_the_first_one_stays():
    email = sent_mail()
    before = row(email)
    report = BounceReport(message_id=email.message_id, action=Action.DELIVERED)

    assert note_report(report, now=LATER)
    assert not note_report(report, now=LATER + timedelta(hours=1))
    assert row(email) == before | {"delivered_at": LATER}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"status": EmailStatus.QUEUED},
        {"status": EmailStatus.FAILED},
        {"status": EmailStatus.CANCELLED, "cancelled_at": NOW},
    ],
)
def test_a_report_about_a_mail_that_never_left_changes_nothing(facts):
    email = enqueue()
    OutboxEmail.objects.filter(pk=email.pk).update(**facts)
    before = row(email)

    assert not note_report(failure(email.message_id), now=LATER)
    assert row(email) == before


@pytest.mark.django_db
def test_a_report_about_nobodys_mail_changes_nothing():
    email = sent_mail()

    assert not note_report(failure(ID), now=LATER)
    assert row(email)["status"] == "sent"


@pytest.mark.django_db
def test_a_report_that_overtakes_its_mail_has_to_come_again():
    email = enqueue()
    OutboxEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENDING, sending_since=NOW)

    with pytest.raises(EmailInFlight):
        note_report(failure(email.message_id), now=NOW)


@pytest.fixture
def maildir(settings, tmp_path):
    """The Maildir that the settings name."""
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


@pytest.mark.django_db
def test_every_message_of_the_maildir_is_read_once_and_kept_as_seen(maildir):
    email = sent_mail()
    maildir.add(returned(email.message_id))
    maildir.add(returned_by_gmail(ID))
    maildir.add(out_of_office(email.message_id))

    first = read_bounces(now=LATER)
    second = read_bounces(now=LATER)

    assert first == ReportCounts(noted=1, ignored=1, unattributed=1)
    assert second == ReportCounts()
    assert row(email)["status"] == "bounced"
    assert {message.get_subdir() for message in maildir} == {"cur"}
    # What is about none of ours is marked for people to look at.
    assert sorted(message.get_flags() for message in maildir) == ["FS", "S", "S"]


@pytest.mark.django_db
def test_a_report_that_comes_too_early_stays_and_stops_no_other(maildir):
    early, late = enqueue(key="early", to=["carla@customer.example"]), sent_mail(key="late")
    OutboxEmail.objects.filter(pk=early.pk).update(status=EmailStatus.SENDING, sending_since=NOW)
    maildir.add(returned(early.message_id))
    maildir.add(returned(late.message_id))

    assert read_bounces(now=LATER) == ReportCounts(noted=1, left=1)

    OutboxEmail.objects.filter(pk=early.pk).update(status=EmailStatus.SENT, sending_since=None, sent_at=NOW)
    assert read_bounces(now=LATER) == ReportCounts(noted=1)


@pytest.mark.django_db
def test_what_is_no_message_in_the_maildir_is_left_alone(maildir, tmp_path):
    folder = tmp_path / "bounces" / "new" / "folder"
    folder.mkdir()

    assert read_bounces(now=LATER) == ReportCounts()
    assert folder.is_dir()


@pytest.mark.django_db
def test_only_the_beginning_of_an_endless_message_is_read(maildir):
    email = sent_mail()
    maildir.add(returned(email.message_id) + b"x" * 3_000_000)

    assert read_bounces(now=LATER) == ReportCounts(noted=1)


@pytest.mark.django_db
def test_without_a_mailbox_nothing_is_read():
    assert read_bounces(now=NOW) == ReportCounts()


def test_a_folder_that_is_no_maildir_is_said(settings, tmp_path):
    settings.BOUNCE_MAILDIR = str(tmp_path)

    with pytest.raises(BoxUnreachable, match="is no Maildir"):
        processing.read_bounces(now=NOW)
