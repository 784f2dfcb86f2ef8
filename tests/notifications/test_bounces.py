"""Delivery reports are read whatever they look like, and noted once."""

import mailbox
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import bounces
from notifications.bounce_boxes import BoxUnreachable
from notifications.bounces import (
    Action,
    BounceReport,
    MailInFlight,
    ReportCounts,
    note_report,
    read_bounces,
    read_report,
)
from notifications.models import EmailStatus, OutboxEmail
from tests.notifications.delivery_reports import out_of_office, returned, returned_by_gmail
from tests.notifications.notices import NOW, enqueue

ID = "<4f8b1c0e-0000-4000-8000-1234567890ab@portal.example>"
LATER = NOW + timedelta(hours=2)


def sent_mail(**facts):
    """A mail that the mail server took at NOW."""
    email = enqueue(**facts)
    OutboxEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENT, sent_at=NOW, subject="Notice", secret="")
    email.refresh_from_db()
    return email


def failure(message_id, **facts):
    return BounceReport(message_id=message_id, action=Action.FAILED, **facts)


def read(raw):
    """The report in *raw*, which there is."""
    report = read_report(raw)
    assert report is not None
    return report


def row(email):
    return OutboxEmail.objects.values().get(pk=email.pk)


def test_a_returned_mail_says_which_why_and_for_whom():
    report = read(returned(ID))

    assert report == BounceReport(
        message_id=ID,
        action=Action.FAILED,
        recipient="carla@customer.example",
        status="5.1.1",
        diagnostic="550 5.1.1 <carla@customer.example>: Recipient address rejected: User unknown",
    )
    assert report.in_words == (
        "carla@customer.example: 550 5.1.1 <carla@customer.example>: Recipient address rejected: User unknown"
    )


def test_a_report_that_returns_the_headers_alone_is_understood():
    report = read(returned_by_gmail(ID))

    assert report.message_id == ID
    assert report.diagnostic == (
        "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 Check for typos."
    )


@pytest.mark.parametrize("place", ["X-Original-Message-ID", "In-Reply-To"])
def test_a_report_without_the_returned_mail_may_name_it_elsewhere(place):
    lines = [line for line in returned_by_gmail(ID).decode().splitlines() if ID not in line or line.startswith(place)]

    assert read("\n".join(lines).encode()).message_id == ID


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("failed", Action.FAILED),
        ("Failed", Action.FAILED),
        ("delayed", Action.DELAYED),
        ("delivered", Action.DELIVERED),
    ],
)
def test_the_action_of_a_report_is_read(written, meant):
    assert read(returned(ID, action=written)).action == meant


@pytest.mark.parametrize("action", ["relayed", "expanded", "", "exploded"])
def test_an_action_that_settles_nothing_is_no_report(action):
    assert read_report(returned(ID, action=action)) is None


def test_a_report_about_several_recipients_says_the_worst():
    dario = b"\nFinal-Recipient: rfc822; dario@customer.example\nAction: failed\nStatus: 5.2.2\n"
    before, end, after = returned(ID, action="delivered", status="2.0.0").rpartition(
        b"\n--8A2F1.1603101600/mx\nContent-Description: Undelivered"
    )

    report = read(before + dario + end + after)

    assert (report.action, report.recipient, report.status) == (Action.FAILED, "dario@customer.example", "5.2.2")


def test_the_status_is_said_where_the_words_leave_it_out():
    report = read(returned(ID, status="4.4.7", diagnostic="delivery time expired"))

    assert report.in_words == "carla@customer.example: 4.4.7 delivery time expired"


def test_the_words_of_a_report_are_one_clean_line_of_bounded_length():
    report = read(returned(ID, diagnostic="550 \x00\x1b[31mno\udcff " + "x" * 5000))

    assert len(report.diagnostic) == 500
    assert report.diagnostic.isprintable()
    assert report.diagnostic.startswith("550 [31mno")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: hello\n\nhello",
        out_of_office(ID),
        returned("<no spaces allowed@portal.example>"),
        returned(""),
        returned("<" + "a" * 400 + "@portal.example>"),
        returned(ID).replace(b"message/delivery-status", b"text/plain"),
        returned(ID).replace(b"multipart/report", b"multipart/mixed"),
        returned(ID)[:600],
        b"Content-Type: multipart/report; boundary=x\n\nno parts",
    ],
)
def test_what_is_no_report_is_none(raw):
    assert read_report(raw) is None


def test_a_mail_nested_without_end_is_none():
    raw = b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))

    assert read_report(raw) is None


def test_a_report_inside_the_returned_mail_is_not_taken_for_the_report():
    inner = returned("<other@portal.example>").replace(b"8A2F1.1603101600/mx", b"inner")
    before, _mail, after = returned(ID, action="delayed").partition(b"From: no-reply@portal.example\n")

    report = read(before + inner + b"\n" + after[after.index(b"--8A2F1") :])

    assert (report.message_id, report.action) == ("<20201019080000.8A2F1@mx.portal.example>", Action.DELAYED)


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=1400), st.integers(min_value=0, max_value=60))
def test_no_mail_however_mangled_stops_the_reading(noise, at, length):
    raw = returned(ID)

    report = read_report(raw[:at] + noise + raw[at + length :])

    assert report is None or "\x00" not in report.in_words + report.message_id


@pytest.mark.django_db
def test_a_failure_makes_a_sent_mail_bounced_and_changes_nothing_else():
    email = sent_mail(secret="/c/token/")
    before = row(email)

    assert note_report(failure(email.message_id, recipient="a@b.example", diagnostic="550 No"), now=LATER)

    changed = {"status": "bounced", "bounced_at": LATER, "last_error": "a@b.example: 550 No"}
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

    with pytest.raises(MailInFlight):
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

    assert first == ReportCounts(noted=1, ignored=2)
    assert second == ReportCounts()
    assert row(email)["status"] == "bounced"
    assert [(message.get_subdir(), message.get_flags()) for message in maildir] == [("cur", "S")] * 3


@pytest.mark.django_db
def test_a_report_that_comes_too_early_stays_and_stops_no_other(maildir):
    early, late = enqueue(key="early"), sent_mail(key="late")
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
        bounces.read_bounces(now=NOW)
