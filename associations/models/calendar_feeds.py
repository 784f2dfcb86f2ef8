"""The secret address from which a person's own calendar program reads the dates that matter to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """One person's calendar address. Only the digest of its token is kept; a new token replaces the old one."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed", verbose_name=_("person")
    )
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.user)
