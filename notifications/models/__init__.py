"""The outbox, incoming reports and replies, notifications, runs of clocks, and lasting trouble with email."""

from notifications.models.clocks import ClockRun
from notifications.models.emails import (
    ACCEPTED_STATUSES,
    OPEN_STATUSES,
    SENDING_LEASE,
    UNDELIVERED_STATUSES,
    EmailStatus,
    OutboxEmail,
    OutboxEmailQuerySet,
    new_message_id,
)
from notifications.models.incoming import (
    LONGEST_TEXT,
    IncomingCount,
    IncomingEmail,
    IncomingEmailQuerySet,
    IncomingKind,
)
from notifications.models.notifications import Notification, NotificationQuerySet
from notifications.models.troubles import MailTrouble, TroubleKind

__all__ = [
    "ACCEPTED_STATUSES",
    "LONGEST_TEXT",
    "OPEN_STATUSES",
    "SENDING_LEASE",
    "UNDELIVERED_STATUSES",
    "ClockRun",
    "EmailStatus",
    "IncomingCount",
    "IncomingEmail",
    "IncomingEmailQuerySet",
    "IncomingKind",
    "MailTrouble",
    "Notification",
    "NotificationQuerySet",
    "OutboxEmail",
    "OutboxEmailQuerySet",
    "TroubleKind",
    "new_message_id",
]
