"""Each email has an envelope address of its own, and leaves from the plain one when a server refuses that."""

import re
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection

from notifications import outbox, own_addresses
from notifications.models import EmailStatus, MailTrouble, OutboxEmail
from notifications.own_addresses import Purpose, email_at, envelope_address, own_address_troubles
from notifications.sending.delivery import MAX_ATTEMPTS, DeliveryCounts, deliver_due_emails
from tests.factories import MailTroubleFactory
from tests.notifications.notices import NOW, enqueue

OWN = re.compile(r"bounces\+[0-9a-z]{17,29}@portal\.example")


@pytest.fixture
def mailbox_is_read(settings, tmp_path):
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path)


def sent(email):
    email.refresh_from_db()
    return email.status, email.has_own_envelope


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_each_email_leaves_from_an_address_of_its_own(mail_server):
    emails = [enqueue(key="one"), enqueue(key="two")]

    deliver_due_emails(now=NOW)

    assert mail_server.envelope_senders == [envelope_address(email) for email in emails]
    assert all(OWN.fullmatch(sender) for sender in mail_server.envelope_senders)
    assert [email_at(sender) for sender in mail_server.envelope_senders] == [
        (Purpose.ENVELOPE, email) for email in emails
    ]
    assert [sent(email) for email in emails] == [("sent", True)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("without", ["BOUNCE_MAILDIR", "BOUNCE_ADDRESS", "BOUNCE_DELIMITER"])
@pytest.mark.usefixtures("mailbox_is_read")
def test_without_a_mailbox_with_many_addresses_all_emails_leave_from_one(mail_server, settings, without):
    setattr(settings, without, "")
    email = enqueue(hears_replies=True)

    deliver_due_emails(now=NOW)

    plain = settings.BOUNCE_ADDRESS or "no-reply@portal.example"
    assert mail_server.envelope_senders == [plain]
    assert mail_server.received[0][1]["Reply-To"] is None
    assert sent(email) == ("sent", False)


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize(
    "refuses",
    [
        {"own_sender_reply": "553 5.1.8 Sender address rejected"},
        {"own_sender_reply": "501 Bad sender syntax"},
        {"own_recipient_reply": "553 5.7.1 Sender address rejected: not owned by user portal"},
        {"own_recipient_reply": "550 Sender rejected"},
        {"data_command_replies": ["550 5.7.1 Sender not allowed"]},
        {"own_content_reply": "550 5.7.60 Client does not have permissions to send as this sender"},
        {"own_content_reply": "554 5.2.252 SendAsDenied"},
    ],
)
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_email_whose_own_address_is_refused_leaves_at_once_from_the_plain_one(mail_server, caplog, refuses):
    for name, reply in refuses.items():
        setattr(mail_server, name, reply)
    emails = [enqueue(key="one"), enqueue(key="two")]

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=2)

    assert mail_server.envelope_senders == ["bounces@portal.example"] * 2
    assert [sent(email) for email in emails] == [("sent", False)] * 2
    said = [record.message for record in caplog.records if "envelope addresses" in record.message]
    assert len(said) == 1
    trouble = MailTrouble.objects.get()
    assert (trouble.kind, trouble.since, trouble.seen_at) == ("envelope_refused", NOW, NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_the_trouble_is_over_when_the_server_takes_such_an_address_again(mail_server):
    MailTroubleFactory()
    enqueue()

    deliver_due_emails(now=NOW)

    assert not MailTrouble.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_a_reader_who_does_not_exist_is_no_trouble_of_the_sender(mail_server):
    email = enqueue()
    mail_server.recipient_replies["ada@customer.example"] = "550 No such user"

    assert deliver_due_emails(now=NOW) == DeliveryCounts(failed=1)

    assert sent(email) == ("failed", False)
    assert not MailTrouble.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_email_queued_before_the_upgrade_leaves_from_an_address_of_its_own_too(mail_server):
    composed = outbox.compose(
        key="claim:17:notice:1",
        template="notice",
        to=["ada@customer.example"],
        context={"customer": "Contoso", "closes_at": "2026-10-30T23:00:00+00:00", "starts_on": "2026-11-02"},
        locale="en",
        now=NOW,
        secret="/c/token/",
    )
    # The release before knows nothing of these columns, and may go on writing while it is replaced.
    fields = [
        field for field in OutboxEmail._meta.fields if field.name not in ("id", "has_own_envelope", "hears_replies")
    ]
    values = [field.get_db_prep_save(getattr(composed, field.attname), connection) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(fields))
        cursor.execute(f"INSERT INTO notifications_outboxemail ({columns}) VALUES ({places})", values)  # noqa: S608

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1)

    assert email_at(mail_server.envelope_senders[0]) == (Purpose.ENVELOPE, OutboxEmail.objects.get())
    assert sent(OutboxEmail.objects.get()) == ("sent", True)


