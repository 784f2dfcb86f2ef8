"""A report is read whatever it is packed in, however it is written, and however badly it is broken."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.incoming.delivery_reports import Action, RecipientOutcome, message_ids_in, outcomes_in
from notifications.incoming.parsing import parse
from tests.notifications.delivery_reports import STATUS_BLOCKS, out_of_office, returned, returned_by_gmail, wrapped

ID = "<4f8b1c0e-0000-4000-8000-1234567890ab@portal.example>"
READER = "carla@customer.example"


def told(raw):
    return outcomes_in(parse(raw), raw=raw)


def the_one(raw):
    """The outcome in *raw*, of which there is one."""
    (outcome,) = told(raw)
    return outcome


def names(raw):
    return message_ids_in(parse(raw))


def test_a_returned_mail_says_which_why_and_for_whom():
    assert the_one(returned(ID)) == RecipientOutcome(
        Action.FAILED,
        recipient=READER,
        written_to=READER,
        status="5.1.1",
        diagnostic="550 5.1.1 <carla@customer.example>: Recipient address rejected: User unknown",
    )
    assert names(returned(ID))[0] == ID


def test_a_report_that_returns_the_headers_alone_is_understood():
    assert the_one(returned_by_gmail(ID)).diagnostic == (
        "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 Check for typos."
    )
    assert names(returned_by_gmail(ID))[0] == ID


@pytest.mark.parametrize(
    "named",
    [
        b"In-Reply-To: " + ID.encode(),
        b"References: <other@customer.example> " + ID.encode(),
        b"References: <other@customer.example>\n " + ID.encode(),
    ],
)
def test_a_report_may_name_the_email_in_its_head(named):
    assert ID in names(named + b"\nSubject: x\n" + returned("<gone@relay.example>"))


@pytest.mark.parametrize(
    "field",
    [
        f"X-Original-Message-ID: {ID}",
        f"Original-Envelope-Id: {ID}",
        f"Original-Envelope-Id: {ID.strip('<>')}",
        f"Original-Envelope-Id: {ID.strip('<>').replace('-', '+2D')}",
    ],
)
def test_a_report_may_name_the_email_in_its_status(field):
    raw = returned("").replace(b"Reporting-MTA:", field.encode() + b"\nReporting-MTA:")

    assert names(raw)[0] == ID


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("copy", [f"Message-ID: {ID}", f"> Message-Id:\n> {ID}", f"it was {ID}, they say"])
def test_a_report_in_words_may_name_the_email_in_the_copy_below(copy, encoding):
    body = f"Hi. This is the qmail-send program.\n\n--- Below this line is a copy of the message.\n\n{copy}\n".encode()
    written = {"7bit": body, "base64": base64.encodebytes(body), "quoted-printable": quopri.encodestring(body)}
    head = f"From: MAILER-DAEMON@mx.example\nContent-Transfer-Encoding: {encoding}\n\n".encode()

    assert ID in names(head + written[encoding])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("failed", Action.FAILED),
        ("Failed", Action.FAILED),
        ("failed (Bad destination mailbox address)", Action.FAILED),
        ("failed(user unknown)", Action.FAILED),
        ("failed; 5.1.1", Action.FAILED),
        ("failure", Action.FAILED),
        ("error", Action.FAILED),
        ("", Action.FAILED),  # the status says it
        ("exploded", Action.FAILED),
        ("delayed", Action.DELAYED),
        ("delayed (will retry)", Action.DELAYED),
        ("delivered", Action.DELIVERED),
        ("delivered (to mailbox)", Action.DELIVERED),
        ("relayed", Action.RELAYED),
        ("expanded", Action.RELAYED),
    ],
)
def test_the_action_of_a_report_is_read(written, meant):
    assert the_one(returned(ID, action=written)).action == meant


def test_a_report_about_several_recipients_tells_of_each():
    dario = b"\nFinal-Recipient: rfc822; dario@customer.example\nAction: failed\nStatus: 5.2.2\n"
    before, end, after = returned(ID, action="delivered", status="2.0.0").rpartition(
        b"\n--8A2F1.1603101600/mx\nContent-Description: Undelivered"
    )

    assert [(one.action, one.recipient) for one in told(before + dario + end + after)] == [
        (Action.DELIVERED, READER),
        (Action.FAILED, "dario@customer.example"),
    ]


@pytest.mark.parametrize("how", ["mixed", "signed", "forwarded", "forwarded twice", "mixed in signed", "deep"])
def test_a_report_is_found_in_whatever_it_is_packed_in(how):
    raw = wrapped(returned(ID), how=how)

    # With its status, which the reader of older formats doesn't tell.
    assert told(raw) == told(returned(ID))
    assert ID in names(raw)


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status", "text/delivery-status"])
@pytest.mark.parametrize("encoding", ["7bit", "8bit", "base64", "quoted-printable", "BASE64 "])
def test_a_status_is_read_in_every_encoding_and_of_every_kind(kind, encoding):
    blocks = STATUS_BLOCKS.encode()
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(
        encoding.strip().casefold(), bytes
    )(blocks)
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    raw = b"Content-Type: multipart/report; boundary=b\n\n--b\n\nSorry.\n\n--b\n" + head + body + b"\n--b--\n"

    assert [(one.action, one.recipient, one.status) for one in told(raw)] == [(Action.FAILED, READER, "5.1.1")]


def test_an_international_report_is_read():
    raw = returned(ID).replace(b"message/delivery-status", b"message/global-delivery-status")
    raw = raw.replace(b"Content-Type: message/rfc822", b"Content-Type: message/global")
    raw = raw.replace(b"rfc822; carla@", b"utf-8; j\xc3\xbcrgen@")

    assert the_one(raw).action == Action.FAILED
    assert names(raw)[0] == ID


def test_a_report_without_a_status_is_read_by_its_words():
    raw = (
        b"From: MAILER-DAEMON@yahoo.com\nContent-Type: multipart/report; boundary=b\n\n--b\n\n"
        b"Sorry, we were unable to deliver your message to the following address.\n\n<carla@customer.example>:\n"
        b"550: 5.1.1 User Unknown\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: "
        + ID.encode()
        + b"\n\nx\n--b--\n"
    )

    assert (the_one(raw).action, the_one(raw).recipient) == (Action.FAILED, READER)
    assert names(raw)[0] == ID


@pytest.mark.parametrize(
    "raw",
    [
        b"From: MAILER-DAEMON@mx.example\n\nHi. This is the qmail-send program at mx.example.\n"
        b"I'm afraid I wasn't able to deliver your message.\n\n<carla@customer.example>:\nNo mailbox here.\n",
        b"From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: carla@customer.example\n\n"
        b"This message was created automatically by mail delivery software (Exim).\n",
        b"Subject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n"
        b"I'm afraid I wasn't able to deliver your message.\n\n<carla@customer.example>:\nNo mailbox here.\n",
    ],
    ids=["qmail", "Exim", "from nobody"],
)
def test_a_report_older_than_the_standard_is_read(raw):
    assert (the_one(raw).action, the_one(raw).recipient) == (Action.FAILED, READER)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_report_in_words_is_read_in_every_encoding(encoding):
    words = b"Hi. This is the qmail-send program at mx.example.\n\n<carla@customer.example>:\nNo mailbox here.\n"
    written = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[encoding](words)
    raw = b"From: MAILER-DAEMON@mx.example\nContent-Transfer-Encoding: " + encoding.encode() + b"\n\n" + written

    assert (the_one(raw).action, the_one(raw).recipient) == (Action.FAILED, READER)


def test_a_status_without_an_action_tells_by_its_code():
    raw = returned(ID).replace(b"Action: failed\n", b"")

    assert the_one(raw).action == Action.FAILED
    assert the_one(raw.replace(b"Status: 5.1.1", b"Status: 4.4.1")).action == Action.DELAYED


def test_a_status_is_found_behind_a_long_letter():
    long = b"I'm sorry to have to inform you. " * 10_000
    raw = returned(ID).replace(b"I'm sorry to have to inform you", long)

    assert len(raw) > 300 * 1024
    assert the_one(raw).recipient == READER
    assert names(raw)[0] == ID


def test_the_words_of_a_report_are_one_clean_line_of_bounded_length():
    outcome = the_one(returned(ID, diagnostic="550 \x00\x1b[31mno\udcff " + "x" * 5000))

    assert len(outcome.diagnostic) == 500
    assert outcome.diagnostic.isprintable()
    assert outcome.diagnostic.startswith("550 [31mno")


def test_the_status_is_said_where_the_words_leave_it_out():
    assert the_one(returned(ID, status="4.4.7", diagnostic="delivery time expired")).in_words == (
        "4.4.7 delivery time expired"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: hello\n\nhello",
        out_of_office(ID),
        returned(ID)[:600],
        b"Content-Type: multipart/report; boundary=x\n\nno parts",
        returned(ID).replace(b"Action: failed\nStatus: 5.1.1", b"Arrived: no"),
    ],
)
def test_what_is_no_report_tells_nothing(raw):
    assert told(raw) == []


@pytest.mark.parametrize("named", ["<no spaces allowed@portal.example>", "", "<" + "a" * 400 + "@portal.example>"])
def test_what_is_no_message_id_is_none(named):
    assert names(returned(named)) == []


def test_a_mail_nested_without_end_is_no_report():
    raw = b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))

    assert told(raw) == []


def test_a_report_inside_the_returned_mail_is_not_taken_for_the_report():
    inner = returned("<other@portal.example>").replace(b"8A2F1.1603101600/mx", b"inner")
    before, _mail, after = returned(ID, action="delayed").partition(b"From: no-reply@portal.example\n")
    raw = before + inner + b"\n" + after[after.index(b"--8A2F1") :]

    assert [one.action for one in told(raw)] == [Action.DELAYED]
    assert names(raw)[0] == "<20201019080000.8A2F1@mx.portal.example>"


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=1400), st.integers(min_value=0, max_value=60))
def test_no_mail_however_mangled_stops_the_reading(noise, at, length):
    raw = returned(ID)

    mangled = raw[:at] + noise + raw[at + length :]

    assert "\x00" not in "".join(one.in_words + one.recipient for one in told(mangled))
    assert "\x00" not in "".join(names(mangled))


@given(st.lists(st.sampled_from(returned(ID).splitlines(keepends=True)), max_size=60))
def test_no_mail_however_shuffled_stops_the_reading(lines):
    raw = b"".join(lines)

    assert isinstance(told(raw), list)
    assert isinstance(names(raw), list)
