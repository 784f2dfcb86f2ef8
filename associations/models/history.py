"""What happened to a claim. Rows are only ever added; a trigger refuses updates and deletes on both engines."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from associations.choices import ClaimStatus, EventKind
from associations.models.claims import Claim
from associations.rules import history_chain
from associations.rules.actors import Role

CHAINED_FACTS = (
    "claim_id",
    "kind",
    "from_status",
    "to_status",
    "actor_role",
    "actor_id",
    "actor_name",
    "note",
    "details",
)


class ClaimEvent(models.Model):
    """One line of a claim's History: who did what, when, and what it changed."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="events", verbose_name=_("claim"))
    kind = models.CharField(_("event"), max_length=30, choices=EventKind.choices)
    from_status = models.CharField(max_length=20, choices=ClaimStatus.choices, blank=True)
    to_status = models.CharField(max_length=20, choices=ClaimStatus.choices, blank=True)
    actor_role = models.CharField(max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    details = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("date"))
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["claim", "id"], name="history_of_a_claim")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(actor_role__in=[role.value for role in Role]), name="actor_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_kind_display()}"

    def link(self) -> str:
        """Return the hash that this line must carry, from what it says and the hash before it."""
        facts = {name: getattr(self, name) for name in CHAINED_FACTS}
        return history_chain.link(self.previous_hash, at=self.at, facts=facts)


class Comment(models.Model):
    """A remark that the partner's people and the reviewers see, and the customer never does."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="comments", verbose_name=_("claim"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_role = models.CharField(max_length=20)
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_by_reviewer(self) -> bool:
        return self.author_role == Role.REVIEWER