@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_replies_go_to_an_address_of_the_email_s_own_where_it_hears_them(mail_server):
    email = enqueue(hears_replies=True, reply_to="paolo@partner.example")
    enqueue(key="other", reply_to="paolo@partner.example")

    deliver_due_emails(now=NOW)

    heard, other = (message["Reply-To"] for _, message in mail_server.received)
    assert re.fullmatch(r"reply\+[0-9a-z]+@portal\.example", heard)
    assert email_at(heard) == (Purpose.REPLY, email)
    assert other == "paolo@partner.example"


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_address_is_known_however_a_server_writes_it_and_only_with_its_code(settings):
    email = enqueue()
    address = envelope_address(email)
    local = address.rpartition("@")[0]
    code = local.partition("+")[2]

    for known in (
        address.upper(),
        f"{local}@elsewhere.example",
        f"prvs=0123456789={address}",
        f"SRS0=hA=B7=portal.example={local}@relay.example",
        f"someone-{code}@portal.example",
    ):
        assert email_at(known) == (Purpose.ENVELOPE, email), known
    forged = code[:-17] + ("0" if code[0] != "0" else "1") + code[1:]
    for unknown in (f"bounces+{forged}@portal.example", "bounces@portal.example", f"x{code}@a.example", "", "+@"):
        assert email_at(unknown) is None, unknown
    assert email_at(f"bounces+{code[:16]}zzzzzzzzzzzzz@portal.example") is None


@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_address_made_with_an_earlier_secret_key_is_known(settings):
    email = enqueue()
    address = envelope_address(email)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"

    assert email_at(address) == (Purpose.ENVELOPE, email)
    assert envelope_address(email) != address


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_address_is_looked_up_by_one_query(django_assert_num_queries):
    address = envelope_address(enqueue())

    with django_assert_num_queries(1):
        assert email_at(address)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"DEFAULT_FROM_EMAIL": "Contoso, CPOR <portal@contoso.example>"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "Contoso: CPOR <portal@contoso.example>"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "Contoso; CPOR <portal@contoso.example>"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "Contoso [CPOR] <portal@contoso.example>"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "Contoso <portal@contoso.example"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "a@contoso.example, b@contoso.example"}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "portal"}, "DEFAULT_FROM_EMAIL"),
        ({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL must be one"),
        ({"DEFAULT_FROM_EMAIL": "Portal\nBcc: x@y.example <portal@contoso.example>"}, "DEFAULT_FROM_EMAIL"),
        ({"BOUNCE_ADDRESS": "bounces"}, "BOUNCE_ADDRESS"),
        ({"BOUNCE_ADDRESS": "bounces@@portal.example"}, "BOUNCE_ADDRESS must be one"),
        ({"BOUNCE_ADDRESS": "bounces@contoso.example"}, "it must be there or below, for instance at bounces.portal."),
        ({"BOUNCE_ADDRESS": "bounces@notportal.example"}, "it must be there or below"),
        ({"BOUNCE_ADDRESS": f"{'b' * 40}@portal.example"}, "BOUNCE_ADDRESS leaves no room for a token"),
        ({"REPLY_ADDRESS": "reply"}, "REPLY_ADDRESS"),
        ({"BOUNCE_DELIMITER": "++"}, "BOUNCE_DELIMITER must be one of"),
        ({"BOUNCE_DELIMITER": "a"}, "BOUNCE_DELIMITER must be one of"),
    ],
)
@pytest.mark.usefixtures("mailbox_is_read")
def test_an_address_of_ours_that_is_none_stops_the_start(settings, facts, said):
    for name, value in facts.items():
        setattr(settings, name, value)

    assert [error.msg for error in run_checks() if said in error.msg and error.is_serious()] != []


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"DEFAULT_FROM_EMAIL": '"Contoso, CPOR" <portal@portal.example>'},
        {"DEFAULT_FROM_EMAIL": "Contoso S.p.A. <portal@portal.example>"},
        {"DEFAULT_FROM_EMAIL": "Società è <portal@portal.example>"},
        {"DEFAULT_FROM_EMAIL": "=?utf-8?q?Contoso=2C_CPOR?= <portal@portal.example>"},
        {"DEFAULT_FROM_EMAIL": "portal@portal.example", "BOUNCE_ADDRESS": "b@bounces.portal.example"},
        {"DEFAULT_FROM_EMAIL": "portal@faß.example", "BOUNCE_ADDRESS": "b@xn--fa-hia.example"},
        {"BOUNCE_DELIMITER": "-"},
        {"BOUNCE_MAILDIR": "", "BOUNCE_ADDRESS": "bounces@elsewhere.example"},
    ],
)
@pytest.mark.usefixtures("mailbox_is_read")
def test_addresses_of_ours_that_work_are_no_trouble(settings, facts):
    for name, value in facts.items():
        setattr(settings, name, value)

    assert own_address_troubles() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"DEFAULT_FROM_EMAIL": "Contoso, CPOR <portal@contoso.example>"},
        {"DEFAULT_FROM_EMAIL": "Contoso: CPOR <portal@contoso.example>"},
        {"DEFAULT_FROM_EMAIL": "Portal\nX: y <portal@contoso.example>"},
        {"BOUNCE_ADDRESS": "bounces, reports@portal.example"},
    ],
)
def test_an_email_waits_with_its_secret_until_our_address_is_corrected(mail_server, settings, facts):
    rightly = {name: getattr(settings, name) for name in facts}
    for name, value in facts.items():
        setattr(settings, name, value)
    email = enqueue(secret="/c/token/")
    now = NOW

    for _ in range(MAX_ATTEMPTS + 2):
        assert deliver_due_emails(now=now) == DeliveryCounts(retried=1)
        now += timedelta(hours=1)

    email.refresh_from_db()
    assert (email.status, email.secret, email.attempts) == (EmailStatus.QUEUED, "/c/token/", 0)
    assert "must be one" in email.last_error or "is no email address" in email.last_error
    for name, value in rightly.items():
        setattr(settings, name, value)
    assert deliver_due_emails(now=now) == DeliveryCounts(sent=1)


