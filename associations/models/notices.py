"""The notice to the customer: whom it went to, by which mail, and what was answered (architecture.md 7)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.choices import NoticeAnswer, OptOutReason
from associations.models.claims import Claim
from associations.rules import lifecycle
from notifications.models import UNDELIVERED_STATUSES, EmailStatus, OutboxEmail

HALF_ERASED = Q(contact_email="") & ~Q(answered_by_name="")


class CustomerNoticeQuerySet(models.QuerySet["CustomerNotice"]):
    """Phrases from the office; they compose."""

    def current(self) -> "CustomerNoticeQuerySet":
        """Notices whose link still works."""
        return self.filter(revoked_at=None)

    def heard_but_not_opened(self) -> "CustomerNoticeQuerySet":
        """Notices that the mail server accepted and whose window is not open yet."""
        return self.current().filter(
            opens_at=None, answered_at=None, email__status=EmailStatus.SENT, claim__status__in=lifecycle.UNDECIDED
        )

    def newly_undelivered(self) -> "CustomerNoticeQuerySet":
        """Unanswered notices whose mail was refused or came back, which their claims do not know yet."""
        return self.current().filter(undelivered_at=None, answered_at=None, email__status__in=UNDELIVERED_STATUSES)

    def half_erased(self) -> "CustomerNoticeQuerySet":
        """Notices whose contact was erased while an association in force rested on who answered."""
        return self.filter(HALF_ERASED)

    def overdue(self, now: datetime) -> "CustomerNoticeQuerySet":
        """Notices whose mail did not leave on the day whose deadline it names."""
        return self.current().filter(email__status=EmailStatus.QUEUED, email__send_before__lte=now)


class CustomerNotice(models.Model):
    """One notice to one contact. Only the digest of its link is kept; a later notice revokes it.

    Whoever answered has a name until they are forgotten, which ends the link too.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="notices", verbose_name=_("claim"))
    number = models.PositiveSmallIntegerField(_("number"))
    contact_name = models.CharField(_("contact"), max_length=120)
    contact_email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5)
    token_digest = models.CharField(max_length=64, unique=True)
    reminder_token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    covers = models.JSONField(default=dict)
    email = models.OneToOneField(OutboxEmail, on_delete=models.PROTECT, related_name="+", verbose_name=_("mail"))
    queued_at = models.DateTimeField(_("queued"))
    opens_at = models.DateTimeField(_("accepted by the mail server"), null=True, blank=True)
    closes_at = models.DateTimeField(_("opt-out possible until"), null=True, blank=True)
    undelivered_at = models.DateTimeField(_("found undelivered"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=20, choices=NoticeAnswer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by_name = models.CharField(_("answered by"), max_length=120, blank=True)
    answer_reason = models.CharField(_("reason"), max_length=20, choices=OptOutReason.choices, blank=True)
    answer_text = models.TextField(_("in their words"), blank=True)
    answer_ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    answer_user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    objects: ClassVar = CustomerNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer notice")
        verbose_name_plural = _("customer notices")
        ordering: ClassVar = ["claim", "number"]
        indexes: ClassVar = [models.Index(fields=["id"], condition=HALF_ERASED, name="notices_with_erasure_to_finish")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "number"], name="notices_of_a_claim_are_numbered"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(revoked_at=None), name="claim_has_one_current_notice"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="notice_window_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by_name="")
                | Q(answered_at__isnull=False, answer__in=NoticeAnswer.values)
                & (~Q(answered_by_name="") | Q(revoked_at__isnull=False)),
                name="answer_has_time_and_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} · {self.number}"
