"""Adds comments to a claim, and marks how far a person has read them."""

from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import EventKind
from associations.models import Claim, Comment, CommentMark
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.claim.history import record
from associations.services.claim.lifecycle import ClaimLocked, lock_claim


@transaction.atomic
def add_comment(*, claim_id: int, text: str, by: Actor, now: datetime) -> Comment:
    """Add a remark for the partner's people and the reviewers, and tell the other side once the claim is filed.

    Return the comment; raise ClaimLocked once the claim is closed, and for a person who only looks.
    """
    claim = lock_claim(claim_id)
    if claim.status not in lifecycle.COMMENTABLE or by.role not in lifecycle.COMMENTERS:
        raise ClaimLocked
    comment = Comment.objects.create(claim=claim, author_id=by.account_id, author_role=by.role, text=text, at=now)
    record([claim], EventKind.COMMENTED, by=by, now=now)
    mark_as_read(claim, through=comment.pk, by=by, now=now)
    if claim.submitted_at is not None:
        emails.comment_added(claim, comment=comment, now=now)
    return comment


@transaction.atomic
def mark_as_read(claim: Claim, *, through: int, by: Actor, now: datetime) -> None:
    """Mark the comments on *claim* up to the one with the key *through* as read by a person, and never fewer."""
    last = Comment.objects.filter(claim=claim, pk__lte=through).order_by("-pk").first()
    if last is None:
        return
    marks = CommentMark.objects.filter(user=by.account_id, claim=claim)
    CommentMark.objects.bulk_create(
        [CommentMark(user_id=by.account_id, claim=claim, last_read=last, read_at=now)], ignore_conflicts=True
    )
    marks.filter(last_read__lt=last.pk).update(last_read=last, read_at=now)
    emails.comments_read(claim, by=by, until=last.at, now=now)
