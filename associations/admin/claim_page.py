"""What the reviewer reads about one claim, ready to print."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from associations.admin.proofs import file_rows
from associations.admin.waiting import deadline_of, window_of
from associations.choices import ClaimStatus, ContactKind, EventKind, ReviewOutcome
from associations.countries import country_name
from associations.history_words import Names, details_of, names_in
from associations.models import (
    Claim,
    ClaimedProduct,
    ClaimEvent,
    Comment,
    Contact,
    CustomerNotice,
    Partner,
)
from associations.rules import lifecycle
from associations.rules.actors import Role
from associations.rules.opt_out import ApprovalFacts, Hold, what_holds
from associations.services.competing import holders_on, item_of
from notifications.models import OutboxEmail

Row = dict[str, Any]

MAILS_SHOWN = 100

HOLDS: dict[Hold, Promise] = {
    Hold.STATUS: gettext_lazy("The partner has to answer first."),
    Hold.COMPETING_CLAIM: gettext_lazy("Another partner holds or claims the same item."),
    Hold.NOTICE_NOT_DELIVERED: gettext_lazy("The notice hasn't reached the customer."),
    Hold.VALIDATION_MISSING: gettext_lazy("The program needs a reviewer's validation."),
    Hold.WINDOW_OPEN: gettext_lazy("The customer can still opt out."),
    Hold.DECLINED: gettext_lazy("The customer opted out."),
}
ACTORS: dict[str, Promise] = {
    Role.CUSTOMER: gettext_lazy("Customer"),
    Role.PORTAL: gettext_lazy("The portal"),
}
KINDS: dict[str, Promise] = {
    ContactKind.CUSTOMER: gettext_lazy("Customer contact"),
    ContactKind.TECHNICAL: gettext_lazy("Technical contact"),
    ContactKind.PARTNER: gettext_lazy("Partner's contact"),
}
RELATED = (
    "items__product",
    "items__subscription",
    "items__association",
    "contacts",
    "proofs__uploaded_by",
    "notices__email",
    "comments__author",
    "events__actor",
)


def claim_page(claim: Claim) -> dict[str, Any]:
    """Return the facts of a claim that was fetched with RELATED, in the shapes that the components print."""
    return {
        "claim": claim,
        "partner_rows": partner_rows(claim),
        "customer_rows": customer_rows(claim),
        "work_rows": work_rows(claim),
        "items": [item_row(item) for item in claim.items.all()],
        "competitors": competitors(claim) if claim.has_competing_claim else [],
        "contact_rows": [contact_row(contact) for contact in claim.contacts.all()],
        "files": file_rows(claim),
        "window": window_of(claim),
        "holds": holds_on(claim),
        "notices": [notice_row(notice, claim) for notice in list(claim.notices.all())[::-1]],
        "comments": [comment_row(comment) for comment in claim.comments.all()],
        "history": history_rows(claim),
        "mails": list(OutboxEmail.objects.accepted(f"claim:{claim.pk}:")[:MAILS_SHOWN]),
        "answer_due": deadline_of(claim, claim.answer_due_at) if claim.status == ClaimStatus.ACTION_REQUIRED else None,
        "review_due": deadline_of(claim, claim.review_due_at),
        "dispute": dispute_of(claim),
    }


def dispute_of(claim: Claim) -> ClaimEvent | None:
    """Return the line of History in which the partner said why the rejection is wrong, while that is undecided."""
    if claim.status != ClaimStatus.DISPUTED:
        return None
    return next(event for event in reversed(claim.events.all()) if event.kind == EventKind.DISPUTED)


def partner_rows(claim: Claim) -> list[Row]:
    location, submitter = claim.location, claim.submitted_by
    site = filter(None, [location.name, country_name(location.country), location.partner_type])
    return [
        {"label": _("Partner"), "value": claim.partner.name},
        {"label": _("MPN ID"), "value": location.mpn_id, "mono": True},
        {"label": _("Location"), "value": ", ".join(site)},
        {"label": _("Submitted by"), "value": f"{submitter.get_full_name()}\n{submitter.email}" if submitter else ""},
    ]


def customer_rows(claim: Claim) -> list[Row]:
    return [
        {"label": _("Customer"), "value": claim.tenant.name},
        {"label": _("Domain name"), "value": claim.domain_name},
        {"label": _("Directory ID (tenant ID)"), "value": str(claim.tenant.tenant_id), "mono": True},
        {"label": _("Country"), "value": country_name(claim.tenant.country)},
    ]


def work_rows(claim: Claim) -> list[Row]:
    removed = _("Removed") if claim.forgotten_at else ""
    rows: list[Row] = [
        {"label": _("Claim name"), "value": claim.name or removed},
        {"label": _("Solution area"), "value": claim.get_solution_area_display()},
        {"label": _("Activity"), "lines": [activity.label for activity in claim.activities]},
    ]
    if claim.claims_revenue:
        rows += [
            {"label": _("Dynamics solution seller name"), "value": claim.dynamics_solution_seller_name or removed},
            {"label": _("Customer name"), "value": claim.revenue_customer_name},
            {"label": _("ISV product/solution name"), "value": claim.isv_product_solution_name},
        ]
    needs = _("Yes") if claim.requires_validation else _("No")
    return [
        *rows,
        {"label": _("Needs validation"), "value": needs},
        {"label": _("Review"), "status": claim.review_outcome, "status_label": claim.get_review_outcome_display()},
        {"label": _("Reviewer"), "value": claim.reviewer.get_full_name() if claim.reviewer else _("Not assigned")},
        *([{"label": _("Reasons"), "lines": claim.reasons}] if claim.reason_codes else []),
    ]


def item_row(item: ClaimedProduct) -> Row:
    """An item, its subscription, and how its association stands."""
    association = item.association
    row: Row = {"product": item.product, "subscription": item.subscription}
    if association is None:
        return row
    if association.ended_at is None:
        return row | {"status": "active", "status_label": _("Official")}
    return row | {"status": "ended", "status_label": association.get_end_reason_display()}


def competitors(claim: Claim) -> list[Row]:
    """Return each other partner that holds or claims an item of the claim, with its claim when it is one."""
    holders = holders_on(claim.tenant, besides=claim)
    held = [(item.product, holder) for item in claim.items.all() for holder in holders.get(item_of(item), ())]
    others = [(product, holder) for product, holder in held if holder.partner_id != claim.partner_id]
    partners = Partner.objects.in_bulk({holder.partner_id for _product, holder in others})
    claims = Claim.objects.in_bulk({holder.claim_id for _product, holder in others if holder.claim_id})
    return [
        {"product": product, "partner": partners[holder.partner_id], "claim": claims.get(holder.claim_id or 0)}
        for product, holder in others
    ]


def contact_row(contact: Contact) -> Row:
    language = [contact.get_language_display()] if contact.language else []
    mismatch = [contact.mismatch_reason] if contact.mismatch_reason else []
    lines = [*filter(None, [contact.name, contact.title, contact.email]), *language, *mismatch]
    return {"label": KINDS[contact.kind], "lines": lines or [_("Removed")]}


def holds_on(claim: Claim) -> list[Promise]:
    """Return why the claim is not official yet; nothing for a decided claim or a draft."""
    if claim.status not in lifecycle.UNDECIDED:
        return []
    facts = ApprovalFacts(
        status=claim.status,
        consent=claim.consent_status,
        has_competing_claim=claim.has_competing_claim,
        requires_validation=claim.requires_validation,
        is_validated=claim.review_outcome == ReviewOutcome.VALIDATED,
    )
    return [HOLDS[hold] for hold in what_holds(facts)]


def notice_row(notice: CustomerNotice, claim: Claim) -> Row:
    """A notice: to whom, what became of its mail, what was answered."""
    return {
        "notice": notice,
        "email": notice.email,
        "deadline": deadline_of(claim, notice.closes_at),
        "answer_words": [word for word in (notice.get_answer_reason_display(), notice.answer_text) if word],
    }


def comment_row(comment: Comment) -> Row:
    role = _("Reviewer") if comment.is_by_reviewer else _("Partner")
    return {
        "author": comment.author.get_full_name(),
        "role": role,
        "at": comment.at,
        "text": comment.text or _("Text removed"),
    }


def history_rows(claim: Claim) -> list[Row]:
    """The lines of the History, newest first, with the names that only reviewers see."""
    events = list(claim.events.all())[::-1]
    names = names_in(events)
    return [
        {
            "at": event.at,
            "actor": actor_of(event),
            "text": EventKind(event.kind).label,
            "note": note_of(event, claim=claim, names=names),
            "status": event.to_status,
            "status_label": event.get_to_status_display(),
        }
        for event in events
    ]


def note_of(event: ClaimEvent, *, claim: Claim, names: Names) -> str:
    """What a line adds to its kind; to whom a claim was assigned only reviewers read."""
    return "\n".join(
        filter(None, (*details_of(event, claim=claim, names=names), event.details.get("reviewer"), event.note))
    )


def actor_of(event: ClaimEvent) -> str:
    if event.actor is not None:
        return event.actor.get_full_name()
    return event.actor_name or str(ACTORS.get(event.actor_role, event.actor_role))
