"""Tells reports, automatic answers and people's words apart among incoming emails; nothing is lost."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from notifications import outbox
from notifications.incoming.processing import ReportCounts, read_bounces, take_in
from notifications.models import LONGEST_TEXT, IncomingEmail, IncomingKind
from notifications.own_addresses import envelope_address, reply_address
from tests.notifications.delivery_reports import returned
from tests.notifications.incoming.replies import READER, came_to, email_from, kept
from tests.notifications.notices import NOW, row

# What people write (D19)


@pytest.mark.django_db
def test_a_person_s_reply_is_kept_with_its_words(maildir, notice):
    text = "No, we never hired them.\r\n\r\nCarla\x00 Bianchi"
    maildir.add(
        email_from(f"Carla Bianchi <{READER}>", to=reply_address(notice), text="x").replace(b"x\n", text.encode())
    )

    assert read_bounces(now=NOW) == ReportCounts(kept=1)

    incoming = IncomingEmail.objects.get()
    assert (incoming.kind, incoming.email, incoming.sender) == (IncomingKind.REPLY, notice, READER)
    assert incoming.subject == "Re: Notice"
    assert incoming.text == "No, we never hired them.\n\nCarla Bianchi"
    assert incoming.received_at == NOW
    assert row(notice)["status"] == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["In_Reply_To", "References"])
def test_a_reply_to_another_address_of_ours_is_known_by_what_it_answers(maildir, notice, field):
    maildir.add(email_from(READER, to="bounces@portal.example", text="No.", **{field: notice.message_id}))

    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)]


@pytest.mark.django_db
def test_a_colleague_may_answer_from_another_address(maildir, notice):
    maildir.add(email_from("dario@elsewhere.example", to=READER, Cc=reply_address(notice), text="I take over."))

    read_bounces(now=NOW)

    assert IncomingEmail.objects.get().sender == "dario@elsewhere.example"


@pytest.mark.django_db
def test_who_answers_with_the_address_of_a_group_is_a_person(maildir, notice):
    raw = email_from(
        "info@customer.example", to=reply_address(notice), text="No.", Precedence="list", List_Id="<info>"
    )
    maildir.add(raw)

    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)]


@pytest.mark.django_db
def test_who_forwards_a_colleague_s_answer_is_a_person(maildir, notice):
    raw = (
        f"Return-Path: <dario@customer.example>\nFrom: dario@customer.example\nTo: {reply_address(notice)}\n"
        "Subject: FW: Notice\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee what Carla says.\n"
        f"--b\nContent-Type: message/rfc822\n\nFrom: {READER}\nSubject: No\n\nNo.\n--b--\n"
    )
    maildir.add(raw.encode())

    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"Precedence": "bulk", "Mailing_List": "contact info-help@customer.example; run by ezmlm"},
        # What a rule of Exchange forwards, and what suppresses answers to a person's words.
        {"X_MS_Exchange_Inbox_Rules_Loop": "bounces@portal.example"},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
        {"Auto_Submitted": "no"},
    ],
)
def test_marks_that_programs_leave_on_a_person_s_words_make_them_no_automatic_answer(maildir, notice, fields):
    maildir.add(email_from("info@customer.example", to=reply_address(notice), text="No.", **fields))

    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)]


@pytest.mark.django_db
def test_the_same_reply_is_kept_once_however_often_it_comes(maildir, notice):
    raw = email_from(READER, to=reply_address(notice), text="No.", Message_ID="<1@customer.example>", Date="now")
    for copy in (raw, b"Received: by another.example\n" + raw):
        maildir.add(copy)
        read_bounces(now=NOW)
    maildir.add(raw.replace(b"<1@", b"<2@"))
    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (
            "html",
            "<style>p {}</style><p>No,<br>we <b>never</b> hired&nbsp;them.</p>",
            "No,\nwe never hired\u00a0them.",
        ),
        ("plain", "<html><body><p>No.</p></body></html>", "No."),
        ("plain", "e\u0301 \u202eno\u202c \u200bway", "é no way"),
        ("plain", "Nein \udcff" + "x" * 3, "Nein"),
        ("plain", "a" * 50_000, "a" * LONGEST_TEXT),
        ("html", "<a " * 100_000, ""),
    ],
)
def test_the_words_of_a_reply_are_text_in_one_form_and_of_bounded_length(maildir, notice, kind, body, words):
    head = f"From: {READER}\nTo: {reply_address(notice)}\nContent-Type: text/{kind}; charset=utf-8\n\n".encode()
    maildir.add(head + body.encode("utf-8", "surrogateescape"))

    read_bounces(now=NOW)

    assert IncomingEmail.objects.get().text.startswith(words)
    assert len(IncomingEmail.objects.get().text) <= LONGEST_TEXT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("charset", "written"),
    [
        ("utf-8", "utf-8"),
        ("us-ascii", "utf-8"),
        ("unknown", "utf-8"),
        ("iso-8859-1", "latin-1"),
        ("utf-8", "latin-1"),
        ("unknown", "latin-1"),
    ],
)
def test_letters_beyond_ascii_are_kept_whatever_the_email_says_of_them(maildir, notice, charset, written):
    words = "Società: è un errore"
    head = f"From: Società <{READER}>\nTo: {reply_address(notice)}\nSubject: {words}\n"
    maildir.add(f"{head}Content-Type: text/plain; charset={charset}\n\n{words}\n".encode(written))

    read_bounces(now=NOW)

    incoming = IncomingEmail.objects.get()
    assert (incoming.sender, incoming.subject, incoming.text) == (READER, words, words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link",
    [
        "https://portal.example/c/token/",
        "<https://portal.example/c/token/>",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fportal.example%2Fc%2Ftoken%2F&data=05",
    ],
)
def test_the_personal_link_in_a_quoted_notice_is_not_kept(maildir, notice, link):
    maildir.add(
        email_from(READER, to=reply_address(notice), text=f"No.\n> Decide here: {link}\n> https://portal.example")
    )

    read_bounces(now=NOW)

    text = IncomingEmail.objects.get().text
    assert "token" not in text
    assert "[personal link removed]" in text
    assert text.endswith("https://portal.example")


@pytest.mark.django_db
def test_a_reply_to_a_forgotten_email_brings_nobody_back(maildir, notice):
    outbox.forget(keys=[notice.key], now=NOW)
    maildir.add(email_from(READER, to=reply_address(notice), text="No."))

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)
    assert kept() == []


@pytest.mark.django_db
def test_a_reply_that_quotes_a_report_is_still_words_of_a_person(maildir, notice):
    text = "No.\n> Hi. This is the qmail-send program at mx.example.\n>\n\n<carla@customer.example>:\nno mailbox"
    maildir.add(email_from(READER, to=reply_address(notice), text=text))

    read_bounces(now=NOW)

    assert kept() == [("reply", notice.key)]
    assert row(notice)["status"] == "sent"


# What programs write (D19, D20)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Notice"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk", "subject": "Please confirm your message"},  # a challenge
        {"Precedence": "junk"},
    ],
)
@pytest.mark.parametrize("where", [envelope_address, reply_address])
def test_an_automatic_answer_holds_nothing(maildir, notice, fields, where):
    raw = email_from(READER, to=where(notice), text="I am back on Monday.", **fields)
    maildir.add(raw)
    maildir.add(b"Return-Path: <>\n" + raw)

    assert read_bounces(now=NOW) == ReportCounts(ignored=2)
    assert kept() == []


@pytest.mark.django_db
def test_an_answer_from_nobody_without_a_status_holds_nothing_at_the_reply_address(maildir, notice):
    maildir.add(b"Return-Path: <>\n" + email_from(READER, to=reply_address(notice), text="Out of office"))

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)


@pytest.mark.django_db
def test_an_absence_note_of_the_reader_s_own_mailbox_holds_nothing(maildir, notice):
    note = email_from(READER, to=envelope_address(notice), subject="Out of office", text="I am back on Monday.")
    maildir.add(b"Return-Path: <>\n" + note)

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
    ],
)
def test_an_absence_note_from_another_name_of_the_reader_s_mailbox_holds_nothing(maildir, notice, fields):
    note = email_from("c.bianchi@customer.example", to=envelope_address(notice), text="Torno lunedì.", **fields)
    maildir.add(b"Return-Path: <>\n" + note)

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)


@pytest.mark.django_db
@pytest.mark.parametrize("disposition", ["manual-action/MDN-sent-manually; displayed", "manual-action; deleted"])
def test_that_a_person_opened_the_email_is_no_failure(maildir, notice, disposition):
    raw = (
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\n\nYour message was read.\n--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; {READER}\nDisposition: {disposition}\n\n--b--\n"
    )
    maildir.add(came_to(envelope_address(notice), raw.encode()))

    assert read_bounces(now=NOW) == ReportCounts(ignored=1)
    assert row(notice)["status"] == "sent"


# Whatever comes in


@pytest.mark.django_db
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(noise=st.binary(max_size=200), at=st.integers(min_value=0, max_value=1400), length=st.integers(0, 60))
def test_no_email_however_mangled_stops_the_reading_or_is_lost(notice, noise, at, length):
    raw = returned("<gone@relay.example>")

    fate = take_in(came_to(envelope_address(notice), raw[:at] + noise + raw[at + length :]), now=NOW)

    assert fate in {"noted", "unclear_report", "no_news", "automatic", "reply"}


@pytest.mark.django_db
def test_an_email_of_25_megabytes_is_read_within_seconds(maildir, notice):
    long = b"--8A2F1.1603101600/mx\n\n" + b"line\n" * 4_000_000
    report = came_to(envelope_address(notice), returned("<gone@relay.example>"))
    maildir.add(report + long)

    assert read_bounces(now=NOW) == ReportCounts(noted=1)
