"""The reviewer's page of one claim, ready to print."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.text.readable import address_in_full, domain_in_full
from associations.admin.proofs import files_of
from associations.choices import ClaimStatus, ContactKind, EventKind
from associations.countries import country_name
from associations.models import (
    Claim,
    ClaimedProduct,
    ClaimEvent,
    ClaimHold,
    Comment,
    Contact,
    CustomerNotice,
    ProofOfExecution,
    Subscription,
)
from associations.models.claim_queries import ClaimQuerySet
from associations.models.history import ReadComment
from associations.questions import MORE_DETAILS, NAME, WORK, contact_in_words
from associations.rules.actors import Role
from associations.rules.identifiers import claim_number
from associations.services.review.competing_claims import item_of, others_on
from associations.status_words.claim_status import reached_in_words
from associations.status_words.deadlines import Deadline, deadline_of
from associations.status_words.holds import HOLDS_FOR_REVIEWERS
from associations.wording.customer_period import holds_of, period_of
from associations.wording.facts import Fact, answers_to
from associations.wording.history import HistoryNames, details_of, names_in
from associations.wording.lines import CommentLine, comment_line, new_comments_in_words
from associations.wording.review_facts import review_facts_of
from notifications.models import OutboxEmail

MAILS_SHOWN = 100

ACTORS: dict[str, Promise] = {
    Role.CUSTOMER: gettext_lazy("Customer"),
    Role.PORTAL: gettext_lazy("The portal"),
}
KINDS: dict[str, Promise] = {
    ContactKind.CUSTOMER: gettext_lazy("Customer contact"),
    ContactKind.TECHNICAL: gettext_lazy("Technical contact"),
    ContactKind.PARTNER: gettext_lazy("Partner's contact"),
}
# All that the page shows, in one query for each kind of row.
RELATED = (
    Prefetch("items", ClaimedProduct.objects.select_related("product", "subscription", "association")),
    "contacts",
    Prefetch("proofs", ProofOfExecution.objects.select_related("uploaded_by")),
    Prefetch("notices", CustomerNotice.objects.select_related("email")),
    Prefetch("holds", ClaimHold.objects.select_related("notice", "settled_by")),
    Prefetch("events", ClaimEvent.objects.select_related("actor")),
)


@dataclass(frozen=True)
class ItemRow:
    """An item, its subscription, and the state of its association, if it has one."""

    name: str
    subscription: Subscription | None
    status: str = ""
    status_label: str = ""


@dataclass(frozen=True)
class Competitor:
    """Another partner that holds or claims an item of the claim, with its claim when it is one."""

    name: str
    partner_name: str
    claim_id: int | None
    claim_number: str


@dataclass(frozen=True)
class NoticeRow:
    """A notice: its recipient, the state of its email, and the answer."""

    notice: CustomerNotice
    email: OutboxEmail
    deadline: Deadline | None
    answer_words: Sequence[str]


@dataclass(frozen=True)
class HistoryRow:
    """A line of the History, with the names that only reviewers see."""

    at: datetime
    actor: str
    text: str
    note: str
    status: str
    status_label: str


def related_for(reader: User) -> tuple[str | Prefetch, ...]:
    """Return RELATED and the comments, each with whether it is new to *reader*."""
    comments = Comment.objects.select_related("author").marked_for(reader, by_reviewers=False)
    return (*RELATED, Prefetch("comments", comments))


def claim_page(claim: Claim, *, seen: ClaimQuerySet, now: datetime) -> dict[str, Any]:
    """Return the facts of a claim that was fetched with `related_for`, in the shapes that the components print.

    Facts that concern other claims name only those that the reader has *seen*: filed ones of other companies.
    """
    notices = list(claim.notices.all())[::-1]
    new = {comment.pk for comment in claim.comments.all() if cast(ReadComment, comment).is_new}
    answer_due_at = claim.answer_due_at if claim.status == ClaimStatus.ACTION_REQUIRED else None
    return {
        "claim": claim,
        "partner_facts": partner_facts(claim),
        "customer_facts": customer_facts(claim),
        "work_facts": work_facts(claim),
        "items": [item_row(item) for item in claim.items.all()],
        "competitors": competitors(claim) if claim.has_competing_claim else [],
        "contact_facts": [contact_fact(contact) for contact in claim.contacts.all()],
        "files": files_of(claim),
        "window": period_of(claim, mail_status=notices[0].email.status if notices else "", now=now),
        "review_facts": review_facts_of(claim, seen=seen) if claim.submitted_at else [],
        "holds": holds_of(claim, now=now, words_for=HOLDS_FOR_REVIEWERS),
        "notices": [notice_row(notice, claim, now=now) for notice in notices],
        "comments": [comment_row(comment, new=new) for comment in claim.comments.all()],
        "new_comments": new_comments_in_words(len(new)),
        "last_comment": max(new, default=None),
        "history": history_rows(claim),
        "mails": list(OutboxEmail.objects.accepted(f"claim:{claim.pk}:")[:MAILS_SHOWN]),
        "answer_due": due_of(claim, answer_due_at, now=now),
        "review_due": due_of(claim, claim.review_due_at, now=now),
        "dispute": dispute_of(claim),
    }


def dispute_of(claim: Claim) -> ClaimEvent | None:
    """Return the line of History in which the partner said why the rejection is wrong, while that is undecided."""
    if claim.status != ClaimStatus.DISPUTED:
        return None
    return next(event for event in reversed(claim.events.all()) if event.kind == EventKind.DISPUTED)


def partner_facts(claim: Claim) -> list[Fact]:
    location, submitter = claim.location, claim.submitted_by
    who = f"{submitter.get_full_name()}\n{address_in_full(submitter.email)}" if submitter else ""
    site = filter(None, [location.name, country_name(location.country), location.partner_type])
    return [
        Fact(_("Partner"), claim.partner.name),
        Fact(_("MPN ID"), location.mpn_id, mono=True),
        Fact(_("Location"), ", ".join(site)),
        Fact(_("Submitted by"), who),
    ]


def customer_facts(claim: Claim) -> list[Fact]:
    return [
        Fact(_("Customer"), claim.tenant.name),
        Fact(_("Domain name"), domain_in_full(claim.domain_name)),
        Fact(_("Directory ID (tenant ID)"), str(claim.tenant.tenant_id), mono=True),
        Fact(_("Country"), country_name(claim.tenant.country)),
    ]


def work_facts(claim: Claim) -> list[Fact]:
    needs = _("Yes") if claim.requires_validation else _("No")
    return [
        *answers_to([NAME, *WORK, *MORE_DETAILS], claim),
        Fact(_("Program guide"), claim.edition.title),
        Fact(_("Needs validation"), needs),
        Fact(_("Review"), status=claim.review_outcome, status_label=claim.get_review_outcome_display()),
        Fact(_("Reviewer"), claim.reviewer.get_full_name() if claim.reviewer else _("Not assigned")),
        *([Fact(_("Reasons"), lines=claim.reasons)] if claim.reason_codes else []),
    ]


def item_row(item: ClaimedProduct) -> ItemRow:
    association = item.association
    if association is None:
        return ItemRow(item.name, item.subscription)
    if association.ended_at is None:
        return ItemRow(item.name, item.subscription, "active", _("Official"))
    return ItemRow(item.name, item.subscription, "ended", association.get_end_reason_display())


def competitors(claim: Claim) -> list[Competitor]:
    others = others_on(claim)
    return [
        Competitor(item.name, partner_name, claim_id, claim_number(claim_id) if claim_id else "")
        for item in claim.items.all()
        for partner_name, claim_id in sorted(others[item_of(item)], key=lambda other: other[1] or 0)
    ]


def contact_fact(contact: Contact) -> Fact:
    return Fact(str(KINDS[contact.kind]), lines=contact_in_words(contact) or [_("Removed")])


def due_of(claim: Claim, at: datetime | None, *, now: datetime) -> Deadline | None:
    return deadline_of(claim, at, now=now) if at else None


def notice_row(notice: CustomerNotice, claim: Claim, *, now: datetime) -> NoticeRow:
    words = [word for word in (notice.get_answer_reason_display(), notice.answer_text) if word]
    return NoticeRow(notice, notice.email, due_of(claim, notice.closes_at, now=now), words)


def comment_row(comment: Comment, *, new: Collection[int]) -> CommentLine:
    role = _("Reviewer") if comment.is_by_reviewer else _("Partner")
    return comment_line(comment, author=comment.author.get_full_name(), role=role, is_new=comment.pk in new)


def history_rows(claim: Claim) -> list[HistoryRow]:
    """Return the lines of the History, newest first."""
    events = list(claim.events.all())[::-1]
    names = names_in(events, known=[item.product for item in claim.items.all()])
    rows = []
    for event in events:
        status, label = reached_in_words(event.to_status) if event.to_status else ("", "")
        note = note_of(event, claim=claim, names=names)
        text = str(EventKind(event.kind).label)
        rows.append(HistoryRow(event.at, actor_of(event), text, note=note, status=status, status_label=label))
    return rows


def note_of(event: ClaimEvent, *, claim: Claim, names: HistoryNames) -> str:
    """Return the details of a history entry; only reviewers see the assignee of a claim."""
    return "\n".join(
        filter(None, (*details_of(event, claim=claim, names=names), event.details.get("reviewer"), event.note))
    )


def actor_of(event: ClaimEvent) -> str:
    if event.actor is not None:
        return event.actor.get_full_name()
    return event.actor_name or str(ACTORS.get(event.actor_role, event.actor_role))
