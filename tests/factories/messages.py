"""Emails, what comes back, notifications and runs of clocks."""

import factory
from factory.django import DjangoModelFactory

from notifications.models import (
    ClockRun,
    IncomingCount,
    IncomingEmail,
    IncomingKind,
    MailTrouble,
    Notification,
    OutboxEmail,
    TroubleKind,
)
from tests.factories.people import MONDAY, UserFactory


class OutboxEmailFactory(DjangoModelFactory):
    class Meta:
        model = OutboxEmail

    key = factory.Sequence(lambda n: f"test:{n}")
    template = "claim_received"
    locale = "en"
    to = factory.LazyFunction(lambda: ["someone@partner.example"])
    due_at = MONDAY
    created_at = MONDAY


class NotificationFactory(DjangoModelFactory):
    """An unread notification that asks for nothing."""

    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"test:{n}")
    kind = "claim_approved"
    context = factory.LazyFunction(lambda: {"claim_number": "CA-2020-000001", "customer_name": "Adventure Works"})
    url = "/associations/"
    created_at = MONDAY


class IncomingEmailFactory(DjangoModelFactory):
    """A customer's reply to one of our emails; `kind` makes it a report that was not understood."""

    class Meta:
        model = IncomingEmail

    email = factory.SubFactory(OutboxEmailFactory)
    kind = IncomingKind.REPLY
    sender = "carla@customer.example"
    subject = "Re: A partner asks"
    text = "No, we never hired them."
    received_at = MONDAY
    digest = factory.Sequence(lambda n: f"{n:064x}")


class ClockRunFactory(DjangoModelFactory):
    class Meta:
        model = ClockRun

    clock = "open_windows"
    ended_at = MONDAY
    seconds = 0.1


class IncomingCountFactory(DjangoModelFactory):
    class Meta:
        model = IncomingCount

    fate = "reply"
    total = 1


class MailTroubleFactory(DjangoModelFactory):
    class Meta:
        model = MailTrouble

    kind = TroubleKind.ENVELOPE_REFUSED
    since = MONDAY
    seen_at = MONDAY
    words = "553 5.1.8 Sender address rejected"
