"""What travels is what Django's own message would be, read by the standard library."""

from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.wire import on_the_wire

PLAIN = {"subject": "Notice", "body": "Dear Ada,\n\nbye\n", "to": ["ada@customer.example"]}


def mail(**facts):
    message = EmailMultiAlternatives(**PLAIN | facts, headers={"Message-ID": "<1@portal.example>", "Date": "now"})
    message.attach_alternative("<p>Dear Ada, è ora</p>\n", "text/html")
    return message


def read(content):
    message = message_from_bytes(content, policy=policy.default)
    assert not message.defects
    headers = {name: value for name, value in message.items() if name != "Content-Type"}
    parts = [(part.get_content_type(), part["Content-Transfer-Encoding"], part) for part in message.iter_parts()]
    assert not any(part.defects for _, _, part in parts)
    return message.get_content_type(), headers, [(*told, part.get_content()) for *told, part in parts]


def taken_in(content):
    """Return what a server reads: up to the lone dot, without the dots that were doubled for the journey."""
    assert content.endswith(b"\r\n.\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r\n.\r\n" not in content[:-5]
    return content[:-3].replace(b"\r\n..", b"\r\n.")


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
        {"cc": ["Søren <soren@customer.example>"], "reply_to": ["help@partner.example"]},
        {"body": ".\n..\nno dot ends it.\n.\n"},
        {"body": "è\r\nuna riga\rdopo l'altra\n"},
        {"body": "one long line: " + "è" * 998 + "\n.\n"},
    ],
)
def test_a_mail_travels_as_django_would_send_it(facts):
    message = mail(**facts)

    assert read(taken_in(on_the_wire(message))) == read(message.message().as_bytes(linesep="\r\n"))


def test_no_line_is_longer_than_a_server_must_take():
    sent = on_the_wire(mail(subject="è" * 2000, body="è" * 5000))

    assert max(len(line) for line in sent.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "facts", [{"subject": "Notice\nBcc: spy@evil.example"}, {"to": ["a@b.example\r\nBcc: spy@c.d"]}]
)
def test_a_header_cannot_break_out_of_its_line(facts):
    with pytest.raises(ValueError, match="newlines"):
        on_the_wire(mail(**facts))
