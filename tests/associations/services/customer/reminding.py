"""Reminders that were planned and sent, for the tests of their clocks."""

from datetime import timedelta

from associations.choices import OptOutReason
from associations.models import Reminder
from associations.services.customer import answer as answering
from associations.services.customer.answer import Answerer
from notifications.models import OutboxEmail

DAY = timedelta(days=1)
CARLA = Answerer(name="Carla Bianchi")


def mails(template):
    return OutboxEmail.objects.filter(template=template).order_by("pk")


def planned(claim, kind):
    due = Reminder.objects.filter(claim=claim, kind=kind, done_at=None).order_by("due_at")
    return list(due.values_list("due_at", flat=True))


def opt_out(claim, *, at):
    notice = claim.notices.current().get()
    return answering.opt_out(notice_id=notice.pk, answerer=CARLA, reason=OptOutReason.OTHER, now=at)
