"""Everything the claim page shows, in words: facts, items, people, proofs, comments, the question (domain.md 6.2)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Note, User
from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ConsentStatus,
    EndReason,
    EventKind,
    ReasonCode,
    SubscriptionState,
)
from associations.models import Claim, ClaimedProduct, ClaimEvent, Comment, CustomerNotice, ProofOfExecution
from associations.models.claim_queries import ClaimQuerySet
from associations.models.history import ReadComment
from associations.questions import CONTACTS, CUSTOMER_NAME, DOMAIN_NAME, MORE_DETAILS, NAME, TENANT, WORK
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.shown_status import ShownStatus
from associations.services.claim.proofs import takes_proofs
from associations.services.files.proof_findings import WITH_READINGS
from associations.services.review.competing_claims import held_by_another, wanted_by_another
from associations.status_words.claim_status import status_in_words
from associations.status_words.deadlines import Deadline, deadline_of
from associations.views.claim.decision import TELLING, ReadItem, outcome_of
from associations.views.claim.history_lines import person_of
from associations.views.claim.status_tracker import steps_of
from associations.views.overview.due_dates import ends_of
from associations.wizard.steps import STEPS, first_incomplete
from associations.wording.counted_days import explanation_of_open
from associations.wording.customer_period import (
    answer_in_words,
    bounce_reason_of,
    correction_of,
    end_in_words,
    holds_of,
    mail_steps_of,
    next_for,
    period_of,
)
from associations.wording.facts import Fact, answers_to
from associations.wording.lines import CommentLine, FileLine, comment_line, file_line, new_comments_in_words

# Put together once: every claim page asks it.
ITEMS = ClaimedProduct.objects.annotate(
    is_wanted_by_another=wanted_by_another(), is_held_by_another=held_by_another()
).select_related(
    "product", "subscription__product", "subscription__tenant", "association__subscription", "association__product"
)


@dataclass(frozen=True)
class ItemStanding:
    """One claimed item and how its association stands."""

    name: str
    subscription_id: str
    subscription: str
    state: str
    state_label: str
    since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    is_contested: bool = False


@dataclass(frozen=True)
class ReviewerQuestion:
    """The reviewer's question to the partner, and the time to reply by."""

    text: str
    reasons: Sequence[str]
    asked_at: datetime
    due: Deadline | None


@dataclass(frozen=True)
class Link:
    """A way to a page that changes something."""

    label: str
    url: str


def open_claim(claims: ClaimQuerySet, public_id: UUID, *, reader: User) -> Claim:
    """Return the claim with everything its page shows to *reader*, in five queries; raise Claim.DoesNotExist."""
    comments = Comment.objects.select_related("author").marked_for(reader, by_reviewers=True)
    with_all = claims.select_related(
        "partner", "location", "tenant", "submitted_by", "created_by", "acknowledgement"
    ).prefetch_related(
        Prefetch("items", ITEMS.all()),
        WITH_READINGS,
        Prefetch("comments", comments),
        "contacts",
    )
    return with_all.get(public_id=public_id)


