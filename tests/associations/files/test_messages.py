"""An email that only its recipients can read proves nothing to a reviewer; a signed one does."""

import base64
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest

from tests.associations.files.checking import in_sandbox, verdict
from tests.files import EML, MSG, compound_of, message

ENVELOPED_TYPE = bytes.fromhex("06092a864886f70d010703")
AUTHENTICATED_TYPE = bytes.fromhex("060b2a864886f70d0109100117")
SIGNED_TYPE = bytes.fromhex("06092a864886f70d010702")
LENGTHS = {"indefinite": "80", "short": "40", "one byte": "8190", "two bytes": "821000", "three bytes": "83100000"}
RPMSG = "message.rpmsg"


def content_info(kind: bytes, *, length: str = "821000") -> bytes:
    return b"\x30" + bytes.fromhex(length) + kind + b"\xa0\x80" + bytes(80)


def outlook(*streams: tuple[str, bytes], attached: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    return compound_of(("__properties_version1.0", bytes(32)), *streams, nested=attached)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


BODY = ("__substg1.0_1000001F", utf16("The work is accepted."))
SECURE = ("__substg1.0_001A001F", utf16("IPM.Note.SMIME"))
NOTE = ("__substg1.0_001A001F", utf16("IPM.Note"))


# Outlook messages


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [ENVELOPED_TYPE, AUTHENTICATED_TYPE])
def test_an_encrypted_outlook_message_is_refused_as_protected(kind, length):
    envelope = content_info(kind, length=LENGTHS[length])
    attached = (("__substg1.0_37010102", envelope),)

    assert verdict(outlook(SECURE, attached=attached), "re.msg") == "POE_ENCRYPTED"
    assert verdict(outlook(SECURE, BODY, attached=attached), "re.msg") == "POE_ENCRYPTED"
    assert verdict(outlook(NOTE, attached=attached), "re.msg") == "POE_ENCRYPTED"


@pytest.mark.parametrize(
    "attached",
    [
        ("__substg1.0_3707001F", utf16(RPMSG)),
        ("__substg1.0_3707001E", RPMSG.encode()),
        ("__substg1.0_3707001F", utf16("Message.RPMSG")),
        ("__substg1.0_3707001F", utf16("message_v4.rpmsg")),
        ("__substg1.0_370E001F", utf16("application/x-microsoft-rpmsg-message")),
    ],
)
def test_an_outlook_message_that_purview_protects_is_refused_as_protected(attached):
    assert verdict(outlook(NOTE, BODY, attached=(attached,)), "re.msg") == "POE_ENCRYPTED"


def test_a_signed_outlook_message_is_taken():
    signed = (("__substg1.0_37010102", content_info(SIGNED_TYPE)),)

    assert verdict(outlook(SECURE, attached=signed), "re.msg") == "msg"
    clear = ("__substg1.0_001A001F", utf16("IPM.Note.SMIME.MultipartSigned"))
    assert verdict(outlook(clear, BODY, attached=signed), "re.msg") == "msg"


def test_a_readable_outlook_message_with_an_encrypted_file_attached_is_taken():
    attached = (("__substg1.0_37010102", content_info(ENVELOPED_TYPE)),)

    assert verdict(outlook(NOTE, BODY, attached=attached), "re.msg") == "msg"


def test_an_outlook_message_that_lost_its_end_is_refused_as_damaged():
    long = ("__substg1.0_1000001F", utf16("The work is accepted. " * 3000))
    data = outlook(NOTE, long)

    assert verdict(data, "re.msg") == "msg"
    assert verdict(data[:-100], "re.msg") == "msg"  # some writers leave the last sector short
    assert verdict(data + bytes(3000), "re.msg") == "msg"
    lengths = range(len(data) // 8, len(data) - 600, 999)
    assert {verdict(data[:length], "re.msg") for length in lengths} == {"POE_DAMAGED"}


def test_an_outlook_message_that_writes_about_protection_is_taken():
    text = ("__substg1.0_1000001F", utf16("See the file message.rpmsg of yesterday. " * 300))

    assert verdict(outlook(NOTE, text), "re.msg") == "msg"


# Emails of any program


def signed(text: str = "The work is accepted.") -> MIMEMultipart:
    found = MIMEMultipart("signed", protocol="application/pkcs7-signature")
    found["From"], found["Subject"] = "carla@contoso.example", "Accepted"
    found.attach(MIMEText(text))
    found.attach(MIMEApplication(content_info(SIGNED_TYPE), "pkcs7-signature", name="smime.p7s"))
    return found


def opaque(kind: bytes, **parameters: Any) -> MIMEApplication:
    found = MIMEApplication(content_info(kind), "pkcs7-mime", name="smime.p7m", **parameters)
    found["From"], found["Subject"] = "carla@contoso.example", "Accepted"
    return found


def with_attachment(data: bytes, name: str, kind: str = "octet-stream") -> EmailMessage:
    found = message()
    found.add_attachment(data, maintype="application", subtype=kind, filename=name)
    return found


def test_an_email_is_taken_with_its_own_extension():
    assert verdict(EML, "Accepted.EML") == "eml"
    assert verdict(EML.replace(b"\n", b"\r\n"), "re.eml") == "eml"
    assert verdict(b"\xef\xbb\xbf" + EML, "re.eml") == "eml"
    assert verdict(b"\r\n" + EML, "re.eml") == "eml"
    assert verdict(b"From anna@fabrikam.example Mon Nov 30 10:00:00 2026\n" + EML, "re.eml") == "eml"
    assert verdict(with_attachment(b"%PDF-1.7", "sow.pdf", "pdf").as_bytes(), "re.eml") == "eml"
    assert verdict(EML.replace(b"The work", "Località".encode("latin-1")), "re.eml") == "eml"


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\r\n1;2\r\n",
        b"MZ\0\0From: a\nTo: b\n\n",
        b"<html>",
        MSG,
        b"Subject: alone\n\n",
        b"\n\n\nFrom: a\x00\nTo: b\n\n",
    ],
)
def test_what_has_no_head_of_an_email_is_none(data):
    assert verdict(data, "re.eml") == "POE_CONTENT"


