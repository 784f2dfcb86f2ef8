"""One run of the clock empties the outbox."""

import pytest
from django.utils import timezone

from notifications.models import EmailStatus, OutboxEmail
from operations.clocks import run_clock
from tests.notifications.notices import enqueue


@pytest.mark.django_db
def test_emails_are_sent_batch_after_batch_until_none_is_due(mail_server):
    for number in range(205):
        enqueue(key=str(number), now=timezone.now())

    run_clock("deliver_due_emails")

    assert len(mail_server.received) == 205
    assert set(OutboxEmail.objects.values_list("status", flat=True)) == {EmailStatus.SENT}
