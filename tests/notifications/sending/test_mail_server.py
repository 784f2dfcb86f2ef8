"""The conversation with a mail server: whom it refuses, when it closes the connection, what it reads."""

import re
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.models import EmailStatus, OutboxEmail
from notifications.sending.delivery import DeliveryCounts, deliver_due_emails
from notifications.sending.mail_server import MailServer, said
from tests.notifications.notices import NOW, enqueue

pytestmark = pytest.mark.both


@pytest.mark.django_db
def test_what_cannot_be_delivered_goes_back_to_the_bounce_address(mail_server, settings):
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    enqueue(key="before")
    deliver_due_emails(now=NOW)
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    enqueue(key="after")
    deliver_due_emails(now=NOW)

    assert mail_server.envelope_senders == ["no-reply@portal.example", "bounces@portal.example"]
    assert [message["From"] for _, message in mail_server.received] == ["CPOR portal <no-reply@portal.example>"] * 2


@pytest.mark.django_db
def test_a_batch_uses_one_connection(mail_server):
    for number in range(5):
        enqueue(key=f"claim:{number}:receipt")

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=5)
    assert mail_server.connections == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["closes_before_mail", "drops_before_mail"])
def test_a_batch_goes_on_over_a_new_connection_when_the_server_ends_one_between_emails(mail_server, fault):
    for number in range(4):
        enqueue(key=f"claim:{number}:receipt")
    setattr(mail_server, fault, {3})

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=4)
    assert mail_server.connections == 2
    assert len(mail_server.received) == 4


@pytest.mark.django_db
def test_a_refused_copy_does_not_hold_the_email(mail_server):
    email = enqueue(cc=["tech@customer.example"])
    mail_server.recipient_replies["tech@customer.example"] = "550 5.1.1 No such user"

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1)

    assert mail_server.recipients == [["ada@customer.example"]]
    email.refresh_from_db()
    assert email.last_error == "tech@customer.example: 550 5.1.1 No such user"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "counts"),
    [("550 5.1.1 No such user", DeliveryCounts(failed=1)), ("450 4.2.1 Try later", DeliveryCounts(retried=1))],
)
def test_a_copy_alone_is_not_an_email_sent(mail_server, reply, counts):
    enqueue(cc=["tech@customer.example"])
    mail_server.recipient_replies["ada@customer.example"] = reply

    assert deliver_due_emails(now=NOW) == counts
    assert mail_server.received == []


@pytest.mark.django_db
def test_one_of_two_recipients_is_enough(mail_server):
    email = enqueue(to=["ada@customer.example", "bob@customer.example"])
    mail_server.recipient_replies["ada@customer.example"] = "550 5.1.1 No such user"

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1)

    assert mail_server.recipients == [["bob@customer.example"]]
    email.refresh_from_db()
    assert email.last_error == "ada@customer.example: 550 5.1.1 No such user"


@pytest.mark.django_db
def test_a_connection_lost_before_the_acceptance_means_another_try(mail_server):
    first = enqueue(key="1", to=["first@customer.example"])
    enqueue(key="2", to=["second@customer.example"])
    mail_server.data_replies = ["hang up"]

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1, retried=1)
    assert deliver_due_emails(now=NOW + timedelta(minutes=1)) == DeliveryCounts(sent=1)

    ids = [message["Message-ID"] for recipients, message in mail_server.received if recipients == first.to]
    assert ids == [first.message_id, first.message_id]


@pytest.mark.django_db
def test_an_unreachable_server_puts_the_whole_batch_back(mail_server, settings):
    for number in range(3):
        enqueue(key=f"claim:{number}:receipt")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]

        assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=3)

    email = OutboxEmail.objects.latest("pk")
    assert email.status == EmailStatus.QUEUED
    assert email.last_error.startswith("The mail server cannot be reached. ConnectionRefusedError")


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("550 Empfänger unbekannt".encode(), "550 Empfänger unbekannt"),
        ("550 Empfänger unbekannt".encode("latin-1"), "550 Empfänger unbekannt"),
        (b"550 \x81\xff no\r\n550 more", "550 ÿ no 550 more"),
        (b"550 " + b"x" * 9000, "550 " + "x" * 9000),
    ],
)
def test_a_server_s_letters_beyond_ascii_are_read_as_they_were_meant(reply, text):
    words = said("ada@customer.example", 550, reply)

    assert words == f"ada@customer.example: 550 {text}"[:2000]
    assert "\ufffd" not in words


