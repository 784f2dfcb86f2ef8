"""The notifications in the portal, behind the bell."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Selections of notifications (domain.md 5)."""

    def for_user(self, user: User) -> "NotificationQuerySet":
        """Return one person's notifications."""
        return self.filter(user=user)

    def active(self) -> "NotificationQuerySet":
        """Return notifications that aren't archived."""
        return self.filter(archived_at=None)

    def archived(self) -> "NotificationQuerySet":
        """Return notifications that are archived."""
        return self.filter(archived_at__isnull=False)

    def unread(self) -> "NotificationQuerySet":
        """Return notifications that the bell counts."""
        return self.active().filter(read_at=None)

    def archivable(self) -> "NotificationQuerySet":
        """Return notifications that may be archived: a mandatory one only once it is done."""
        return self.active().filter(Q(is_mandatory=False) | Q(done_at__isnull=False))

    def unread_first(self) -> "NotificationQuerySet":
        """Return unread before read, each newest first."""
        return self.order_by(IsNull(models.F("read_at"), True).desc(), "-pk")


class Notification(models.Model):
    """A notification for one person. It holds plain values; its text is made in the reader's language when shown.

    ``kind`` names the text, ``templates/notifications/<kind>.txt``. A mandatory notification asks for something: it is
    done when the person has done that or needn't anymore, and can't be archived before.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("user")
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

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "notifications_notice"
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
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
