"""The clock empties the outbox, and is found under the name the schedule uses."""

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from notifications.models import EmailStatus, OutboxEmail
from notifications.tasks import deliver_due_emails
from tests.notifications.notices import enqueue


def test_the_task_has_the_name_the_schedule_uses():
    assert settings.CELERY_BEAT_SCHEDULE["deliver_due_emails"]["task"] == deliver_due_emails.name
    assert deliver_due_emails.name in current_app.tasks


@pytest.mark.django_db
def test_the_task_sends_batch_after_batch_until_none_is_due(mail_server):
    for number in range(205):
        enqueue(key=str(number), now=timezone.now())

    deliver_due_emails()

    assert len(mail_server.received) == 205
    assert set(OutboxEmail.objects.values_list("status", flat=True)) == {EmailStatus.SENT}
