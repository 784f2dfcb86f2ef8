"""Emails and notifications about a comment, to the reviewer in charge or the partner's people; never to its author."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import OptionalMail, User
from accounts.text.readable import address_in_full
from associations.choices import CommentReplyOutcome, ContactKind
from associations.emails.facts import (
    claim_path,
    contact_of,
    desk_path,
    desk_url,
    facts_with_status,
    once,
    partners_language,
)
from associations.emails.partners import notifications_of
from associations.models import Claim, Comment, notified_people_at, reviewers_besides
from associations.rules.actors import Actor, Role
from notifications import in_app, outbox
from notifications.models import IncomingEmail, OutboxEmail

# The email of the reviewer in charge; a reply to one of ABOUT_COMMENTS becomes a comment.
TO_REVIEWER_IN_CHARGE = "partner_commented"
ABOUT_COMMENTS = (TO_REVIEWER_IN_CHARGE, "reviewer_commented")


def comment_added(claim: Claim, *, comment: Comment, now: datetime) -> None:
    """Tell the other side of a filed claim about *comment*, by email and by notification (E17).

    A reviewer's comment goes to the partner's people, as other emails about the claim do. A comment of the partner
    goes to the reviewer in charge; without one, all reviewers get a notification, but not those of the partner. A
    person who turned these emails off gets the notification alone.
    """
    if comment.is_by_reviewer:
        _tell_partner(claim, comment, now=now)
    else:
        _tell_reviewers(claim, comment, now=now)


def comments_read(claim: Claim, *, by: Actor, until: datetime, now: datetime) -> None:
    """Mark the notifications as read that told a person of comments up to *until*."""
    is_reviewer = by.role == Role.REVIEWER
    in_app.note_read(
        user_id=by.account_id,
        kind="partner_commented" if is_reviewer else "reviewer_commented",
        url=desk_path(claim) if is_reviewer else claim_path(claim),
        until=until,
        now=now,
    )


def _tell_partner(claim: Claim, comment: Comment, *, now: datetime) -> None:
    people = notified_people_at([claim.location])[claim.location_id]
    told = [person for person in people if person.pk != comment.author_id]
    hearing = {person.pk for person in told}
    key = f"comment:{comment.pk}"
    in_app.post_all(notifications_of(claim, "reviewer_commented", key=key, facts={}, users=told, now=now))
    more = {"claim_url": settings.PORTAL_URL + claim_path(claim), "text": comment.text}
    outbox.enqueue_all(
        _email(claim, comment, template="reviewer_commented", to=reader, more=more, now=now)
        for reader in _readers_at_partner(claim, author_id=comment.author_id, hearing=hearing)
    )


@dataclass(frozen=True, slots=True)
class CommentReader:
    """A person who gets an email about a comment; *name* identifies readers without their address.

    A reply of a person who *is_heard* becomes a comment.
    """

    name: str
    address: str
    locale: str
    is_heard: bool


def _readers_at_partner(claim: Claim, *, author_id: int, hearing: Collection[int]) -> Iterator[CommentReader]:
    """Yield the partner's contact and the person who submitted the claim, each once; people in *hearing* can reply."""
    submitter = claim.submitted_by
    contact = contact_of(claim, ContactKind.PARTNER)
    addresses = once([contact.email, submitter.email if submitter else ""])
    accounts = {user.email: user for user in User.objects.filter(email__in=addresses)}
    for address in addresses:
        account = accounts.get(address)
        if account is None:
            yield CommentReader("contact", address, partners_language(claim), is_heard=False)
        elif _wants(account) and account.pk != author_id:
            yield _reader(account, is_heard=account.pk in hearing)


def _tell_reviewers(claim: Claim, comment: Comment, *, now: datetime) -> None:
    reviewer = claim.reviewer if claim.reviewer is not None and claim.reviewer.is_active else None
    told: Iterable[User] = [reviewer] if reviewer else reviewers_besides(claim.partner)
    in_app.post(
        key=f"claim:{claim.pk}:comment:{comment.pk}",
        users=[person for person in told if person.pk != comment.author_id],
        kind="partner_commented",
        context={"claim_number": claim.number, "partner_name": claim.partner.name},
        url=desk_path(claim),
        now=now,
    )
    if reviewer is None or reviewer.pk == comment.author_id or not _wants(reviewer):
        return
    more = {"claim_url": desk_url(claim), "text": comment.text, "author_name": comment.author.get_full_name()}
    outbox.enqueue_all(
        [_email(claim, comment, template="partner_commented", to=_reader(reviewer, is_heard=True), more=more, now=now)]
    )


def _reader(person: User, *, is_heard: bool) -> CommentReader:
    return CommentReader(str(person.pk), person.email, person.language or settings.LANGUAGE_CODE, is_heard=is_heard)


def _wants(person: User) -> bool:
    return person.is_active and OptionalMail.COMMENT not in person.muted_mails


def _email(
    claim: Claim, comment: Comment, *, template: str, to: CommentReader, more: dict[str, Any], now: datetime
) -> OutboxEmail:
    """Return the email to one person, in their language."""
    return outbox.compose(
        key=f"claim:{claim.pk}:comment:{comment.pk}:{to.name}",
        template=template,
        to=[to.address],
        context=facts_with_status(claim, language=to.locale, now=now) | more,
        locale=to.locale,
        hears_replies=to.is_heard,
        now=now,
    )


def comment_reply_answer(
    claim: Claim, *, incoming: IncomingEmail, person: User, outcome: CommentReplyOutcome, now: datetime
) -> None:
    """Tell a person why their reply by email became no comment, or that its attachments were left out (E18).

    It goes to the address of the account alone, so a forged sender gets nothing. An account that is no longer active
    gets no email: the list of replies at the desk says what came in.
    """
    if not person.is_active or (outcome == CommentReplyOutcome.ADDED and not incoming.has_attachments):
        return
    is_shown = outcome != CommentReplyOutcome.NO_ACCESS
    is_reviewer = incoming.email.template == TO_REVIEWER_IN_CHARGE
    path = desk_path(claim) if is_reviewer else claim_path(claim)
    outbox.enqueue(
        key=f"claim:{claim.pk}:comment-reply:{incoming.pk}",
        template="comment_reply",
        to=[person.email],
        context={
            "claim_number": claim.number,
            "outcome": outcome.value,
            "sender": incoming.sender,
            "own_address": address_in_full(person.email),
            "longest": Comment._meta.get_field("text").max_length,
            "claim_url": settings.PORTAL_URL + path if is_shown else "",
        },
        locale=person.language or settings.LANGUAGE_CODE,
        now=now,
    )
