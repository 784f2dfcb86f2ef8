"""The history of a claim, and the comments on it, with marks of how far people have read them.

Lines of history and comments are only ever added; what they say of people can be forgotten, and nothing else. Triggers
on both engines refuse every other update, and every delete: docs/adr/0005.
"""

from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import ClaimStatus, CommentReplyOutcome, EventKind
from associations.models.claims import Claim
from associations.rules import history_chain
from associations.rules.actors import Role
from notifications.models import IncomingEmail

CHAINED_FACTS = (
    "claim_id",
    "kind",
    "from_status",
    "to_status",
    "actor_role",
    "actor_id",
)
FORGETTABLE = ("actor_name", "note", "details", "personal_salt")


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
    personal_salt = models.CharField(max_length=64, blank=True, editable=False)
    personal_digest = models.CharField(max_length=64, blank=True, editable=False)
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
        facts |= {"details": history_chain.lasting(self.details), "personal": self.personal_digest}
        return history_chain.link(self.previous_hash, at=self.at, facts=facts)

    def seal(self) -> str:
        """Return the digest of what this line says of people."""
        return history_chain.seal(self.personal_salt, self.personal_facts)

    @property
    def personal_facts(self) -> dict[str, Any]:
        """The parts of this entry that are about people, or in a person's own words."""
        details = history_chain.personal(self.details)
        return {"actor_name": self.actor_name, "note": self.note, "details": details}

    @property
    def is_personal(self) -> bool:
        """True if this entry holds personal data."""
        return any(self.personal_facts.values())

    @property
    def is_forgotten(self) -> bool:
        """True if the personal data of this entry was removed."""
        return not self.personal_salt

    def forget(self) -> None:
        """Empty, unsaved, what this line says of people, and the salt by which it could be tried out."""
        self.actor_name = self.note = self.personal_salt = ""
        self.details = history_chain.lasting(self.details)

    def holds(self) -> bool:
        """Return whether this line still says what it said when it was written, as far as it was not forgotten."""
        if self.hash != self.link():
            return False
        return not self.is_personal if self.is_forgotten else self.personal_digest == self.seal()


class ReadComment(Protocol):
    """A comment with what the queryset that is named here read beside its columns."""

    is_new: bool  # marked_for


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reading rules of comments; they compose."""

    def new_to(self, user: User, *, by_reviewers: bool) -> "CommentQuerySet":
        """Comments that are new to *user*: see `is_new_to`."""
        return self.filter(is_new_to(user, by_reviewers=by_reviewers))

    def marked_for(self, user: User, *, by_reviewers: bool) -> "CommentQuerySet":
        """Comments that say as ``is_new`` whether they are new to *user*."""
        return self.annotate(is_new=is_new_to(user, by_reviewers=by_reviewers))

    def counted(self) -> dict[int, int]:
        """Return how many of these comments each claim has, in one query; a claim without any is left out."""
        return dict(self.order_by().values_list("claim").annotate(models.Count("pk")))


class Comment(models.Model):
    """A remark that the partner's people and the reviewers see, and the customer never does.

    Its text can be emptied when the person it is about is forgotten, and never be changed.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="comments", verbose_name=_("claim"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_role = models.CharField(max_length=20)
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(_("date"))

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_by_reviewer(self) -> bool:
        return self.author_role == Role.REVIEWER


def texts_of_comments(claim: Claim) -> tuple[str, ...]:
    """Return the texts of a claim's comments; one that was read as a claim without comments is not asked for them."""
    return tuple(comment.text for comment in claim.comments.all()) if getattr(claim, "is_commented", True) else ()


def is_new_to(user: User, *, by_reviewers: bool) -> Q:
    """Return whether a comment is of the other side (the reviewers or the partner), and *user* has not read it.

    The comments of a draft are part of the claim that is filed, so they're new to nobody.
    """
    theirs = Q(author_role=Role.REVIEWER)
    marks = CommentMark.objects.filter(Q(user=user) | Q(user=None), claim=OuterRef("claim"))
    is_told = (theirs if by_reviewers else ~theirs) & Q(at__gte=F("claim__submitted_at")) & ~Q(author=user)
    return is_told & Q(~Exists(marks.filter(last_read__gte=OuterRef("pk"))))


class CommentMark(models.Model):
    """The last comment on a claim that one person has read.

    A mark without a person holds for everybody: the comments from before there were marks count as read.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="comment_marks", verbose_name=_("claim"))
    last_read = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="+", verbose_name=_("last comment read")
    )
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("mark of comments read")
        verbose_name_plural = _("marks of comments read")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "user"], name="person_has_one_mark_per_claim"),
            models.UniqueConstraint(fields=["claim"], condition=Q(user=None), name="claim_has_one_mark_for_all"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.claim}"


class CommentReply(models.Model):
    """A reply by email to an email about a comment, and its outcome; *person* is the reader of that email."""

    incoming = models.OneToOneField(
        IncomingEmail, on_delete=models.CASCADE, related_name="comment_reply", verbose_name=_("incoming email")
    )
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="comment_replies", verbose_name=_("claim"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=CommentReplyOutcome.choices)
    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("comment")
    )
    handled_at = models.DateTimeField(_("handled"))

    class Meta:
        verbose_name = _("reply to a comment")
        verbose_name_plural = _("replies to comments")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=CommentReplyOutcome.values), name="comment_reply_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome=CommentReplyOutcome.ADDED, comment__isnull=False)
                | (~Q(outcome=CommentReplyOutcome.ADDED) & Q(comment=None)),
                name="added_comment_reply_has_a_comment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_outcome_display()}"
