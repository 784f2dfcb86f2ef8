"""Due mails leave over real SMTP; trouble is told apart; nothing is lost and nothing is sent twice."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from notifications import delivery
from notifications.delivery import DeliveryCounts, deliver_due_emails
from notifications.models import EmailStatus, OutboxEmail
from tests.notifications.notices import NOW, enqueue

SECRET = "/c/Zb3kSECRETtoken/"

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks")


def body(message, kind):
    return message.get_body(preferencelist=(kind,)).get_content()


@pytest.mark.django_db
def test_a_due_mail_is_sent_and_marked(mail_server):
    email = enqueue(cc=["tech@customer.example"])

    counts = deliver_due_emails(now=NOW)

    assert counts == DeliveryCounts(sent=1)
    assert mail_server.recipients == [["ada@customer.example", "tech@customer.example"]]
    email.refresh_from_db()
    assert (email.status, email.sent_at, email.attempts) == (EmailStatus.SENT, NOW, 1)
    assert email.sending_since is None
    assert email.last_error == ""


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
def test_a_mail_is_not_sent_before_it_is_due_nor_twice(mail_server):
    enqueue(now=NOW + timedelta(seconds=1))

    assert deliver_due_emails(now=NOW) == DeliveryCounts()
    assert deliver_due_emails(now=NOW + timedelta(seconds=1)) == DeliveryCounts(sent=1)
    assert deliver_due_emails(now=NOW + timedelta(days=1)) == DeliveryCounts()
    assert len(mail_server.received) == 1


@pytest.mark.django_db
def test_a_mail_keeps_robots_quiet_and_says_who_answers(mail_server):
    email = enqueue(reply_to="help@contoso.example", cc=["tech@customer.example"])

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert message["Subject"] == "Notice for Contoso & Söhne"
    assert message["To"] == "ada@customer.example"
    assert message["Cc"] == "tech@customer.example"
    assert message["Reply-To"] == "help@contoso.example"
    assert message["Message-ID"] == email.message_id
    assert message["Content-Language"] == "en"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Unsubscribe"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "closes Saturday 31 October 2026 00:00, begins 2 November 2026."),
        ("it", "closes Sabato 31 Ottobre 2026 00:00, begins 2 Novembre 2026."),
    ],
)
def test_a_mail_speaks_its_language_and_tells_the_time_of_its_zone(mail_server, locale, sentence):
    enqueue(locale=locale)

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert body(message, "plain").startswith(f"Dear Contoso & Söhne, {sentence}")
    assert f'<html lang="{locale}"' in body(message, "html")
    assert message["Content-Language"] == locale


@pytest.mark.django_db
def test_a_mail_escapes_html_and_only_html(mail_server):
    enqueue(context={"customer": "<b>Tailspin</b>\nToys"})

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert message["Subject"] == "Notice for <b>Tailspin</b> Toys"
    assert "Dear <b>Tailspin</b>\nToys" in body(message, "plain")
    assert "Dear &lt;b&gt;Tailspin&lt;/b&gt;" in body(message, "html")


@pytest.mark.django_db
def test_a_text_has_no_holes_where_a_part_is_missing(mail_server):
    enqueue(secret="")

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert "2026.\n\n-- \nCPOR portal\nYou get this mail because" in body(message, "plain")


def test_times_are_understood_at_any_depth():
    context = {
        "items": [{"ends_on": "2026-11-02", "name": "Teams"}],
        "sent_at": None,
        "reminders_at": ["2026-11-02T10:00:00+01:00"],
    }

    assert delivery.timely(context) == {
        "items": [{"ends_on": datetime(2026, 11, 2).date(), "name": "Teams"}],
        "sent_at": None,
        "reminders_at": [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)],
    }


@pytest.mark.django_db
def test_the_personal_link_reaches_its_reader_and_is_kept_nowhere(mail_server):
    email = enqueue(secret=SECRET)

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert "https://portal.example/c/Zb3kSECRETtoken/" in body(message, "plain")
    assert 'href="https://portal.example/c/Zb3kSECRETtoken/"' in body(message, "html")
    row = OutboxEmail.objects.filter(pk=email.pk).values().get()
    assert row["secret"] == ""
    assert "SECRET" not in str(row)
    assert "[personal link removed]" in row["text"]
    assert 'href="[personal link removed]"' in row["html"]
    assert delivery.SECRET_PLACEHOLDER not in str(row)


@pytest.mark.django_db
def test_what_was_sent_is_kept_word_for_word_when_there_is_no_link(mail_server):
    email = enqueue()

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    email.refresh_from_db()
    assert email.subject == message["Subject"]
    assert email.text == body(message, "plain")
    assert email.html == body(message, "html")


@pytest.mark.django_db
def test_a_batch_uses_one_connection(mail_server):
    for number in range(5):
        enqueue(key=f"claim:{number}:receipt")

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=5)
    assert mail_server.connections == 1


@pytest.mark.django_db
def test_a_batch_goes_on_over_a_new_connection_when_the_server_hangs_up_between_mails(mail_server):
    for number in range(4):
        enqueue(key=f"claim:{number}:receipt")
    mail_server.hangs_up_before_mail = {3}

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=4)
    assert mail_server.connections == 2
    assert len(mail_server.received) == 4


@pytest.mark.django_db
def test_the_oldest_mail_goes_first_and_the_limit_holds(mail_server):
    enqueue(key="second", to=["second@customer.example"], now=NOW - timedelta(minutes=1))
    enqueue(key="third", to=["third@customer.example"], now=NOW)
    enqueue(key="first", to=["first@customer.example"], now=NOW - timedelta(minutes=2))

    assert deliver_due_emails(now=NOW, limit=2) == DeliveryCounts(sent=2)
    assert mail_server.recipients == [["first@customer.example"], ["second@customer.example"]]


@pytest.mark.django_db
def test_a_busy_mailbox_is_tried_again_after_the_waits_of_the_table(mail_server):
    email = enqueue(secret=SECRET)
    mail_server.recipient_replies["ada@customer.example"] = "450 4.2.1 Try later"

    assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=1)

    email.refresh_from_db()
    assert (email.status, email.attempts, email.due_at) == (EmailStatus.QUEUED, 1, NOW + timedelta(minutes=1))
    assert email.last_error == "ada@customer.example: 450 4.2.1 Try later"
    assert email.secret == SECRET
    deliver_due_emails(now=NOW + timedelta(minutes=1))
    email.refresh_from_db()
    assert (email.attempts, email.due_at) == (2, NOW + timedelta(minutes=3))


@pytest.mark.django_db
def test_a_mail_tried_again_keeps_its_message_id(mail_server):
    email = enqueue()
    mail_server.data_replies = ["451 4.3.0 Try later"]
    deliver_due_emails(now=NOW)

    deliver_due_emails(now=NOW + timedelta(minutes=1))

    assert [message["Message-ID"] for _, message in mail_server.received] == [email.message_id]


@pytest.mark.django_db
def test_a_mail_is_given_up_two_days_after_the_first_attempt(mail_server):
    email = enqueue(secret=SECRET)
    mail_server.recipient_replies["ada@customer.example"] = "450 4.2.1 Try later"

    now, attempts = NOW, 0
    while email.status == EmailStatus.QUEUED:
        now = email.due_at
        deliver_due_emails(now=now)
        attempts += 1
        email.refresh_from_db()

    assert (email.status, email.secret) == (EmailStatus.FAILED, "")
    assert attempts == 53
    assert now - NOW == timedelta(hours=47, minutes=48)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            {"recipient_replies": {"ada@customer.example": "550 5.1.1 No such user"}},
            "ada@customer.example: 550 5.1.1 No such user",
        ),
        ({"data_replies": ["554 5.7.1 Looks like spam"]}, "DATA: 554 5.7.1 Looks like spam"),
    ],
)
def test_a_lasting_refusal_fails_the_mail_at_once_with_the_servers_words(mail_server, refusal, words):
    email = enqueue(secret=SECRET)
    vars(mail_server).update(refusal)

    assert deliver_due_emails(now=NOW) == DeliveryCounts(failed=1)

    email.refresh_from_db()
    assert (email.status, email.last_error, email.secret) == (EmailStatus.FAILED, words, "")
    assert email.sent_at is None


@pytest.mark.django_db
def test_a_refused_sender_is_our_own_trouble_and_tried_again(mail_server):
    email = enqueue()
    mail_server.sender_reply = "550 5.7.1 Sender not allowed"

    assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=1)

    email.refresh_from_db()
    assert email.last_error == "CPOR portal <no-reply@cpor.example>: 550 5.7.1 Sender not allowed"


@pytest.mark.django_db
def test_an_address_nobody_can_send_to_fails_the_mail(mail_server):
    email = enqueue(to=["ada@@customer"])

    assert deliver_due_emails(now=NOW) == DeliveryCounts(failed=1)

    email.refresh_from_db()
    assert email.last_error.startswith("Invalid address")


@pytest.mark.django_db
def test_a_refused_copy_does_not_hold_the_mail(mail_server):
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
def test_a_copy_alone_is_not_a_mail_sent(mail_server, reply, counts):
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
def test_the_trouble_of_one_mail_never_stops_the_others(mail_server):
    enqueue(key="1", template="broken")
    enqueue(key="2", to=["unknown@customer.example"])
    enqueue(key="3", to=["busy@customer.example"])
    enqueue(key="4", context={"zone": "Mars/Olympus"})
    enqueue(key="5", context={"closes_at": "soon"})
    enqueue(key="6", to=["ada@customer.example"])
    mail_server.recipient_replies = {"unknown@customer.example": "550 Gone", "busy@customer.example": "451 Later"}

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1, retried=4, failed=1)
    assert mail_server.recipients == [["ada@customer.example"]]
    assert mail_server.connections == 1


@pytest.mark.django_db
def test_a_broken_template_waits_for_the_deploy_that_mends_it(mail_server, caplog):
    email = enqueue(template="broken", secret=SECRET)

    assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=1)

    email.refresh_from_db()
    assert (email.status, email.due_at) == (EmailStatus.QUEUED, NOW + timedelta(minutes=1))
    assert email.last_error == "TemplateDoesNotExist: emails/broken/missing.txt"
    assert "The mail claim:17:notice:1 could not be made or handed over." in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.django_db
def test_a_connection_lost_before_the_yes_means_another_try(mail_server):
    first = enqueue(key="1", to=["first@customer.example"])
    enqueue(key="2", to=["second@customer.example"])
    mail_server.data_replies = ["hang up"]

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1, retried=1)
    assert deliver_due_emails(now=NOW + timedelta(minutes=1)) == DeliveryCounts(sent=1)

    ids = [message["Message-ID"] for recipients, message in mail_server.received if recipients == first.to]
    assert ids == [first.message_id, first.message_id]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_of_a_mail_leaves_before_the_mark_of_the_one_before_it_is_kept(mail_server):
    emails = [enqueue(key=str(number)) for number in range(3)]

    with connection.execute_wrapper(database_dies_at_the_first_mark), pytest.raises(OperationalError):
        deliver_due_emails(now=NOW)

    assert [message["Message-ID"] for _, message in mail_server.received] == [emails[0].message_id]
    # Of the one that left nobody knows before the lease is over; the others go out with the next batch.
    by_key = dict(OutboxEmail.objects.values_list("key", "status"))
    assert by_key == {"0": EmailStatus.SENDING, "1": EmailStatus.QUEUED, "2": EmailStatus.QUEUED}


def database_dies_at_the_first_mark(execute, sql, params, many, context):
    if sql.startswith("UPDATE") and EmailStatus.SENT in params:
        raise OperationalError("The database is gone.")
    return execute(sql, params, many, context)


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


@pytest.mark.django_db
def test_a_mail_whose_worker_died_is_sent_after_the_lease(mail_server):
    email = enqueue()
    OutboxEmail.objects.update(status=EmailStatus.SENDING, sending_since=NOW, attempts=1)

    assert deliver_due_emails(now=NOW + timedelta(minutes=9)) == DeliveryCounts()
    assert deliver_due_emails(now=NOW + timedelta(minutes=10)) == DeliveryCounts(sent=1)

    email.refresh_from_db()
    assert email.attempts == 2


@pytest.mark.django_db
def test_a_mail_that_kills_every_worker_comes_to_an_end(mail_server):
    email = enqueue(secret=SECRET)
    OutboxEmail.objects.update(status=EmailStatus.SENDING, sending_since=NOW, attempts=53)

    deliver_due_emails(now=NOW + timedelta(minutes=10))

    email.refresh_from_db()
    assert (email.status, email.secret) == (EmailStatus.FAILED, "")
    assert email.last_error == "The worker died at every attempt."
    assert mail_server.received == []


@pytest.mark.django_db
def test_a_slow_batch_puts_back_untried_what_it_has_no_time_for(mail_server, monkeypatch):
    for number in range(3):
        enqueue(key=str(number))
    monkeypatch.setattr(delivery, "BATCH_SECONDS", 0)

    assert deliver_due_emails(now=NOW) == DeliveryCounts()

    assert set(OutboxEmail.objects.values_list("status", "attempts", "due_at")) == {(EmailStatus.QUEUED, 0, NOW)}


@pytest.mark.django_db
def test_a_mail_taken_over_by_another_worker_is_not_marked_by_the_first(caplog):
    email = enqueue()
    [claimed] = delivery.claim_due_emails(now=NOW, limit=1)
    OutboxEmail.objects.update(sending_since=NOW + timedelta(minutes=10))

    delivery.mark_failed(claimed, error="Too late")

    email.refresh_from_db()
    assert (email.status, email.last_error) == (EmailStatus.SENDING, "")
    assert "was taken over" in caplog.text


@pytest.mark.django_db
def test_a_mail_costs_one_small_update(mail_server, django_assert_num_queries):
    for number in range(10):
        enqueue(key=str(number))

    # Recover twice, savepoint, select, claim, release savepoint, and one update for each mail.
    with django_assert_num_queries(6 + 10):
        deliver_due_emails(now=NOW)


@pytest.mark.postgres
@on_postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_skips_the_mail_another_one_is_claiming(mail_server):
    taken, free = (
        enqueue(key="taken", to=["taken@customer.example"]),
        enqueue(key="free", to=["free@customer.example"]),
    )
    outcome = []

    def work():
        try:
            outcome.append(deliver_due_emails(now=NOW))
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    with transaction.atomic():
        OutboxEmail.objects.select_for_update().get(pk=taken.pk)
        worker.start()
        worker.join(timeout=20)

    assert outcome == [DeliveryCounts(sent=1)]
    assert mail_server.recipients == [free.to]


@pytest.mark.postgres
@on_postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_send_each_mail_once(mail_server):
    for number in range(60):
        enqueue(key=f"claim:{number}:receipt", to=[f"{number}@customer.example"])
    together = threading.Barrier(2)
    sent = []

    def work():
        try:
            together.wait(timeout=10)
            sent.append(sum(deliver_due_emails(now=NOW, limit=10).sent for _ in range(6)))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert sum(sent) == 60
    assert all(sent)
    assert sorted(mail_server.recipients) == sorted([f"{number}@customer.example"] for number in range(60))