@pytest.mark.django_db
def test_an_email_whose_sender_the_server_refuses_is_never_given_up(mail_server):
    email = enqueue(secret="/c/token/")
    mail_server.sender_reply = "553 5.1.8 Sender not allowed"
    OutboxEmail.objects.filter(pk=email.pk).update(attempts=MAX_ATTEMPTS - 1)

    assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=1)
    assert deliver_due_emails(now=NOW + timedelta(minutes=5)) == DeliveryCounts(retried=1)

    email.refresh_from_db()
    assert (email.status, email.secret) == (EmailStatus.QUEUED, "/c/token/")


@pytest.mark.django_db
def test_a_name_with_letters_of_any_kind_is_written_as_headers_want_it(mail_server, settings):
    settings.DEFAULT_FROM_EMAIL = '"Società, CPOR" <portal@faß.example>'
    enqueue()

    deliver_due_emails(now=NOW)

    message = mail_server.received[0][1]
    assert str(message["From"]) == '"Società, CPOR" <portal@xn--fa-hia.example>'
    assert mail_server.envelope_senders == ["portal@xn--fa-hia.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["portál.example", "[::1]", "localhost", "bücher.example:8000"])
# Django itself encodes a body with a line of more than 998 characters; most have none.
@pytest.mark.parametrize("longest", [0, 3000])
def test_every_email_travels_in_seven_bits(mail_server, settings, host, longest):
    settings.PORTAL_URL = f"https://{host}"
    customer = "Söhne 東京 " + "x" * longest
    enqueue(
        context={"customer": customer, "closes_at": "2026-10-30T23:00:00+00:00"}
        | {
            "starts_on": "2026-11-02",
            "zone": "Europe/Rome",
        },
        locale="it",
    )

    deliver_due_emails(now=NOW)

    raw = mail_server.contents[0]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = mail_server.received[0][1]
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == ["quoted-printable"] * 2
    assert customer.strip() in message.get_body(("plain",)).get_content()
    assert mail_server.mail_options == [[]]


def test_own_addresses_need_a_mailbox(settings):
    settings.BOUNCE_ADDRESS = "bounces@portal.example"

    assert not own_addresses.has_own_addresses()
