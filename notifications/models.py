"""The outbox: every mail the portal decided to send, and what became of it. The notices people read in the portal."""

from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# How long a mail may stay in flight before its worker is taken for dead.
SENDING_LEASE = timedelta(minutes=10)


class EmailStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Bounced")


# Only a mail that may still go out keeps the personal link of its reader.
OPEN_STATUSES = (EmailStatus.QUEUED, EmailStatus.SENDING)
# The mail server took these; what the reader's own server did later is told by the bounce.
ACCEPTED_STATUSES = (EmailStatus.SENT, EmailStatus.BOUNCED)
# Nobody has read these, and nobody will.
UNDELIVERED_STATUSES = (EmailStatus.FAILED, EmailStatus.BOUNCED)


def new_message_id() -> str:
    """Return a Message-ID on the portal's host: fixed for a row, so that a mail sent twice is seen as one."""
    return f"<{uuid4()}@{urlsplit(settings.PORTAL_URL).hostname or 'localhost'}>"


class OutboxEmailQuerySet(models.QuerySet["OutboxEmail"]):
    """Phrases about the mails in the outbox."""

    def due(self, now: datetime) -> "OutboxEmailQuerySet":
        """Return queued mails whose time has come and whose words still hold."""
        is_still_true = Q(send_before=None) | Q(send_before__gt=now)
        return self.filter(is_still_true, status=EmailStatus.QUEUED, due_at__lte=now)

    def accepted(self, prefix: str) -> "OutboxEmailQuerySet":
        """Return the mails with a key of this *prefix* that a mail server took, newest first."""
        return self.filter(key__startswith=prefix, status__in=ACCEPTED_STATUSES).order_by("-sent_at", "-pk")

    def stuck(self, now: datetime) -> "OutboxEmailQuerySet":
        """Return mails in flight for so long that their worker must have died."""
        return self.filter(status=EmailStatus.SENDING, sending_since__lte=now - SENDING_LEASE)


class OutboxEmail(models.Model):
    """One mail: decided in the transaction that wrote it, rendered and sent afterwards.

    ``secret`` is the path of the reader's personal link. It is shown on no page and blanked as soon as the mail can no
    longer go out; ``carries_secret`` remembers that there was one. ``subject``, ``text`` and ``html`` are what was
    sent, without that link.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    template = models.CharField(_("template"), max_length=100)
    locale = models.CharField(_("language"), max_length=10)
    to = models.JSONField(_("to"))
    cc = models.JSONField(_("Cc"), default=list, blank=True)
    reply_to = models.CharField(_("reply to"), max_length=320, blank=True)
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
    message_id = models.CharField(_("Message-ID"), max_length=320, unique=True, default=new_message_id)
    subject = models.TextField(_("subject"), blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("created"))

    objects: ClassVar[models.Manager["OutboxEmail"]] = OutboxEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
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
        """The addresses it goes to, as one text."""
        return ", ".join([*self.to, *self.cc])

    @property
    def mishap(self) -> str:
        """What happened after the mail server took it, if anything."""
        return self.get_status_display() if self.bounced_at else ""


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Phrases about the notices people read in the portal (domain.md 5)."""

    def for_user(self, user: User) -> "NoticeQuerySet":
        """Return the notices of one person."""
        return self.filter(user=user)

    def active(self) -> "NoticeQuerySet":
        """Return notices that were not put away."""
        return self.filter(archived_at=None)

    def archived(self) -> "NoticeQuerySet":
        """Return notices that were put away."""
        return self.filter(archived_at__isnull=False)

    def unread(self) -> "NoticeQuerySet":
        """Return notices that the bell counts."""
        return self.active().filter(read_at=None)

    def archivable(self) -> "NoticeQuerySet":
        """Return notices that may be put away: not a mandatory one before what it asks for is done."""
        return self.active().filter(Q(is_mandatory=False) | Q(done_at__isnull=False))

    def unread_first(self) -> "NoticeQuerySet":
        """Return the unread before the read, each newest first."""
        return self.order_by(IsNull(models.F("read_at"), True).desc(), "-pk")


class Notice(models.Model):
    """What one person is told in the portal: facts without words, told in the reader's language when shown.

    ``kind`` names the words, ``templates/notices/<kind>.txt``. A mandatory notice asks for something; it is done when
    that was done, or is no longer asked, and stays among the active ones until then.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("user")
    )
    key = models.CharField(_("key"), max_length=200)
    kind = models.SlugField(_("kind"), max_length=50, db_index=False)
    context = models.JSONField(_("context"), default=dict, blank=True)
    url = models.CharField(_("address"), max_length=200)
    is_mandatory = models.BooleanField(_("mandatory"), default=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notice in the portal")
        verbose_name_plural = _("notices in the portal")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(read_at=None, archived_at=None), name="notice_unread"),
            models.Index(fields=["url"], name="notice_by_url"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="person_is_told_once_per_key"),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(is_mandatory=False) | Q(done_at__isnull=False),
                name="archived_mandatory_notice_is_done",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ClockRun(models.Model):
    """The last run of a clock that came to its end: one row per clock. No page shows it."""

    clock = models.CharField(max_length=60, primary_key=True)
    ended_at = models.DateTimeField()
    seconds = models.FloatField()

    objects: ClassVar[models.Manager["ClockRun"]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["clock"]

    def __str__(self) -> str:
        return self.clock