@pytest.mark.parametrize("found", [signed(), opaque(SIGNED_TYPE), opaque(SIGNED_TYPE, smime_type="signed-data")])
def test_a_signed_email_is_taken(found):
    assert verdict(found.as_bytes(), "re.eml") == "eml"


def in_list(found: MIMEApplication) -> MIMEMultipart:
    """Return the email as a mailing list passes it on: with a footer."""
    whole = MIMEMultipart("mixed")
    whole["From"], whole["Subject"] = "carla@contoso.example", "Accepted"
    whole.attach(found)
    whole.attach(MIMEText("-- \nList of the project"))
    return whole


def pgp() -> MIMEMultipart:
    found = MIMEMultipart("encrypted", protocol="application/pgp-encrypted")
    found["From"], found["Subject"] = "carla@contoso.example", "..."
    found.attach(MIMEApplication(b"Version: 1", "pgp-encrypted"))
    found.attach(MIMEApplication(b"-----BEGIN PGP MESSAGE-----\n", "octet-stream"))
    return found


def encoded_name() -> EmailMessage:
    found = with_attachment(b"x", "x")
    attached = next(found.iter_attachments())
    attached.replace_header("Content-Disposition", "attachment; filename*=utf-8''message%2Erpmsg")
    return found


@pytest.mark.parametrize(
    "found",
    [
        opaque(ENVELOPED_TYPE),
        opaque(ENVELOPED_TYPE, smime_type="enveloped-data"),
        opaque(AUTHENTICATED_TYPE, smime_type="authEnveloped-data"),
        in_list(opaque(ENVELOPED_TYPE)),
        with_attachment(b"x", RPMSG, "x-microsoft-rpmsg-message"),
        with_attachment(b"x", "Message.rpmsg"),
        with_attachment(b"x", "message_v2.rpmsg"),
        with_attachment(b"x", "message_v4.rpmsg"),
        encoded_name(),
        with_attachment(b"x", "protected", "x-microsoft-rpmsg-message"),
        pgp(),
        message(text="\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
    ],
)
def test_an_encrypted_email_is_refused_as_protected(found):
    assert verdict(found.as_bytes(), "re.eml") == "POE_ENCRYPTED"


def test_a_readable_email_with_an_encrypted_one_attached_is_taken():
    assert (
        verdict(with_attachment(content_info(ENVELOPED_TYPE), "smime.p7m", "pkcs7-mime").as_bytes(), "re.eml") == "eml"
    )


def test_the_child_decides_as_its_reader_does():
    attached = (("__substg1.0_37010102", content_info(ENVELOPED_TYPE)),)

    assert in_sandbox(MSG, "re.msg") == "msg"
    assert in_sandbox(outlook(SECURE, attached=attached), "re.msg") == "POE_ENCRYPTED"
    assert in_sandbox(EML, "re.eml") == "eml"
    assert in_sandbox(pgp().as_bytes(), "re.eml") == "POE_ENCRYPTED"
    names = (
        b"From: a@b.example\nSubject: x\nContent-Disposition: attachment; filename*=shift_jis''%83e.pdf\n"
        b"Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n\n"
    )
    assert in_sandbox(names + base64.b64encode(b"\x1b$B"), "re.eml") == "eml"
    assert in_sandbox("From: à <a@b.example>\nSubject: è\nContent-Type: x; name=ü\n\n".encode(), "re.eml") == "eml"
