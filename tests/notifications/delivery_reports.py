"""Delivery reports as mail servers write them, about a mail named by its Message-ID."""

POSTFIX = """\
From: MAILER-DAEMON@mx.portal.example (Mail Delivery System)
To: bounces@portal.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="8A2F1.1603101600/mx"
Message-Id: <20201019080000.8A2F1@mx.portal.example>

This is a MIME-encapsulated message.

--8A2F1.1603101600/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--8A2F1.1603101600/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.portal.example
Arrival-Date: Mon, 19 Oct 2020 10:00:00 +0200 (CEST)

Final-Recipient: rfc822; carla@customer.example
Original-Recipient: rfc822;carla@customer.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.customer.example
Diagnostic-Code: smtp; {diagnostic}

--8A2F1.1603101600/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: no-reply@portal.example
To: carla@customer.example
Message-ID: {message_id}
Subject: A partner asks

The words of the mail.

--8A2F1.1603101600/mx--
"""

GMAIL_HEADERS_ONLY = """\
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: bounces@portal.example
Subject: Delivery Status Notification (Failure)
In-Reply-To: {message_id}
Content-Type: multipart/report; boundary="000"; report-type=delivery-status

--000
Content-Type: multipart/related; boundary="001"

--001
Content-Type: text/html; charset="UTF-8"

<p>Address not found</p>
--001--

--000
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
X-Original-Message-ID: {message_id}

Final-Recipient: rfc822; carla@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 Check for typos.

--000
Content-Type: text/rfc822-headers

Received: from portal.example
Message-ID: {message_id}
Subject: A partner asks

--000--
"""

OUT_OF_OFFICE = """\
From: carla@customer.example
To: no-reply@portal.example
Subject: Out of office
In-Reply-To: {message_id}
Auto-Submitted: auto-replied
Content-Type: text/plain

I am back on Monday.
"""


def returned(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "550 5.1.1 <carla@customer.example>: Recipient address rejected: User unknown",
    to: str = "carla@customer.example",
) -> bytes:
    """The report of a Postfix that could not, or not yet, deliver the mail, or did."""
    text = POSTFIX.format(message_id=message_id, action=action, status=status, diagnostic=diagnostic)
    text = text.replace("carla@customer.example", to)
    return text.encode("utf-8", "surrogateescape")


def returned_by_gmail(message_id: str) -> bytes:
    """A report that returns the headers alone, and names the mail in three places."""
    return GMAIL_HEADERS_ONLY.format(message_id=message_id).encode()


def out_of_office(message_id: str) -> bytes:
    """An answer of a person's mail program, which is no report."""
    return OUT_OF_OFFICE.format(message_id=message_id).encode()


STATUS_BLOCKS = """\
Reporting-MTA: dns; mx.portal.example

Final-Recipient: rfc822; carla@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
"""
HEAD = b"From: Mail Delivery System <MAILER-DAEMON@relay.example>\nMIME-Version: 1.0\n"


def in_parts(kind: str, *parts: bytes, boundary: str) -> bytes:
    """An email of several parts."""
    mark = f"--{boundary}".encode()
    head = HEAD + f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    return head + b"".join(mark + b"\n" + part + b"\n" for part in parts) + mark + b"--\n"


def wrapped(report: bytes, *, how: str) -> bytes:
    """The report as a relay passes it on: among other parts, signed, or enclosed as a whole."""
    note, signature = b"Content-Type: text/plain\n\nSee below.\n", b"Content-Type: application/pkcs7-signature\n\nx\n"
    inside = report[report.index(b"Content-Type:") :]
    enclosed = b"Content-Type: message/rfc822\n\n" + report
    if how == "mixed":
        return report.replace(b"multipart/report", b"multipart/mixed")
    if how == "signed":
        return in_parts("signed", inside, signature, boundary="s")
    if how == "forwarded":
        return in_parts("mixed", note, enclosed, boundary="f")
    if how == "forwarded twice":
        once = in_parts("mixed", note, enclosed, boundary="f")
        return in_parts("mixed", note, b"Content-Type: message/rfc822\n\n" + once, boundary="g")
    if how == "mixed in signed":
        mixed = inside.replace(b"multipart/report", b"multipart/mixed")
        return in_parts("signed", mixed, signature, boundary="s")
    for depth in range(8):
        inside = in_parts("mixed", inside, note, boundary=f"d{depth}")
        inside = inside[inside.index(b"Content-Type:") :]
    return HEAD + inside
