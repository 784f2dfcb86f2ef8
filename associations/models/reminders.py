"""Rows from which a clock sends notifications: reminders by due time, and watched subscriptions."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.choices import ReminderKind
from associations.models.associations import Association
from associations.models.claims import Claim
from associations.models.reference import Product


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reading rules of reminders; they compose."""

    def due(self, now: datetime) -> "ReminderQuerySet":
        return self.filter(done_at=None, due_at__lte=now)


class Reminder(models.Model):
    """One reminder of one claim. Whether it still applies is decided when it is due, not when it is written."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="reminders", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=30, choices=ReminderKind.choices)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects: ClassVar = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None), name="reminders_not_done"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "kind", "due_at"], name="reminder_is_written_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_kind_display()}"


class DigestLineQuerySet(models.QuerySet["DigestLine"]):
    """Reading rules of lines that wait for the weekly digest; they compose."""

    def due(self, before: datetime) -> "DigestLineQuerySet":
        """Return the lines from before that instant, and all of people who no longer want a digest."""
        return self.filter(Q(noted_at__lt=before) | Q(person__has_weekly_digest=False))


class DigestLine(models.Model):
    """A reminder that waits for a person's weekly digest; it is deleted once the digest is queued.

    It is about a claim, or about an association without a claim. Whether it still applies is decided on that day.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=30, choices=ReminderKind.choices)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="digest_lines")
    association = models.ForeignKey(Association, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    noted_at = models.DateTimeField(_("noted"))

    objects: ClassVar = DigestLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the weekly digest")
        verbose_name_plural = _("lines of the weekly digest")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "claim", "kind"], name="digest_names_a_claim_once"),
            models.UniqueConstraint(fields=["person", "association"], name="digest_names_an_association_once"),
            models.CheckConstraint(
                condition=Q(claim=None, association__isnull=False) | Q(claim__isnull=False, association=None),
                name="digest_line_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[ReminderKind.DRAFT_UNFINISHED, ReminderKind.SUBSCRIPTION_ENDING]),
                name="digest_line_is_of_a_kind_that_can_wait",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"


class SubscriptionWatch(models.Model):
    """A person to notify once the customer of their draft has a claimable subscription (domain.md 9)."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="watches")
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    watcher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("created"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("watched subscription")
        verbose_name_plural = _("watched subscriptions")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(told_at=None), name="watches_that_wait"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim", "product", "watcher"],
                condition=Q(told_at=None),
                name="person_watches_a_product_once_per_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.product}"
