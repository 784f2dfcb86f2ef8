"""Bounces are matched by the envelope address, and count only for the recipient they report on (D20)."""

import pytest

from notifications.incoming.processing import ReportCounts, read_bounces
from notifications.models import IncomingCount, OutboxEmail
from notifications.own_addresses import envelope_address, reply_address
from tests.notifications.delivery_reports import returned
from tests.notifications.incoming.replies import READER, came_to, email_from, kept
from tests.notifications.notices import NOW, row, sent_mail

PRIVATE = "carla.privat@home.example"


# What servers return (D20)


@pytest.mark.django_db
def test_a_report_at_the_email_s_own_address_needs_no_message_id(maildir, notice):
    # Amazon SES gives each email a Message-ID of its own.
    maildir.add(came_to(envelope_address(notice), returned("<0102018f@email.amazonses.example>")))

    assert read_bounces(now=NOW) == ReportCounts(noted=1)
    assert row(notice)["status"] == "bounced"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Received: by x; for"])
def test_a_report_is_known_by_the_address_it_came_to_wherever_the_server_wrote_that(maildir, notice, field):
    raw = returned("<gone@relay.example>").replace(b"To: bounces@portal.example\n", b"To: bounces@portal.example\n", 1)
    name = field if ":" in field else f"{field}:"
    maildir.add(f"{name} <{envelope_address(notice)}>\n".encode() + raw)

    assert read_bounces(now=NOW) == ReportCounts(noted=1)


@pytest.mark.django_db
def test_who_knows_a_message_id_alone_cannot_stop_the_clock_of_an_email_with_an_own_address(maildir, notice):
    maildir.add(returned(notice.message_id))

    assert read_bounces(now=NOW) == ReportCounts(unattributed=1)
    assert row(notice)["status"] == "sent"
    assert kept() == []
    assert IncomingCount.objects.get(fate="unattributed").total == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("maildir")
def test_a_report_about_an_email_that_left_from_the_plain_address_counts_by_its_message_id(maildir):
    before = sent_mail(key="sent before the upgrade")
    maildir.add(returned(before.message_id))

    assert read_bounces(now=NOW) == ReportCounts(noted=1)
    assert row(before)["status"] == "bounced"


UNCLEAR = [
    b"From: Postmaster <postmaster@customer.example>\n\nIhre Nachricht wurde nicht zugestellt.\n",
    b"From: someone@customer.example\nSubject: Undelivered\n\nNo.\n",
    b"From: <>\n\nNo.\n",
    b"From: mailer-daemon@customer.example\nAuto-Submitted: auto-replied\n\nno such person\n",
    b"From: Poczta <poczta@customer.example>\nSubject: =?utf-8?q?Wiadomo=C5=9B=C4=87_zwr=C3=B3cona?=\n"
    b"Auto-Submitted: auto-replied\n\nnie ma takiej skrzynki\n",
    b"From: it@customer.example\nPrecedence: bulk\nAuto-Submitted: auto-generated\n\nno such person\n",
    b"From: x@relay.example\nAuto-Submitted: auto-replied\nContent-Type: multipart/mixed; boundary=b\n\n"
    b"--b\n\nsorry\n--b\nContent-Type: message/rfc822\n\nSubject: Notice\n\nx\n--b--\n",
    b"From: m@relay.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nsorry\n--b--\n",
    b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("raw", UNCLEAR)
def test_what_comes_back_and_is_not_understood_goes_to_a_person(maildir, notice, raw):
    maildir.add(came_to(envelope_address(notice), raw))

    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    assert kept() == [("unclear_report", notice.key)]
    assert row(notice)["status"] == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject",
    [
        "Mancato recapito: Notice",
        "Impossibile recapitare: Notice",
        "Zustellung fehlgeschlagen",
        "Message non distribué",
        "No se pudo entregar: Notice",
        "Onbestelbaar: Notice",
        "Não foi possível entregar: Notice",
        "Nie można dostarczyć: Notice",
        "配信不能: Notice",
    ],
)
def test_a_subject_tells_what_came_back_where_the_mailbox_keeps_no_envelope(maildir, notice, subject):
    maildir.add(
        email_from("it@customer.example", to=envelope_address(notice), subject=subject, Auto_Submitted="auto-replied")
    )

    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    assert kept() == [("unclear_report", notice.key)]


@pytest.mark.django_db
def test_without_own_addresses_what_comes_back_from_nobody_goes_to_a_person(maildir, settings):
    settings.BOUNCE_DELIMITER = ""
    email = sent_mail()
    raw = f"In-Reply-To: {email.message_id}\nFrom: it@customer.example\nAuto-Submitted: auto-replied\n\nproblema\n"
    maildir.add(came_to("bounces@portal.example", raw.encode()))

    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    assert kept() == [("unclear_report", email.key)]


@pytest.mark.django_db
def test_without_own_addresses_what_is_not_understood_is_known_by_the_copy_it_brings_back(maildir, settings):
    settings.BOUNCE_DELIMITER = ""
    email = sent_mail()
    copy = f"--b\n\nsorry\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {email.message_id}\n\nx\n--b--\n"
    maildir.add(f"From: m@relay.example\nContent-Type: multipart/report; boundary=b\n\n{copy}".encode())

    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    assert kept() == [("unclear_report", email.key)]


