"""Submits a claim, asks a colleague to submit it, and answers a reviewer."""

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.models import User
from associations import emails
from associations.choices import (
    ClaimAction,
    ContactKind,
    EventKind,
    ReviewOutcome,
)
from associations.models import Claim, ClaimEvent, SubmitRequest
from associations.models.partners import submitters_at
from associations.questions import missing_facts
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.business_days import ONE_DAY
from associations.services.claim.drafting import is_behind
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible, find_problems
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import ClaimLocked, act, lock_claim, lock_claim_on_its_tenant
from associations.services.claim.programs import FIXED_RULES, fix_rules
from associations.services.customer.notice import ask_or_tell_of_changes, send_notice
from associations.services.deadlines import review_due_at
from associations.services.review.competing_claims import flag_competing_claims, notify_of_competing_claims


class AnswerMissing(Exception):
    """A resubmission needs a reply or a new proof (domain.md T8)."""


class EditionChanged(Exception):
    """The draft has an earlier edition than the one in force, so a person must review it again (domain.md D22)."""


class NotAColleague(Exception):
    """The person may not submit claims of this location."""


@transaction.atomic
def ask_to_submit(*, claim_id: int, colleague_id: int, by: Actor, now: datetime) -> User:
    """Hand a finished draft to a colleague who may submit it, with an email and a notification; return the colleague.

    Raise ClaimLocked (no draft any more, or a person who submits it themselves), NotAColleague, ClaimIncomplete or
    ClaimIneligible; then nothing is written. Who is asked again within a day gets no second email.
    """
    claim = lock_claim(claim_id)
    if not lifecycle.may_ask_to_submit(claim.status, by.role):
        raise ClaimLocked
    colleague = submitters_at(claim.location).filter(pk=colleague_id).first()
    if colleague is None:
        raise NotAColleague
    check_claim(claim)
    if SubmitRequest.objects.filter(claim=claim, colleague=colleague, asked_at__gt=now - ONE_DAY).exists():
        return colleague
    asked = {"colleague": colleague, "asked_by_id": by.account_id, "asked_at": now}
    request, _is_new = SubmitRequest.objects.update_or_create(claim=claim, defaults=asked)
    record([claim], EventKind.SUBMIT_ASKED, Entry(details={"colleague": colleague.pk}), by=by, now=now)
    emails.submit_asked(request, now=now)
    return colleague


@transaction.atomic
def submit_claim(*, claim_id: int, acknowledged: bool, by: Actor, now: datetime) -> Claim:
    """File the draft: freeze it, queue the receipt and the customer's notice, and put it before the reviewers.

    The public directory is asked before, by `customer.contacts.ask_about_contact`: nothing waits under the locks.
    Raise ActionNotAllowed (not a draft any more, or not an incentives admin), EditionChanged, ClaimIncomplete or
    ClaimIneligible; then nothing is written. Of two submissions of one draft the second finds it filed. (domain.md T4,
    D1, D2, D22)
    """
    claim = lock_claim_on_its_tenant(claim_id)
    lifecycle.status_after(claim.status, ClaimAction.SUBMIT, by.role)
    if is_behind(claim, now=now):
        raise EditionChanged
    check_claim(claim)
    if not acknowledged:
        raise ClaimIncomplete(("acknowledgements",))
    fix_rules(claim)
    claim.submitted_at, claim.submitted_by_id = now, by.user_id
    claim.review_due_at = review_due_at(claim, now=now)
    claim.save(update_fields=[*FIXED_RULES, "submitted_at", "submitted_by", "review_due_at"])
    act([claim], ClaimAction.SUBMIT, Entry(details=snapshot(claim)), by=by, now=now)
    competing = flag_competing_claims(claim.tenant, now=now)
    claim.refresh_from_db(fields=["has_competing_claim"])
    notice = send_notice(claim, now=now)
    notify_of_competing_claims(claim.tenant, competing, now=now)
    emails.claim_received(claim, notice=notice, now=now)
    return claim


@transaction.atomic
def resubmit_claim(*, claim_id: int, reply: str, by: Actor, now: datetime) -> Claim:
    """Answer the reviewer and return the claim to review.

    A changed customer contact, MPN ID or a wider list of items sends a new notice and opens a full new window; a
    narrower list leaves the window as it is, and the customer is told (domain.md 1.6). Raise ActionNotAllowed,
    ClaimIncomplete, ClaimIneligible, or AnswerMissing when there is neither a reply nor a proof added since the
    question.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    lifecycle.status_after(claim.status, ClaimAction.RESUBMIT, by.role)
    check_claim(claim)
    changes = changes_since_the_question(claim)
    if not reply.strip() and not changes:
        raise AnswerMissing
    act([claim], ClaimAction.RESUBMIT, Entry(reply, snapshot(claim)), by=by, now=now)
    claim.review_outcome, claim.reason_codes, claim.answer_due_at = ReviewOutcome.PENDING, [], None
    claim.review_due_at = review_due_at(claim, now=now)
    claim.save(update_fields=["review_outcome", "reason_codes", "answer_due_at", "review_due_at"])
    competing = flag_competing_claims(claim.tenant, now=now)
    claim.refresh_from_db(fields=["has_competing_claim"])
    ask_or_tell_of_changes(claim, now=now)
    notify_of_competing_claims(claim.tenant, competing, now=now)
    emails.answer_arrived(claim, reply=reply, changes=changes, now=now)
    return claim


def check_claim(claim: Claim) -> None:
    """Raise ClaimIncomplete or ClaimIneligible when *claim* can't be filed as it stands.

    Its items and contacts are at hand from then on.
    """
    prefetch_related_objects(
        [claim], "items__product", "items__subscription__product", "items__subscription__tenant", "contacts"
    )
    missing = missing_facts(claim)
    if missing:
        raise ClaimIncomplete(missing)
    problems = tuple(find_problems(claim))
    if problems:
        raise ClaimIneligible(problems)


def changes_since_the_question(claim: Claim) -> list[ClaimEvent]:
    """Return the lines of History about proofs and answers that the partner changed since the reviewer asked."""
    question = claim.events.filter(to_status=claim.status).last()
    later = claim.events.filter(pk__gt=question.pk) if question else claim.events.none()
    return list(later.filter(actor_role__in=lifecycle.EDITORS).exclude(kind=EventKind.EDIT_REFUSED))


def snapshot(claim: Claim) -> dict[str, object]:
    """Return what the claim stated when it was filed, for the History."""
    return {
        "mpn_id": claim.location.mpn_id,
        "domain_name": claim.domain_name,
        "tenant_id": str(claim.tenant.tenant_id),
        "activities": list(claim.activity_codes),
        "items": [
            [item.product.code, str(item.subscription.subscription_id) if item.subscription else ""]
            for item in claim.items.select_related("product", "subscription")
        ],
        "customer_contact": emails.contact_of(claim, ContactKind.CUSTOMER).email,
        "proofs": list(claim.proofs.values_list("sha256", flat=True)),
    }
