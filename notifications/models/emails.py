"""The outbox: every email that the portal decided to send, and its status."""

from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.text.domains import NoAsciiForm, ascii_domain
from accounts.text.readable import address_in_full

# An email that is being sent for longer than this has lost its worker.
SENDING_LEASE = timedelta(minutes=10)


class EmailStatus(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("email", "Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", pgettext_lazy("email", "Sent")
    FAILED = "failed", pgettext_lazy("email", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("email", "Cancelled")
    BOUNCED = "bounced", _("Bounced")


# Only an email that may still be sent keeps the personal link of its reader.
OPEN_STATUSES = (EmailStatus.QUEUED, EmailStatus.SENDING)
# The mail server accepted these; a bounce says that the reader's own server refused one later.
ACCEPTED_STATUSES = (EmailStatus.SENT, EmailStatus.BOUNCED)
# Nobody has read these, and nobody will.
UNDELIVERED_STATUSES = (EmailStatus.FAILED, EmailStatus.BOUNCED)


def new_message_id() -> str:
    """Return a Message-ID on the portal's host. Every attempt has the same, so an email sent twice is seen as one."""
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    try:
        return f"<{uuid4()}@{ascii_domain(host)}>"
    except NoAsciiForm:
        # An address in numbers, such as [::1].
        return f"<{uuid4()}@localhost>"


class OutboxEmailQuerySet(models.QuerySet["OutboxEmail"]):
    """Selections of emails in the outbox."""

    def due(self, now: datetime) -> "OutboxEmailQuerySet":
        """Return queued emails that are due and whose text isn't out of date."""
        is_still_true = Q(send_before=None) | Q(send_before__gt=now)
        return self.filter(is_still_true, status=EmailStatus.QUEUED, due_at__lte=now)

    def accepted(self, prefix: str) -> "OutboxEmailQuerySet":
        """Return the emails whose key has this *prefix* and that a mail server accepted, newest first."""
        return self.filter(key__startswith=prefix, status__in=ACCEPTED_STATUSES).order_by("-sent_at", "-pk")

    def stuck(self, now: datetime) -> "OutboxEmailQuerySet":
        """Return emails that have been "being sent" for so long that their worker must have died."""
        return self.filter(status=EmailStatus.SENDING, sending_since__lte=now - SENDING_LEASE)


class OutboxEmail(models.Model):
    """One email: written in the transaction that decided it, rendered and sent afterwards.

    ``secret`` is the path of the reader's personal link. No page shows it, and it is deleted once the email can't
    be sent anymore; ``carries_secret`` says that there was one. ``subject``, ``text`` and ``html`` are what was sent,
    without that link. ``hears_replies`` gives the email a Reply-To of its own where a mailbox is read.
    ``has_own_envelope`` says that it left from an envelope address of its own, so only reports there count (D20).
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    template = models.CharField(_("template"), max_length=100)
    locale = models.CharField(_("language"), max_length=10)
    to = models.JSONField(_("to"))
    cc = models.JSONField(_("Cc"), default=list, blank=True)
    reply_to = models.CharField(_("reply to"), max_length=320, blank=True)
    hears_replies = models.BooleanField(_("replies are read"), default=False, db_default=False)
    context = models.JSONField(_("context"), default=dict, blank=True)
    secret = models.TextField(blank=True, editable=False)
    carries_secret = models.BooleanField(_("carries a personal link"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=EmailStatus, default=EmailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"))
    send_before = models.DateTimeField(_("not to be sent from"), null=True, blank=True)
    sending_since = models.DateTimeField(_("being sent since"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    last_error = models.TextField(_("what the mail server said"), blank=True)
    has_own_envelope = models.BooleanField(_("left from an address of its own"), default=False, db_default=False)
    message_id = models.CharField(_("Message-ID"), max_length=320, unique=True, default=new_message_id)
    subject = models.TextField(_("subject"), blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("created"))

    objects: ClassVar[models.Manager["OutboxEmail"]] = OutboxEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(status="queued"), name="outbox_email_due"),
            models.Index(fields=["sending_since"], condition=Q(status="sending"), name="outbox_email_in_flight"),
            models.Index(fields=["id"], condition=Q(status__in=UNDELIVERED_STATUSES), name="outbox_email_undelivered"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=EmailStatus.values),
                name="outbox_email_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ACCEPTED_STATUSES, sent_at__isnull=False)
                | (~Q(status__in=ACCEPTED_STATUSES) & Q(sent_at__isnull=True)),
                name="accepted_outbox_email_has_sent_at",
            ),
            models.CheckConstraint(
                condition=Q(status=EmailStatus.SENDING, sending_since__isnull=False)
                | (~Q(status=EmailStatus.SENDING) & Q(sending_since__isnull=True)),
                name="outbox_email_in_flight_has_sending_since",
            ),
            models.CheckConstraint(
                condition=Q(status=EmailStatus.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=EmailStatus.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="cancelled_outbox_email_has_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(status=EmailStatus.BOUNCED, bounced_at__isnull=False)
                | (~Q(status=EmailStatus.BOUNCED) & Q(bounced_at__isnull=True)),
                name="bounced_outbox_email_has_bounced_at",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(sent_at__isnull=False),
                name="delivered_outbox_email_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_STATUSES) | Q(secret=""),
                name="closed_outbox_email_has_no_secret",
            ),
            models.CheckConstraint(
                condition=Q(carries_secret=True) | Q(secret=""),
                name="outbox_email_with_secret_says_so",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def readers(self) -> str:
        """The addresses it goes to, as people read them."""
        return ", ".join(address_in_full(address) for address in [*self.to, *self.cc])

    @property
    def mishap(self) -> str:
        """The trouble after the mail server accepted the email, if any."""
        return self.get_status_display() if self.bounced_at else ""
