"""Emails to the partner about a claim: its draft, submission and files, and the customer's notice and answer."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from accounts.text.readable import address_in_full
from associations.choices import ClaimStatus, ContactKind, UndeliveredReason
from associations.emails.facts import (
    claim_path,
    contact_of,
    facts_with_status,
    iso_or_none,
    label_in,
    partners_language,
    promised_date,
    url_of,
)
from associations.emails.partners import notifications_of, quoted, to_partner
from associations.models import (
    Claim,
    CustomerNotice,
    ProofOfExecution,
    Reminder,
    SubmitRequest,
    SubscriptionWatch,
    notified_people_at,
)
from associations.rules import lifecycle
from associations.rules.customer.opt_out import what_outlasts_the_window
from notifications import in_app, outbox


def claim_received(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Send the partner the receipt: what happens next, by when as *notice* promises it, and what holds it (E1)."""
    promised = promised_date(claim, notice.promised_closes_at or now)
    contact = {
        "customer_contact_name": notice.contact_name,
        "customer_contact_email": address_in_full(notice.contact_email),
    }
    holds = {"holds": [hold.value for hold in what_outlasts_the_window(claim.approval_facts)]}
    to_partner(claim, "claim_received", key="received", more=promised | contact | holds, now=now)


def customer_message(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Tell the partner what the customer wrote with the approval."""
    more = quoted(notice, claim) | {"answered_at": iso_or_none(notice.answered_at)}
    to_partner(claim, "customer_message", key=f"notice:{notice.number}:message", more=more, now=now)


def request_handed_over(claim: Claim, *, notice: CustomerNotice, colleague: CustomerNotice, now: datetime) -> None:
    """Tell the partner to whom the contact of *notice* handed the request over, and that a new period begins (E16)."""
    contact = contact_of(claim, ContactKind.CUSTOMER)
    more = quoted(notice, claim) | {
        "answered_at": iso_or_none(notice.answered_at),
        "first_name": notice.contact_name,
        "first_email": address_in_full(notice.contact_email),
        "colleague_name": contact.name,
        "colleague_title": contact.title,
        "colleague_email": address_in_full(colleague.contact_email),
    }
    to_partner(claim, "request_handed_over", key=f"notice:{notice.number}:handed-over-told", more=more, now=now)


def notice_bounced(
    claim: Claim, *, notice: CustomerNotice, reason: UndeliveredReason, said: str, now: datetime
) -> None:
    """Tell the partner that the customer's notice did not arrive, why, and what to do (E15)."""
    more = {
        "contact_name": notice.contact_name,
        "contact_email": address_in_full(notice.contact_email),
        "reason": label_in(reason, language=partners_language(claim)),
        "said": said,
    }
    to_partner(claim, "notice_bounced", key=_bounced_key(notice), more=more, now=now)


def forget_bounced_notice(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Cancel E15 if it has not left: the partner has already done what it asks for."""
    outbox.cancel(keys=[f"claim:{claim.pk}:{_bounced_key(notice)}"], now=now)


def proof_infected(claim: Claim, *, proof: ProofOfExecution, now: datetime) -> None:
    """Tell the partner that a file was deleted because it held a virus.

    A draft sends a notification only: its author sees the file's page, and it may not name a contact yet.
    """
    key = f"proof:{proof.pk}:infected"
    facts = {"file_name": proof.name, "needs_another": claim.status in lifecycle.OPEN}
    if claim.submitted_at is not None:
        to_partner(claim, "proof_infected", key=key, more=facts, now=now)
    else:
        users = notified_people_at([claim.location])[claim.location_id]
        in_app.post_all(notifications_of(claim, "proof_infected", key=key, facts=facts, users=users, now=now))


def subscription_claimable(watch: SubscriptionWatch, *, now: datetime) -> None:
    """Tell the person who watched a subscription, by notification and email, that it can be claimed."""
    claim, watcher = watch.claim, watch.watcher
    locale = watcher.language or settings.LANGUAGE_CODE
    key = f"watch:{watch.pk}"
    names = {"claim_number": claim.number, "customer_name": claim.tenant.name, "product_name": watch.product.name}
    in_app.post(key=key, users=[watcher], kind="subscription_claimable", context=names, url=claim_path(claim), now=now)
    outbox.enqueue(
        key=key,
        template="subscription_claimable",
        to=[watcher.email],
        context=names | {"claim_url": url_of("claim_detail", claim.public_id)},
        locale=locale,
        now=now,
    )


def submit_asked(request: SubmitRequest, *, now: datetime) -> None:
    """Tell a colleague, by notification and email, that a finished draft waits for them."""
    claim, colleague = request.claim, request.colleague
    locale, path = colleague.language or settings.LANGUAGE_CODE, claim_path(claim)
    key = f"claim:{claim.pk}:submit-asked:{colleague.pk}:{now.isoformat()}"
    names = {
        "claim_number": claim.number,
        "customer_name": claim.tenant.name,
        "asker_name": request.asked_by.get_full_name(),
    }
    more = {
        "asker_email": address_in_full(request.asked_by.email),
        "check_url": url_of("claim_check", claim.public_id),
    }
    in_app.settle(kind="submit_asked", urls=[path], now=now)
    in_app.post(key=key, users=[colleague], kind="submit_asked", context=names, url=path, is_mandatory=True, now=now)
    outbox.enqueue(
        key=key,
        template="submit_asked",
        to=[colleague.email],
        context=facts_with_status(claim, language=locale, now=now) | names | more,
        locale=locale,
        now=now,
    )


def forget_reminders(claims: Iterable[Claim], *, now: datetime) -> None:
    """Cancel the reminders of *claims* that have not left, because what they remind of has changed."""
    written = Reminder.objects.filter(claim__in=[claim.pk for claim in claims], done_at__isnull=False)
    if keys := [f"claim:{claim_id}:reminder:{pk}" for claim_id, pk in written.values_list("claim_id", "pk")]:
        outbox.cancel(keys=keys, now=now)


def settle_notifications(claims: Iterable[Claim], *, now: datetime) -> None:
    """Settle the notifications of *claims* that ask for something that is no longer needed in their new status."""
    moved = [(claim.status, claim_path(claim)) for claim in claims]
    answered = [path for status, path in moved if status != ClaimStatus.ACTION_REQUIRED]
    decided = [path for status, path in moved if status not in lifecycle.UNDECIDED]
    in_app.settle(kind="action_required", urls=answered, now=now)
    in_app.settle(kind="notice_bounced", urls=decided, now=now)
    in_app.settle(kind="submit_asked", urls=[path for status, path in moved if status != ClaimStatus.DRAFT], now=now)


def _bounced_key(notice: CustomerNotice) -> str:
    return f"notice:{notice.number}:bounced"
