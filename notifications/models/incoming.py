"""Incoming emails about one of ours, for a person to read."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.emails import OutboxEmail

LONGEST_TEXT = 20_000


class IncomingKind(models.TextChoices):
    UNCLEAR_REPORT = "unclear_report", _("Report that was not understood")
    REPLY = "reply", _("Reply")


class IncomingEmailQuerySet(models.QuerySet["IncomingEmail"]):
    """Selections of incoming emails."""

    def about(self, emails: Iterable[OutboxEmail] | models.QuerySet[OutboxEmail]) -> "IncomingEmailQuerySet":
        """Return incoming emails about one of *emails*."""
        return self.filter(email__in=emails)

    def of_kind(self, kind: IncomingKind) -> "IncomingEmailQuerySet":
        """Return incoming emails of one *kind*."""
        return self.filter(kind=kind)


class IncomingEmail(models.Model):
    """One email from the mailbox about one of ours: a person's reply, or a report that was not understood.

    Understood reports and automatic answers leave no row. ``sender`` is the address in From, ``text`` the readable
    text, at most ``LONGEST_TEXT`` characters; sender, subject and text are empty once its email was forgotten.
    ``digest`` is the same for a message that is read twice. ``has_attachments`` says
    that files came along, which aren't kept. Only reviewers may see the text of a customer (domain.md D19).
    """

    email = models.ForeignKey(
        OutboxEmail, on_delete=models.CASCADE, related_name="incoming_emails", verbose_name=_("email")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=IncomingKind)
    sender = models.CharField(_("sender"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True)
    has_attachments = models.BooleanField(_("has attachments"), default=False, db_default=False)
    received_at = models.DateTimeField(_("received"))
    digest = models.CharField(max_length=64, unique=True, editable=False)

    objects: ClassVar[IncomingEmailQuerySet] = IncomingEmailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("incoming email")
        verbose_name_plural = _("incoming emails")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=IncomingKind.values), name="incoming_email_kind_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.email}"


class IncomingCount(models.Model):
    """The number of emails in the mailbox with one *fate* since the portal was set up. No page shows it."""

    fate = models.CharField(max_length=30, primary_key=True)
    total = models.PositiveBigIntegerField()

    objects: ClassVar[models.Manager["IncomingCount"]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["fate"]

    def __str__(self) -> str:
        return self.fate
