"""Due emails are sent over real SMTP, once each, and marked; a failure is retried or given up."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from notifications.models import EmailStatus, OutboxEmail
from notifications.sending import delivery, rendering
from notifications.sending.delivery import DeliveryCounts, deliver_due_emails
from tests.notifications.notices import NOW, body, enqueue

pytestmark = pytest.mark.both

SECRET = "/c/Zb3kSECRETtoken/"

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks")


@pytest.mark.django_db
def test_a_due_email_is_sent_and_marked(mail_server):
    email = enqueue(cc=["tech@customer.example"])

    counts = deliver_due_emails(now=NOW)

    assert counts == DeliveryCounts(sent=1)
    assert mail_server.recipients == [["ada@customer.example", "tech@customer.example"]]
    email.refresh_from_db()
    assert (email.status, email.sent_at, email.attempts) == (EmailStatus.SENT, NOW, 1)
    assert email.sending_since is None
    assert email.last_error == ""


GIESSEREI = "xn--fa-giesserei-m9a.example"
NAMEH = "xn--mgba3gch31f060k.example"


@pytest.mark.django_db
@pytest.mark.parametrize("is_old_row", [False, True])
def test_a_secret_link_goes_to_the_domain_that_was_typed_and_to_no_other(mail_server, is_old_row):
    typed = {
        "to": ["juergen@faß-giesserei.example"],
        "cc": ["ada@نامه\u200cای.example", "eva@contoso.example\u200f"],
        "reply_to": "hilfe@faß-giesserei.example",
    }
    email = enqueue(secret=SECRET, **typed)
    if is_old_row:
        OutboxEmail.objects.filter(pk=email.pk).update(**typed)

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=1)

    recipients, message = mail_server.received[0]
    assert recipients == [f"juergen@{GIESSEREI}", f"ada@{NAMEH}", "eva@contoso.example"]
    assert message["To"] == f"juergen@{GIESSEREI}"
    assert message["Cc"] == f"ada@{NAMEH}, eva@contoso.example"
    assert message["Reply-To"] == f"hilfe@{GIESSEREI}"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["carla@[192.0.2.7]", "jürgen@customer.example", "ada@i❤.example"])
def test_an_email_to_an_address_that_no_email_reaches_is_given_up_with_its_cause(mail_server, address):
    email = enqueue(to=[address])

    assert deliver_due_emails(now=NOW) == DeliveryCounts(failed=1)

    email.refresh_from_db()
    assert (email.status, email.last_error) == (EmailStatus.FAILED, f"No email can be sent to {address!r}.")


@pytest.mark.django_db
def test_an_email_is_not_sent_before_it_is_due_nor_twice(mail_server):
    enqueue(now=NOW + timedelta(seconds=1))

    assert deliver_due_emails(now=NOW) == DeliveryCounts()
    assert deliver_due_emails(now=NOW + timedelta(seconds=1)) == DeliveryCounts(sent=1)
    assert deliver_due_emails(now=NOW + timedelta(days=1)) == DeliveryCounts()
    assert len(mail_server.received) == 1


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
    assert rendering.SECRET_PLACEHOLDER not in str(row)


@pytest.mark.django_db
def test_the_sent_text_is_kept_word_for_word_when_there_is_no_link(mail_server):
    email = enqueue()

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    email.refresh_from_db()
    assert email.subject == message["Subject"]
    assert email.text == body(message, "plain")
    assert email.html == body(message, "html")


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
def test_an_email_tried_again_keeps_its_message_id(mail_server):
    email = enqueue()
    mail_server.data_replies = ["451 4.3.0 Try later"]
    deliver_due_emails(now=NOW)

    deliver_due_emails(now=NOW + timedelta(minutes=1))

    assert [message["Message-ID"] for _, message in mail_server.received] == [email.message_id]


@pytest.mark.django_db
def test_an_email_is_given_up_two_days_after_the_first_attempt(mail_server):
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
def test_a_lasting_refusal_fails_the_email_at_once_with_the_servers_words(mail_server, refusal, words):
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
    assert email.last_error == "no-reply@cpor.example: 550 5.7.1 Sender not allowed"


@pytest.mark.django_db
def test_an_address_nobody_can_send_to_fails_the_email(mail_server):
    email = enqueue(to=["ada@@customer"])

    assert deliver_due_emails(now=NOW) == DeliveryCounts(failed=1)

    email.refresh_from_db()
    assert email.last_error == "No email can be sent to 'ada@@customer'."


@pytest.mark.django_db
def test_the_trouble_of_one_email_never_stops_the_others(mail_server):
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
def test_a_broken_template_waits_for_the_deploy_that_corrects_it(mail_server, caplog):
    email = enqueue(template="broken", secret=SECRET)

    assert deliver_due_emails(now=NOW) == DeliveryCounts(retried=1)

    email.refresh_from_db()
    assert (email.status, email.due_at) == (EmailStatus.QUEUED, NOW + timedelta(minutes=1))
    assert email.last_error == "TemplateDoesNotExist: emails/parts/missing.html"
    assert "The email claim:17:notice:1 could not be rendered or sent." in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_of_an_email_leaves_before_the_mark_of_the_one_before_it_is_kept(mail_server):
    emails = [enqueue(key=str(number)) for number in range(3)]

    with connection.execute_wrapper(database_dies_at_the_first_mark), pytest.raises(OperationalError):
        deliver_due_emails(now=NOW)

    assert [message["Message-ID"] for _, message in mail_server.received] == [emails[0].message_id]
    # Nobody knows about the one that left before the lease is over; the others go out with the next batch.
    by_key = dict(OutboxEmail.objects.values_list("key", "status"))
    assert by_key == {"0": EmailStatus.SENDING, "1": EmailStatus.QUEUED, "2": EmailStatus.QUEUED}


def database_dies_at_the_first_mark(execute, sql, params, many, context):
    if sql.startswith("UPDATE") and EmailStatus.SENT in params:
        raise OperationalError("The database is gone.")
    return execute(sql, params, many, context)


@pytest.mark.django_db
def test_an_email_whose_worker_died_is_sent_after_the_lease(mail_server):
    email = enqueue()
    OutboxEmail.objects.update(status=EmailStatus.SENDING, sending_since=NOW, attempts=1)

    assert deliver_due_emails(now=NOW + timedelta(minutes=9)) == DeliveryCounts()
    assert deliver_due_emails(now=NOW + timedelta(minutes=10)) == DeliveryCounts(sent=1)

    email.refresh_from_db()
    assert email.attempts == 2


@pytest.mark.django_db
def test_an_email_that_kills_every_worker_comes_to_an_end(mail_server):
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
def test_an_email_taken_over_by_another_worker_is_not_marked_by_the_first(caplog):
    email = enqueue()
    [claimed] = delivery.claim_due_emails(now=NOW, limit=1)
    OutboxEmail.objects.update(sending_since=NOW + timedelta(minutes=10))

    delivery.mark_failed(claimed, error="Too late")

    email.refresh_from_db()
    assert (email.status, email.last_error) == (EmailStatus.SENDING, "")
    assert "was taken over" in caplog.text


@pytest.mark.django_db
def test_an_email_costs_one_small_update(mail_server, django_assert_num_queries):
    for number in range(10):
        enqueue(key=str(number))

    # Recover twice, savepoint, select, claim, release savepoint, and one update for each mail.
    with django_assert_num_queries(6 + 10):
        deliver_due_emails(now=NOW)


@pytest.mark.postgres
@on_postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_skips_the_email_another_one_is_claiming(mail_server):
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
def test_two_workers_at_once_send_each_email_once(mail_server):
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


@pytest.mark.django_db
def test_what_a_server_says_is_kept_without_other_people_s_addresses(mail_server):
    email = enqueue()
    refusal = "550 5.1.1 <ada@customer.example>: forwarded to <ada.privat@home.example>, unknown there"
    mail_server.recipient_replies["ada@customer.example"] = refusal

    deliver_due_emails(now=NOW)

    email.refresh_from_db()
    assert email.last_error == (
        "ada@customer.example: 550 5.1.1 <ada@customer.example>: forwarded to <…>, unknown there"
    )
