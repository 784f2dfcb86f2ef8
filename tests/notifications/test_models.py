"""Constraints of the outbox."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from tests.factories import IncomingEmailFactory
from tests.notifications.notices import NOW, enqueue


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"status": "lost", "secret": ""}, "outbox_email_status_is_known"),
        ({"status": "sent", "secret": ""}, "accepted_outbox_email_has_sent_at"),
        ({"sent_at": NOW}, "accepted_outbox_email_has_sent_at"),
        ({"status": "sending"}, "outbox_email_in_flight_has_sending_since"),
        ({"sending_since": NOW}, "outbox_email_in_flight_has_sending_since"),
        ({"status": "cancelled", "secret": ""}, "cancelled_outbox_email_has_cancelled_at"),
        ({"status": "bounced", "sent_at": NOW, "secret": ""}, "bounced_outbox_email_has_bounced_at"),
        ({"bounced_at": NOW}, "bounced_outbox_email_has_bounced_at"),
        ({"delivered_at": NOW}, "delivered_outbox_email_was_sent"),
        ({"status": "sent", "sent_at": NOW}, "closed_outbox_email_has_no_secret"),
        ({"status": "cancelled", "cancelled_at": NOW}, "closed_outbox_email_has_no_secret"),
        ({"status": "failed"}, "closed_outbox_email_has_no_secret"),
        ({"carries_secret": False}, "outbox_email_with_secret_says_so"),
    ],
)
def test_the_database_refuses_a_mail_that_contradicts_itself(facts, constraint):
    email = enqueue(secret="/c/abc/")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OutboxEmail.objects.filter(pk=email.pk).update(**facts)


@pytest.mark.django_db
def test_due_is_what_waits_and_whose_time_has_come():
    due = enqueue(key="due", now=NOW)
    still_true = enqueue(key="still true", send_before=NOW + timedelta(seconds=1))
    enqueue(key="later", now=NOW + timedelta(seconds=1))
    enqueue(key="no longer true", send_before=NOW)
    sent = enqueue(key="sent")
    OutboxEmail.objects.filter(pk=sent.pk).update(status=EmailStatus.SENT, sent_at=NOW)

    assert set(OutboxEmail.objects.due(NOW)) == {due, still_true}


@pytest.mark.django_db
def test_stuck_is_what_is_in_flight_for_ten_minutes():
    stuck, flying = enqueue(key="stuck"), enqueue(key="flying")
    in_flight = OutboxEmail.objects.filter
    in_flight(pk=stuck.pk).update(status=EmailStatus.SENDING, sending_since=NOW - timedelta(minutes=10))
    in_flight(pk=flying.pk).update(status=EmailStatus.SENDING, sending_since=NOW - timedelta(minutes=9))

    assert list(OutboxEmail.objects.stuck(NOW)) == [stuck]


@pytest.mark.django_db
def test_a_mail_introduces_itself_without_its_secret():
    email = enqueue(secret="/c/abc/")

    assert str(email) == "claim:17:notice:1"
    assert repr(email) == "<OutboxEmail: claim:17:notice:1>"


@pytest.mark.django_db
def test_what_came_in_is_found_by_its_email_and_kind():
    reply = IncomingEmailFactory()
    report = IncomingEmailFactory(email=reply.email, kind=IncomingKind.UNCLEAR_REPORT)
    IncomingEmailFactory()

    about = IncomingEmail.objects.about(OutboxEmail.objects.filter(pk=reply.email.pk))

    assert set(about) == {reply, report}
    assert list(about.of_kind(IncomingKind.REPLY)) == [reply]


@pytest.mark.django_db
def test_the_same_message_is_kept_once():
    kept = IncomingEmailFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        IncomingEmailFactory(digest=kept.digest)


@pytest.mark.django_db
def test_what_came_in_is_of_a_known_kind():
    with pytest.raises(IntegrityError, match="incoming_email_kind_is_known"), transaction.atomic():
        IncomingEmailFactory(kind="joke")
