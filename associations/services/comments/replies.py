"""Turns replies by email to emails about comments into comments (domain.md D25)."""

import logging
import re
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.text.email_addresses import account_name
from associations import emails
from associations.choices import CommentReplyOutcome
from associations.models import Claim, Comment, CommentReply, PartnerMember, locations_open_to, reviewers_besides
from associations.models.partners import CLAIM_EDITORS
from associations.rules.actors import Actor, Role, member_actor
from associations.services.claim.lifecycle import ClaimLocked, lock_claim
from associations.services.comments.adding import add_comment
from notifications.incoming.new_text import text_above_quotation
from notifications.models import IncomingEmail, IncomingKind

logger = logging.getLogger(__name__)

# The email of one person: the claim, the comment it is about, and the account.
OF_A_PERSON = re.compile(r"^claim:(\d+):comment:\d+:(\d+)$")
LONGEST_COMMENT = Comment._meta.get_field("text").max_length or 0
# Two programs that answer each other without saying so must come to an end.
MOST_IN_AN_HOUR = 20
AN_HOUR = timedelta(hours=1)


def hear_comment_replies(*, now: datetime) -> int:
    """Take in every reply to an email about a comment, and return how many.

    Each is taken in once, however often this runs. One that fails is logged and left for the next run.
    """
    waiting = IncomingEmail.objects.filter(
        comment_reply=None, kind=IncomingKind.REPLY, email__template__in=emails.ABOUT_COMMENTS
    )
    keys = waiting.order_by("pk").values_list("pk", "email__key")
    done = 0
    for incoming_id, key in keys:
        try:
            if found := OF_A_PERSON.match(key):
                done += hear(incoming_id, claim_id=int(found[1]), person_id=int(found[2]), now=now)
        except Exception:
            logger.exception("Reply %s to a comment was left for the next run.", incoming_id)
    return done


@transaction.atomic
def hear(incoming_id: int, *, claim_id: int, person_id: int, now: datetime) -> bool:
    """Add one reply to the claim as a comment, or email the person why not; return False if it was handled before."""
    claim = lock_claim(claim_id)
    incoming = IncomingEmail.objects.select_related("email").filter(pk=incoming_id, comment_reply=None).first()
    if incoming is None:
        return False
    person = User.objects.filter(pk=person_id).first()
    outcome, comment = _taken_in(incoming, claim=claim, person=person, now=now)
    CommentReply.objects.create(
        incoming=incoming, claim=claim, person=person, outcome=outcome, comment=comment, handled_at=now
    )
    if person is not None:
        emails.comment_reply_answer(claim, incoming=incoming, person=person, outcome=outcome, now=now)
    return True


def _taken_in(
    incoming: IncomingEmail, *, claim: Claim, person: User | None, now: datetime
) -> tuple[CommentReplyOutcome, Comment | None]:
    by = _actor(incoming, claim=claim, person=person)
    if person is None or by is None:
        return CommentReplyOutcome.NO_ACCESS, None
    if account_name(incoming.sender) != person.email:
        return CommentReplyOutcome.WRONG_SENDER, None
    text = text_above_quotation(incoming.text)
    if not text:
        return CommentReplyOutcome.EMPTY, None
    if len(text) > LONGEST_COMMENT:
        return CommentReplyOutcome.TOO_LONG, None
    recent = CommentReply.objects.filter(claim=claim, person=person, handled_at__gt=now - AN_HOUR)
    if recent.count() >= MOST_IN_AN_HOUR:
        return CommentReplyOutcome.TOO_MANY, None
    try:
        return CommentReplyOutcome.ADDED, add_comment(claim_id=claim.pk, text=text, by=by, now=now)
    except ClaimLocked:
        return CommentReplyOutcome.CLOSED, None


def _actor(incoming: IncomingEmail, *, claim: Claim, person: User | None) -> Actor | None:
    """Return the person in the capacity in which they were written to, or None if they no longer have it."""
    if person is None or not person.is_active:
        return None
    if incoming.email.template == emails.TO_REVIEWER_IN_CHARGE:
        reviews = reviewers_besides(claim.partner).filter(pk=person.pk).exists()
        return Actor(Role.REVIEWER, person.pk) if reviews else None
    member = PartnerMember.objects.filter(user=person, partner=claim.partner_id, role__in=CLAIM_EDITORS).first()
    is_open = locations_open_to(person, roles=CLAIM_EDITORS).filter(pk=claim.location_id).exists()
    return member_actor(person.pk, role=member.role) if member is not None and is_open else None
