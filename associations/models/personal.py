"""Rows of one person alone: saved views, the address of the calendar feed, unsent entries of a reviewer."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.models.claims import Claim
from associations.models.partners import CLAIM_READERS, Partner, PartnerMember

LONGEST_VIEW_NAME = 60


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reading rules of saved views; they compose."""

    def open_to(self, user: User) -> "SavedViewQuerySet":
        """The person's own views, and those shared, of the companies whose claims they see."""
        companies = PartnerMember.objects.filter(user=user, role__in=CLAIM_READERS).values("partner")
        return self.open_in(companies, user=user)

    def open_in(self, companies: Any, *, user: User) -> "SavedViewQuerySet":
        """The person's own views, and those shared, of *companies*, as keys or a query, whose claims they see."""
        return self.filter(Q(owner=user) | Q(is_shared=True), partner__in=companies)


class SavedView(models.Model):
    """A named query string of the claim list. It grants nothing: each person sees their own claims with it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=LONGEST_VIEW_NAME)
    query = models.CharField(max_length=1000, blank=True, editable=False)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects: ClassVar = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "owner", "name"], name="view_name_is_unique_per_person"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """The secret address of one person's calendar feed: the digest of its token, which a new token replaces."""

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


class ReviewDraft(models.Model):
    """Entries of a reviewer in one form about a claim that are not sent. They decide nothing; partners never see them.

    Each reviewer has their own, so that two who read the same claim don't overwrite each other. *form* is "checklist"
    or the key of a decision; *answers* are the values of the form's fields.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="review_drafts")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_drafts")
    form = models.CharField(max_length=20)
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("unsent review")
        verbose_name_plural = _("unsent reviews")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "reviewer", "form"], name="reviewer_has_one_draft_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}, {self.form}"