@pytest.mark.django_db
def test_an_email_with_dsn_names_itself_and_whom_we_wrote_to(mail_server):
    mail_server.knows_dsn = True
    email = enqueue(to=["ada+cpor=1@customer.example"], cc=["tech@customer.example"])

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1)

    assert mail_server.mail_options == [[f"ENVID={email.message_id.strip('<>').upper()}"]]
    assert mail_server.recipient_options == [
        ["ORCPT=RFC822;ADA+2BCPOR+3D1@CUSTOMER.EXAMPLE"],
        ["ORCPT=RFC822;TECH@CUSTOMER.EXAMPLE"],
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "counts"),
    [("554 No valid recipients", DeliveryCounts(failed=1)), ("451 4.3.0 Try later", DeliveryCounts(retried=1))],
)
def test_a_server_may_refuse_before_it_reads_the_content(mail_server, reply, counts):
    email = enqueue()
    mail_server.data_command_replies = [reply]
    enqueue(key="next", to=["bob@customer.example"], now=NOW + timedelta(seconds=1))

    assert deliver_due_emails(now=NOW) == counts
    email.refresh_from_db()
    assert email.last_error == f"DATA: {reply}"
    assert deliver_due_emails(now=NOW + timedelta(seconds=1)) == DeliveryCounts(sent=1)


SHORT = {"subject": "Notice", "body": "Dear Ada,\n\nbye\n", "to": ["ada@customer.example"]}


def message_with(**facts):
    message = EmailMultiAlternatives(**SHORT | facts, headers={"Message-ID": "<1@portal.example>", "Date": "now"})
    message.attach_alternative("<p>Dear Ada, è ora</p>\n", "text/html")
    return message


def send(message):
    server = MailServer()
    server.send(message, sender="portal@portal.example", plain_sender="portal@portal.example")
    server.close()


def read(content):
    message = message_from_bytes(content, policy=policy.default)
    assert not message.defects
    headers = {name: value for name, value in message.items() if name != "Content-Type"}
    parts = [(part.get_content_type(), part["Content-Transfer-Encoding"], part) for part in message.iter_parts()]
    assert not any(part.defects for _, _, part in parts)
    return message.get_content_type(), headers, [(*told, part.get_content()) for *told, part in parts]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"subject": "L'associazione è ufficiale"},
        {
            "subject": "CPOR-0000001: l'associazione con Società per lo sviluppo è ufficiale e l'utilizzo è visibile "
            * 3
        },
        {"to": [f"person{number}@customer.example" for number in range(12)]},
        {"cc": ["soren@customer.example"], "reply_to": ["Søren <help@partner.example>"]},
        {"body": ".\n..\nno dot ends it.\n.\n"},
        {"body": "è\r\nuna riga\rdopo l'altra\n"},
        {"body": "one long line: " + "è" * 998 + "\n.\n"},
    ],
)
def test_a_server_reads_what_was_written(mail_server, facts):
    message = message_with(**facts)

    send(message)

    [content] = mail_server.contents
    assert read(content) == read(message.message().as_bytes(linesep="\r\n"))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)


def test_no_line_is_longer_than_a_server_must_take(mail_server):
    send(message_with(subject="è" * 2000, body="è" * 5000))

    [content] = mail_server.contents
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "facts", [{"subject": "Notice\nBcc: spy@evil.example"}, {"to": ["a@b.example\r\nBcc: spy@c.d"]}]
)
def test_a_header_cannot_break_out_of_its_line(mail_server, facts):
    with pytest.raises(ValueError, match="newlines"):
        send(message_with(**facts))

    assert mail_server.connections == 0