def page_of_claim(claim: Claim, *, reader: User, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the context of the claim page as *reader*, acting as *actor*, may see it."""
    events = list(claim.events.filter(TELLING))
    new = {comment.pk for comment in claim.comments.all() if cast(ReadComment, comment).is_new}
    moves = [event for event in events if event.to_status]
    actions = lifecycle.actions_for(claim.status, actor.role)
    return {
        "claim": claim,
        "status": status_in_words(claim, now=now),
        "is_official": claim.shown_status is ShownStatus.OFFICIAL,
        "is_ended": claim.ended_at is not None,
        "facts": claim_facts(claim, reader=reader),
        "items": [item_of(item, claim) for item in claim.items.all()],
        "contacts": answers_to(CONTACTS, claim),
        "proofs": [proof_of(proof, claim, reader=reader) for proof in claim.proofs.all()],
        "comments": [comment_of(comment, reader=reader, new=new) for comment in claim.comments.all()],
        "new_comments": new_comments_in_words(len(new)),
        "last_comment": max(new, default=None),
        "steps": steps_of(claim, moves, now=now),
        "question": question_of(claim, moves, now=now),
        "edit_links": edit_links(claim, actor),
        "continue_url": continue_url(claim, actor),
        "can_resubmit": ClaimAction.RESUBMIT in actions,
        "can_withdraw": ClaimAction.WITHDRAW in actions,
        "can_delete": ClaimAction.CANCEL_DRAFT in actions,
        "can_comment": claim.status in lifecycle.COMMENTABLE and actor.role in lifecycle.EDITORS,
        "can_add_proof": takes_proofs(claim) and actor.role in lifecycle.EDITORS,
        "proof_step_url": proof_step_url(claim, actor),
        "review_due": deadline_of(claim, claim.review_due_at, now=now) if claim.review_due_at else None,
        "has_dates": any(ends_of(claim, now=now)),
        **(window := window_facts(claim, actor=actor, now=now)),
        "tour": tour_of(reader, has_notice=window["notice"] is not None),
        **outcome_of(claim, events, actor=actor, now=now),
    }


def tour_of(reader: User, *, has_notice: bool) -> dict[str, Any]:
    """Return the first note that *reader* has not put away, under its own name, with its place in the tour."""
    for number, note in enumerate(Note, 1):
        is_about_nothing = note == Note.CLAIM_NOTICE and not has_notice
        if note not in reader.notes_put_away and not is_about_nothing:
            return {note.value: note, "number": number, "total": len(Note)}
    return {}


def claim_facts(claim: Claim, *, reader: User) -> list[Fact]:
    """Return what the claim states and who wrote it."""
    facts = [
        *answers_to([NAME], claim),
        Fact(_("MPN location"), lines=[f"{claim.location.mpn_id} {claim.location.name}", claim.partner.name]),
        *answers_to([CUSTOMER_NAME, DOMAIN_NAME, TENANT, *WORK, *MORE_DETAILS], claim),
    ]
    if claim.is_recognition_only:
        facts.append(Fact(_("Payment"), _("Not paid: a revenue association earns no incentive.")))
    facts.append(Fact(_("Program guide"), claim.edition.title))
    facts.append(Fact(_("Drafted by"), person_of(claim.created_by, reader=reader)))
    if claim.submitted_by:
        facts.append(Fact(_("Submitted by"), person_of(claim.submitted_by, reader=reader)))
    return facts


def item_of(item: ClaimedProduct, claim: Claim) -> ItemStanding:
    """Return one item with the state of its association."""
    subscription = item.subscription
    words = [subscription.region, str(SubscriptionState(subscription.state).label)] if subscription else []
    name, number = item.name, str(subscription.subscription_id) if subscription else ""
    described = ", ".join(filter(None, words))
    association = item.association
    if association is None:
        label = _("Not official yet") if claim.status in lifecycle.OPEN else _("Not associated")
        state = "pending" if claim.status in lifecycle.OPEN else "ended"
        return ItemStanding(name, number, described, state, label, is_contested=is_contested(item, claim))
    if association.ended_at is None:
        contested, since = is_contested(item, claim), association.starts_at
        return ItemStanding(name, number, described, "official", _("Official"), since, is_contested=contested)
    reason = str(EndReason(association.end_reason).label)
    return ItemStanding(
        name,
        number,
        described,
        "ended",
        pgettext("association", "Ended"),
        association.starts_at,
        association.ended_at,
        reason,
    )


def is_contested(item: ClaimedProduct, claim: Claim) -> bool:
    """Return whether another partner claims or holds an item of a filed claim, or claims one that is official."""
    if item.association is None and claim.status not in lifecycle.UNDECIDED:
        return False
    read = cast(ReadItem, item)
    return read.is_wanted_by_another or read.is_held_by_another


def proof_of(proof: ProofOfExecution, claim: Claim, *, reader: User) -> FileLine:
    """Return one line of the list of files."""
    url = reverse("proof_download", args=[claim.public_id, proof.public_id])
    return file_line(proof, by=person_of(proof.uploaded_by, reader=reader), url=url)


def comment_of(comment: Comment, *, reader: User, new: Collection[int] = ()) -> CommentLine:
    """Return one comment, marked if its key is among the *new* ones; a reviewer has no name for partners."""
    author = _("Microsoft reviewer") if comment.is_by_reviewer else person_of(comment.author, reader=reader)
    return comment_line(comment, author=author, is_new=comment.pk in new)


def question_of(claim: Claim, moves: Iterable[ClaimEvent], *, now: datetime) -> ReviewerQuestion | None:
    """Return what the reviewer waits for, if the claim waits for the partner's answer."""
    if claim.status != ClaimStatus.ACTION_REQUIRED:
        return None
    asked = [move for move in moves if move.kind == EventKind.ACTION_REQUESTED]
    if not asked:
        return None
    reasons = [str(ReasonCode(code).label) for code in claim.reason_codes]
    return ReviewerQuestion(asked[-1].note, reasons, asked[-1].at, status_in_words(claim, now=now).due)


def window_facts(claim: Claim, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the window card shows; nothing before the first notice."""
    notices = CustomerNotice.objects.filter(claim=claim).select_related("email").order_by("-number")
    notice = notices.first()
    if notice is None:
        return {"notice": None}
    window = period_of(claim, mail_status=notice.email.status, now=now)
    correction, is_lost = correction_of(claim, notice, actor=actor), window.status == ConsentStatus.BOUNCED
    return {
        "notice": notice,
        "window": window,
        "mail_steps": mail_steps_of(notice),
        "correction": correction,
        "undelivered": correction if is_lost else None,
        # A notice that comes back after the decision is told, and asks for nothing.
        "bounce_reason": "" if is_lost else bounce_reason_of(notice),
        "answer": answer_in_words(notice) or end_in_words(claim, now=now),
        "holds": holds_of(claim, now=now),
        "what_next": next_for(claim),
        "explanation": explanation_of_open(claim) if window.deadline else None,
    }


def edit_links(claim: Claim, actor: Actor) -> list[Link]:
    """Return the pages on which *actor* may change a filed claim now (domain.md D15)."""
    if claim.submitted_at is None:
        return []
    steps = [step for step in STEPS if step.is_editable(claim, actor) and step.key != "comments"]
    labels = {"customer": _("MPN ID")}
    return [Link(labels.get(step.key, str(step.title)), step_url(claim, step.key)) for step in steps]


def continue_url(claim: Claim, actor: Actor) -> str:
    """Return where *actor* goes on with a draft: its first incomplete step, or the check page."""
    if claim.status != ClaimStatus.DRAFT or actor.role not in lifecycle.EDITORS:
        return ""
    step = first_incomplete(claim)
    return step_url(claim, step.key) if step else reverse("claim_check", args=[claim.public_id])


def proof_step_url(claim: Claim, actor: Actor) -> str:
    """Return the wizard's page for proofs while it takes some; otherwise the claim page has a form of its own."""
    is_open = "proof" in lifecycle.editable_facts(claim.status, actor.role)
    return step_url(claim, "proof") if is_open else ""


def step_url(claim: Claim, key: str) -> str:
    return reverse("claim_step", args=[claim.public_id, key])
