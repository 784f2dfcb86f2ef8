"""Adds comments to a claim."""

from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import EventKind
from associations.models import Comment
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
    if claim.submitted_at is not None:
        emails.comment_added(claim, comment=comment, now=now)
    return comment
