"""Everything the claim page shows, in words: facts, items, people, proofs, comments, the question (domain.md 6.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Note, User
from associations import wizard
from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ContactKind,
    EndReason,
    EventKind,
    ReasonCode,
    ScanStatus,
    SubscriptionState,
)
from associations.models import Claim, ClaimedProduct, ClaimEvent, Comment, CustomerNotice, ProofOfExecution
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.evidence import ProofKind
from associations.services.competing import wanted_by_another
from associations.services.drafting import takes_proofs
from associations.views.claim_rows import due_of, has_ended
from associations.views.due_dates import ends_of
from associations.views.history_lines import person_of
from associations.views.moments import Deadline
from associations.views.outcome import TELLING, outcome_of
from associations.views.tracker import steps_of
from associations.views.windows import (
    answer_in_words,
    end_in_words,
    holds_of,
    mail_steps_of,
    mending_of,
    next_for,
    window_of,
)

# Put together once: every claim page asks it.
ITEMS = ClaimedProduct.objects.annotate(is_wanted_by_another=wanted_by_another()).select_related(
    "product", "subscription__product", "subscription__tenant", "association__subscription", "association__product"
)


@dataclass(frozen=True)
class Item:
    """One claimed item and how its association stands."""

    name: str
    subscription_id: str
    subscription: str
    state: str
    state_label: str
    since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""


@dataclass(frozen=True)
class Question:
    """What the reviewer asks the partner, and until when."""

    text: str
    reasons: Sequence[str]
    asked_at: datetime
    due: Deadline | None


@dataclass(frozen=True)
class Link:
    """A way to a page that changes something."""

    label: str
    url: str


def open_claim(claims: ClaimQuerySet, public_id: UUID) -> Claim:
    """Return the claim with everything its page shows, in five queries; raise Claim.DoesNotExist."""
    with_all = claims.select_related("partner", "location", "tenant", "submitted_by", "created_by").prefetch_related(
        Prefetch("items", ITEMS.all()),
        Prefetch("proofs", ProofOfExecution.objects.select_related("uploaded_by")),
        Prefetch("comments", Comment.objects.select_related("author")),
        "contacts",
    )
    return with_all.get(public_id=public_id)


def page_of_claim(claim: Claim, *, reader: User, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the context of the claim page as *reader*, acting as *actor*, may see it."""
    events = list(claim.events.filter(TELLING))
    moves = [event for event in events if event.to_status]
    actions = lifecycle.actions_for(claim.status, actor.role)
    return {
        "claim": claim,
        "status_label": ClaimStatus(claim.status).label,
        "is_official": claim.status == ClaimStatus.APPROVED,
        "is_ended": has_ended(claim),
        "facts": facts_of(claim, reader=reader),
        "items": [item_of(item, claim) for item in claim.items.all()],
        "contacts": contacts_of(claim),
        "proofs": [proof_of(proof, claim, reader=reader) for proof in claim.proofs.all()],
        "comments": [comment_of(comment, reader=reader) for comment in claim.comments.all()],
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


def facts_of(claim: Claim, *, reader: User) -> list[dict[str, Any]]:
    """Return the rows of what the claim states."""
    removed = _("Removed") if claim.forgotten_at else ""
    rows: list[dict[str, Any]] = [
        {"label": _("Claim name"), "value": claim.name or removed},
        {"label": _("MPN location"), "lines": [f"{claim.location.mpn_id} {claim.location.name}", claim.partner.name]},
        {"label": _("Customer"), "value": claim.tenant.name},
        {"label": _("Customer domain name"), "value": claim.domain_name},
        {"label": _("Directory ID (tenant ID)"), "value": str(claim.tenant.tenant_id), "mono": True},
        {"label": _("Solution area"), "value": claim.get_solution_area_display()},
        {"label": _("Activity"), "lines": [str(activity.label) for activity in claim.activities]},
    ]
    if claim.claims_revenue:
        rows += [
            {"label": _("Dynamics solution seller name"), "value": claim.dynamics_solution_seller_name or removed},
            {"label": _("Customer name"), "value": claim.revenue_customer_name},
            {"label": _("ISV product/solution name"), "value": claim.isv_product_solution_name},
        ]
    rows.append({"label": _("Drafted by"), "value": person_of(claim.created_by, reader=reader)})
    if claim.submitted_by:
        rows.append({"label": _("Submitted by"), "value": person_of(claim.submitted_by, reader=reader)})
    return rows


def item_of(item: ClaimedProduct, claim: Claim) -> Item:
    """Return one item with the state of its association."""
    subscription = item.subscription
    words = [subscription.region, str(SubscriptionState(subscription.state).label)] if subscription else []
    name, number = str(item.product), str(subscription.subscription_id) if subscription else ""
    described = ", ".join(filter(None, words))
    association = item.association
    if association is None:
        label = _("Not official yet") if claim.status in lifecycle.OPEN else _("Not associated")
        return Item(name, number, described, "pending" if claim.status in lifecycle.OPEN else "ended", label)
    if association.ended_at is None:
        return Item(name, number, described, "official", _("Official"), association.starts_at)
    reason = str(EndReason(association.end_reason).label)
    return Item(name, number, described, "ended", _("Ended"), association.starts_at, association.ended_at, reason)


def contacts_of(claim: Claim) -> list[dict[str, Any]]:
    """Return the rows of the people on the claim, the technical contact only where one is asked for."""
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    rows: list[dict[str, Any]] = []
    for kind in ContactKind:
        contact = contacts.get(kind.value)
        if kind is ContactKind.TECHNICAL and not claim.claims_dynamics_365:
            continue
        lines = wizard.contact_in_words(contact)
        if contact and not lines and claim.submitted_at:
            lines = (_("Removed"),)
        rows.append({"label": str(kind.label), "lines": lines})
    return rows


def proof_of(proof: ProofOfExecution, claim: Claim, *, reader: User) -> dict[str, Any]:
    """Return one line of the list of files."""
    return {
        "name": proof.shown_name,
        "size": proof.size,
        "kind": ProofKind(proof.kind).extension.upper(),
        "status": proof.scan_status,
        "status_label": ScanStatus(proof.scan_status).label,
        "url": reverse("proof_download", args=[claim.public_id, proof.public_id]) if proof.is_usable else "",
        "at": proof.uploaded_at,
        "by": person_of(proof.uploaded_by, reader=reader),
    }


def comment_of(comment: Comment, *, reader: User) -> dict[str, Any]:
    """Return one remark; a reviewer has no name for partners."""
    author = _("Microsoft reviewer") if comment.is_by_reviewer else person_of(comment.author, reader=reader)
    return {"author": author, "at": comment.at, "text": comment.text or _("Text removed")}


def question_of(claim: Claim, moves: Iterable[ClaimEvent], *, now: datetime) -> Question | None:
    """Return what the reviewer waits for, if the claim waits for the partner's answer."""
    if claim.status != ClaimStatus.ACTION_REQUIRED:
        return None
    asked = [move for move in moves if move.kind == EventKind.ACTION_REQUESTED]
    if not asked:
        return None
    reasons = [str(ReasonCode(code).label) for code in claim.reason_codes]
    return Question(asked[-1].note, reasons, asked[-1].at, due_of(claim, now=now))


def window_facts(claim: Claim, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the window card shows; nothing before the first notice."""
    notices = CustomerNotice.objects.filter(claim=claim).select_related("email").order_by("-number")
    notice = notices.first()
    if notice is None:
        return {"notice": None}
    window = window_of(claim, mail_status=notice.email.status, now=now)
    return {
        "notice": notice,
        "window": window,
        "mail_steps": mail_steps_of(notice),
        "mending": mending_of(claim, notice, actor=actor),
        "answer": answer_in_words(notice) or end_in_words(claim, now=now),
        "holds": holds_of(claim),
        "what_next": next_for(claim),
    }


def edit_links(claim: Claim, actor: Actor) -> list[Link]:
    """Return the pages on which *actor* may change a filed claim now (domain.md D15)."""
    if claim.submitted_at is None:
        return []
    steps = [step for step in wizard.STEPS if step.is_editable(claim, actor) and step.key != "comments"]
    labels = {"customer": _("MPN ID")}
    return [Link(labels.get(step.key, str(step.title)), step_url(claim, step.key)) for step in steps]


def continue_url(claim: Claim, actor: Actor) -> str:
    """Return where *actor* goes on with a draft: its first incomplete step, or the check page."""
    if claim.status != ClaimStatus.DRAFT or actor.role not in lifecycle.EDITORS:
        return ""
    step = wizard.first_incomplete(claim)
    return step_url(claim, step.key) if step else reverse("claim_check", args=[claim.public_id])


def proof_step_url(claim: Claim, actor: Actor) -> str:
    """Return the wizard's page for proofs while it takes some; otherwise the claim page has a form of its own."""
    is_open = "proof" in lifecycle.editable_facts(claim.status, actor.role)
    return step_url(claim, "proof") if is_open else ""


def step_url(claim: Claim, key: str) -> str:
    return reverse("claim_step", args=[claim.public_id, key])
