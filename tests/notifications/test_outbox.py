"""Mails are queued with the caller's decision, once per key."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from notifications import outbox
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import IncomingEmailFactory
from tests.notifications.notices import NOW, enqueue

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks")


@pytest.mark.both
@pytest.mark.django_db
def test_enqueue_writes_one_queued_mail_and_renders_nothing():
    email = enqueue(template="no-such-template", cc=["tech@customer.example"], reply_to="help@contoso.example")

    email.refresh_from_db()
    assert email.status == EmailStatus.QUEUED
    assert email.to == ["ada@customer.example"]
    assert email.cc == ["tech@customer.example"]
    assert email.reply_to == "help@contoso.example"
    assert email.due_at == NOW
    assert email.created_at == NOW
    assert (email.subject, email.text, email.html) == ("", "", "")


@pytest.mark.both
@pytest.mark.django_db
def test_enqueue_returns_the_first_mail_of_a_known_key():
    first = enqueue(to=["ada@customer.example"])

    second = enqueue(to=["eve@customer.example"], now=NOW + timedelta(days=1))

    assert second == first
    assert OutboxEmail.objects.get().to == ["ada@customer.example"]


@pytest.mark.django_db
def test_a_copy_or_answer_address_that_no_email_reaches_keeps_nobody_else_from_the_mail():
    email = enqueue(cc=["carla@[192.0.2.7]", "tech@müller.example"], reply_to="jürgen@contoso.example")

    assert (email.to, email.cc, email.reply_to) == (["ada@customer.example"], ["tech@xn--mller-kva.example"], "")


@pytest.mark.both
@pytest.mark.django_db
def test_enqueue_vanishes_with_the_decision_it_announces():
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)

    assert OutboxEmail.objects.count() == 0


@pytest.mark.django_db
def test_enqueue_fixes_a_message_id_on_the_portals_host():
    one, other = enqueue(key="one"), enqueue(key="other")

    assert one.message_id.endswith("@portal.example>")
    assert one.message_id != other.message_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"to": []}, "no recipient"),
        ({"to": ["ada@customer.example\nBcc: eve@evil.example"]}, "cannot stand in a header"),
        ({"to": "ada@customer.example"}, "cannot stand in a header"),
        ({"cc": ["tech@customer.example\r\nX: y"]}, "cannot stand in a header"),
        ({"reply_to": "help@contoso\n.example"}, "cannot stand in a header"),
        ({"locale": "tlh"}, "does not speak"),
        ({"secret": "c/abc/"}, "neither a path nor a code"),
        ({"secret": "/c/abc/", "context": {"link": "https://portal.example/c/abc/"}}, "link holds the secret"),
    ],
)
def test_enqueue_refuses_a_mail_that_could_not_be_sent_safely(facts, words):
    with pytest.raises(ValueError, match=words):
        enqueue(**facts)

    assert OutboxEmail.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"closes_at": NOW}, "closes_at is a datetime"),
        ({"items": [{"name": gettext_lazy("Teams")}]}, r"items\.0\.name is a __proxy__"),
        ({"share": 0.5}, "share is a float"),
        ({"counts": {1: 2}}, "counts has a key that is not text: 1"),
    ],
)
def test_enqueue_refuses_a_value_that_is_not_plain(context, words):
    with pytest.raises(TypeError, match=words):
        enqueue(context=context)


@pytest.mark.both
@pytest.mark.django_db
def test_enqueue_takes_every_plain_value():
    context = {"name": "Ada", "count": 3, "open": True, "none": None, "items": [{"name": "Teams"}]}

    email = enqueue(context=context)

    email.refresh_from_db()
    assert email.context == context


@pytest.mark.both
@pytest.mark.django_db
def test_cancel_stops_a_waiting_mail_and_forgets_its_secret():
    email = enqueue(secret="/c/abc/")

    assert outbox.cancel(keys=[email.key, "unknown"], now=NOW) == 1

    email.refresh_from_db()
    assert email.status == EmailStatus.CANCELLED
    assert email.cancelled_at == NOW
    assert email.secret == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"status": EmailStatus.SENDING, "sending_since": NOW},
        {"status": EmailStatus.SENT, "sent_at": NOW},
    ],
)
def test_cancel_leaves_what_is_on_its_way(facts):
    email = enqueue()
    OutboxEmail.objects.update(**facts)

    assert outbox.cancel(keys=[email.key], now=NOW) == 0

    email.refresh_from_db()
    assert email.status == facts["status"]


@pytest.mark.both
@pytest.mark.django_db
def test_amend_renews_what_a_waiting_mail_promises():
    email = enqueue(context={"customer": "Contoso", "last_day_on": "2026-10-30"}, send_before=NOW)
    other = enqueue(key="other", context={"last_day_on": "2026-10-30"}, send_before=NOW)
    tomorrow = NOW + timedelta(days=1)

    assert outbox.amend(keys=[email.key], context={"last_day_on": "2026-11-02"}, send_before=tomorrow) == 1

    email.refresh_from_db()
    other.refresh_from_db()
    assert email.context == {"customer": "Contoso", "last_day_on": "2026-11-02"}
    assert email.send_before == tomorrow
    assert (other.context, other.send_before) == ({"last_day_on": "2026-10-30"}, NOW)


@pytest.mark.django_db
def test_amend_leaves_a_mail_that_went_out():
    email = enqueue(context={"last_day_on": "2026-10-30"})
    OutboxEmail.objects.update(status=EmailStatus.SENT, sent_at=NOW)

    assert outbox.amend(keys=[email.key], context={"last_day_on": "2026-11-02"}, send_before=NOW) == 0

    email.refresh_from_db()
    assert email.context == {"last_day_on": "2026-10-30"}


@pytest.mark.django_db
def test_amend_refuses_to_keep_the_secret_or_what_is_not_plain():
    email = enqueue(secret="/c/abc/")

    with pytest.raises(ValueError, match="link holds the secret"):
        outbox.amend(keys=[email.key], context={"link": "/c/abc/"}, send_before=NOW)
    with pytest.raises(TypeError, match="last_day_on is a datetime"):
        outbox.amend(keys=[email.key], context={"last_day_on": NOW}, send_before=NOW)


@pytest.mark.both
@pytest.mark.django_db
def test_retry_queues_a_failed_mail_afresh():
    email = enqueue()
    OutboxEmail.objects.update(status=EmailStatus.FAILED, attempts=53)

    assert outbox.retry(keys=[email.key], now=NOW + timedelta(days=3)) == 1

    email.refresh_from_db()
    assert (email.status, email.attempts, email.due_at) == (EmailStatus.QUEUED, 0, NOW + timedelta(days=3))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [{"status": EmailStatus.FAILED, "carries_secret": True}, {"status": EmailStatus.SENT, "sent_at": NOW}],
)
def test_retry_leaves_a_mail_whose_link_is_gone_and_one_that_went_out(facts):
    email = enqueue()
    OutboxEmail.objects.update(**facts)

    assert outbox.retry(keys=[email.key], now=NOW) == 0

    email.refresh_from_db()
    assert email.status == facts["status"]


@pytest.mark.postgres
@on_postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_enqueue_in_two_transactions_at_once_writes_one_mail():
    found = []

    def enqueue_too():
        try:
            found.append(enqueue(to=["eve@customer.example"]).pk)
        finally:
            connection.close()

    other = threading.Thread(target=enqueue_too)
    with transaction.atomic():
        first = enqueue(to=["ada@customer.example"])
        other.start()
        wait_until_somebody_waits_for_a_lock()
    other.join(timeout=10)

    assert found == [first.pk]
    assert OutboxEmail.objects.get().to == ["ada@customer.example"]


def wait_until_somebody_waits_for_a_lock():
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits for a lock.")


@pytest.mark.both
@pytest.mark.django_db
def test_forgetting_a_mail_also_empties_what_people_wrote_about_it():
    written, other = IncomingEmailFactory(), IncomingEmailFactory()

    outbox.forget(keys=[written.email.key], now=NOW)

    written.refresh_from_db()
    other.refresh_from_db()
    assert (written.sender, written.subject, written.text) == ("", "", "")
    assert other.text == "No, we never hired them."