@pytest.mark.django_db
def test_a_report_at_a_reply_address_is_for_a_person_to_judge(maildir, notice):
    maildir.add(came_to(reply_address(notice), returned(notice.message_id)))

    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    assert kept() == [("unclear_report", notice.key)]


@pytest.mark.both
@pytest.mark.django_db
def test_what_is_about_none_of_ours_is_marked_and_told(maildir, caplog):
    maildir.add(email_from("seller@shop.example", to="bounces@portal.example", text="Buy!"))
    maildir.add(returned("<unknown@elsewhere.example>"))

    assert read_bounces(now=NOW) == ReportCounts(unattributed=2)
    assert [message.get_flags() for message in maildir] == ["FS", "FS"]
    assert "2 emails in the mailbox are about none of ours" in caplog.text


# Whom a report is about (M4)


def blocks(*outcomes):
    """A report about several addresses: whom the server tried, whom we wrote to, and what became of it."""
    status = "".join(
        f"Final-Recipient: rfc822; {tried}\n"
        + (f"Original-Recipient: rfc822; {written_to}\n" if written_to else "")
        + f"Action: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 <{tried}> unknown, ask admin@home.example\n\n"
        for tried, written_to, action in outcomes
    )
    report = returned("<gone@relay.example>")
    start, end = report.index(b"Final-Recipient"), report.index(b"--8A2F1.1603101600/mx\nContent-Description: Und")
    return report[:start] + status.encode() + report[end:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "outcomes",
    [
        [(PRIVATE, "", "failed")],
        [("carla@home.example", "", "failed")],
        [("carla@notcustomer.example", "", "failed")],
        [(PRIVATE, "someone@elsewhere.example", "failed")],
        [(READER, READER, "delivered"), (PRIVATE, "", "failed")],
        [(READER, "", "expanded"), (PRIVATE, READER, "failed")],
        [(READER, "", "relayed"), (PRIVATE, READER, "failed")],
        [(READER, READER, "delayed")],
        [("tech@customer.example", "", "failed")],
    ],
)
def test_what_happened_beyond_the_reader_s_mailbox_holds_nothing(maildir, notice, outcomes):
    OutboxEmail.objects.filter(pk=notice.pk).update(cc=["tech@customer.example"])
    maildir.add(came_to(envelope_address(notice), blocks(*outcomes)))

    read_bounces(now=NOW)

    assert row(notice)["status"] == "sent"
    assert row(notice)["last_error"] == ""
    assert kept() == []


@pytest.mark.django_db
def test_after_a_delivery_a_forwarding_target_s_failure_holds_nothing(maildir, notice):
    OutboxEmail.objects.filter(pk=notice.pk).update(delivered_at=NOW)
    maildir.add(came_to(envelope_address(notice), blocks((PRIVATE, READER, "failed"))))

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)
    assert row(notice)["status"] == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "outcomes",
    [
        [(READER, "", "failed")],
        [("CARLA@Customer.Example", "", "failed")],
        [("<carla@customer.example>", "", "failed")],
        [("Carla Bianchi <carla@customer.example>", "", "failed")],
        [("carla@mx1.customer.example", "", "failed")],
        [("carla@customer.mail.onmicrosoft.com", "", "failed")],
        [("carla+notices@customer.example", "", "failed")],
        [(PRIVATE, READER, "failed")],
        [(PRIVATE, "rfc822;carla@customer.example", "failed")],
        [("someone@elsewhere.example", "", "delivered"), (READER, "", "failed")],
        [(READER, "", "delayed"), (READER, "", "failed")],
        [("unknown", "", "failed")],
    ],
)
def test_a_failure_of_whom_we_wrote_to_counts_and_names_nobody_else(maildir, notice, outcomes):
    maildir.add(came_to(envelope_address(notice), blocks(*outcomes)))

    assert read_bounces(now=NOW) == ReportCounts(noted=1)
    said = row(notice)["last_error"]
    assert row(notice)["status"] == "bounced"
    assert "5.1.1" in said
    for other in (PRIVATE, "admin@home.example", "elsewhere.example"):
        assert other not in said


@pytest.mark.django_db
def test_a_failure_of_nobody_in_particular_after_a_delivery_is_for_a_person_to_judge(maildir, notice):
    OutboxEmail.objects.filter(pk=notice.pk).update(delivered_at=NOW)
    maildir.add(came_to(envelope_address(notice), blocks(("unknown", "", "failed"))))

    assert read_bounces(now=NOW) == ReportCounts(kept=1)


@pytest.mark.django_db
def test_an_address_of_letters_beyond_ascii_is_the_same_in_both_forms(maildir):
    email = sent_mail(to=["jürgen@faß.example"])
    OutboxEmail.objects.filter(pk=email.pk).update(to=["carla@xn--fa-hia.example"])
    maildir.add(came_to(envelope_address(email), blocks(("carla@faß.example", "", "failed"))))

    assert read_bounces(now=NOW) == ReportCounts(noted=1)
