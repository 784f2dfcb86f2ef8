"""Mails to the partner about a claim. What must be known stands on the noticeboard too.

Everybody with an incentives role on the claim's location finds it there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.models import OptionalMail, User
from associations.choices import ClaimStatus, ContactKind, EndReason, MemberRole, ReasonCode, UndeliveredReason
from associations.emails.facts import (
    answer_due,
    claim_path,
    contact_of,
    facts_of,
    iso_or_none,
    item_name,
    item_names,
    label_in,
    last_day_on,
    once,
    partners_language,
    review_due,
    url_of,
    zone_on_last_day,
)
from associations.models import (
    Association,
    Claim,
    ClaimedProduct,
    CustomerNotice,
    ProofOfExecution,
    Reminder,
    SubscriptionWatch,
    people_at_each,
)
from associations.rules import lifecycle
from notifications import noticeboard, outbox
from notifications.models import Notice, OutboxEmail

# The partner's mails that also become a notice in the portal, and which facts of the mail it repeats. Facts only:
# the words come when it is read, in the language of the reader.
NOTICES: dict[str, tuple[str, ...]] = {
    "action_required": ("due_on", "day_zone"),
    "answer_reminder": ("due_on", "day_zone"),
    "association_ended": (),
    "claim_approved": (),
    "claim_rejected": ("is_customers_decision", "dispute_until_on", "day_zone"),
    "competing_found": (),
    "notice_bounced": (),
    "proof_infected": ("file_name",),
    "subscription_ending": ("first_end_on",),
}
MANDATORY_NOTICES = frozenset({"action_required", "notice_bounced"})
WITH_ANSWER_DUE = frozenset({"action_required", "answer_reminder"})
NOTICED_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


def claim_received(claim: Claim, *, now: datetime) -> None:
    """E1: the partner's receipt, with what happens next and until when, as the waiting notice says it."""
    notice = claim.notices.current().select_related("email").get()
    promised = {name: notice.email.context[name] for name in ("closes_at", "last_day_on", "last_minute_at")}
    contact = {"customer_contact_name": notice.contact_name, "customer_contact_email": notice.contact_email}
    _to_partner(claim, "claim_received", key="received", more=promised | contact, now=now)


def review_started(claim: Claim, *, now: datetime) -> None:
    """E4: tells who submitted the claim, if they asked for this mail, that a reviewer has started on it."""
    submitter = claim.submitted_by
    if submitter is None or not submitter.is_active or OptionalMail.REVIEW_STARTED in submitter.muted_mails:
        return
    locale = submitter.language or settings.LANGUAGE_CODE
    more = review_due(claim) | {"claim_url": url_of("claim_detail", claim.public_id)}
    outbox.enqueue(
        key=f"claim:{claim.pk}:review-started:{now.isoformat()}",
        template="review_started",
        to=[submitter.email],
        context=facts_of(claim, language=locale) | more,
        locale=locale,
        now=now,
    )


def action_required(claim: Claim, *, text: str, now: datetime) -> None:
    """E5: the reviewer asks the partner for more."""
    more = answer_due(claim) | {"text": text}
    _to_partner(claim, "action_required", key=f"action-required:{now.isoformat()}", more=more, now=now)


def dispute_accepted(claim: Claim, *, text: str, has_new_notice: bool, now: datetime) -> None:
    """Tells the partner that the rejection no longer stands, and whether the customer is asked again (T20)."""
    more = {"text": text, "has_new_notice": has_new_notice}
    _to_partner(claim, "dispute_accepted", key="dispute-accepted", more=more, now=now)


def claim_rejected(claim: Claim, *, text: str, now: datetime) -> None:
    """E8: tells the partner that the claim was rejected, why, and until when that can be disputed, if at all."""
    is_customers_decision = claim.reason_codes == [ReasonCode.CUSTOMER_DECLINED.value]
    is_final = is_customers_decision or claim.disputed_at is not None
    more = {
        "text": text,
        "is_customers_decision": is_customers_decision,
        "is_final": is_final,
        "dispute_until_on": None if is_final else last_day_on(claim, claim.dispute_closes_at),
        "dispute_closes_at": None if is_final else iso_or_none(claim.dispute_closes_at),
        "day_zone": "" if is_final else zone_on_last_day(claim, claim.dispute_closes_at),
    }
    _to_partner(claim, "claim_rejected", key=f"rejected:{now.isoformat()}", more=more, now=now)


def competing_found(claim: Claim, *, now: datetime) -> None:
    """E11: tells a partner that another one wants an item of this claim, never which (domain.md 1.7)."""
    _to_partner(claim, "competing_found", key=f"competing:{now.isoformat()}", now=now)


def competing_settled(claim: Claim, *, won: Iterable[ClaimedProduct], is_official: bool, now: datetime) -> None:
    """Tells the partner a reviewer decided for which items it was preferred; the other side hears E8 or E10 (T25)."""
    with translation.override(partners_language(claim)):
        more = {"won_items": [item_name(item) for item in won], "is_official": is_official}
    _to_partner(claim, "competing_settled", key=f"competing-settled:{now.isoformat()}", more=more, now=now)


def answer_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E7: reminds the partner of the reviewer's question."""
    _to_partner(claim, "answer_reminder", key=key, more=answer_due(claim), now=now)


def draft_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E14: reminds the author of a draft, who may have switched that off; what is not filed earns nothing."""
    if not claim.created_by.is_active or OptionalMail.DRAFT_REMINDER in claim.created_by.muted_mails:
        return
    locale = claim.created_by.language or settings.LANGUAGE_CODE
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template="draft_reminder",
        to=[claim.created_by.email],
        context={
            "claim_number": claim.number,
            "claim_name": claim.name,
            "customer_name": claim.tenant.name,
            "changed_at": claim.changed_at.isoformat(),
            "zone": claim.created_by.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
            "claim_url": url_of("claim_detail", claim.public_id),
        },
        locale=locale,
        now=now,
    )


def subscription_ending(claim: Claim, *, associations: list[Association], key: str, now: datetime) -> None:
    """E12: tells the partner which subscriptions end soon, and that a renewed one needs a new claim (domain.md R6)."""
    ending = [
        {
            "name": str(held.product),
            "subscription_id": str(held.subscription.subscription_id),
            "ends_on": held.subscription.ends_on.isoformat(),
        }
        for held in associations
        if held.subscription and held.subscription.ends_on
    ]
    more = {"ending": ending, "first_end_on": min(each["ends_on"] for each in ending)}
    _to_partner(claim, "subscription_ending", key=key, more=more, now=now)


def forget_reminders(claims: Iterable[Claim], *, now: datetime) -> None:
    """Stop the reminders of *claims* that have not left: what they remind of has changed."""
    written = Reminder.objects.filter(claim__in=[claim.pk for claim in claims], done_at__isnull=False)
    if keys := [f"claim:{claim_id}:reminder:{pk}" for claim_id, pk in written.values_list("claim_id", "pk")]:
        outbox.cancel(keys=keys, now=now)


def settle_notices(claims: Iterable[Claim], *, now: datetime) -> None:
    """Note that nothing more is to be done about what the partner was asked, for *claims* that have just moved on."""
    moved = [(claim.status, claim_path(claim)) for claim in claims]
    answered = [path for status, path in moved if status != ClaimStatus.ACTION_REQUIRED]
    decided = [path for status, path in moved if status not in lifecycle.UNDECIDED]
    noticeboard.settle(kind="action_required", urls=answered, now=now)
    noticeboard.settle(kind="notice_bounced", urls=decided, now=now)


def claims_approved(claims: Iterable[Claim], *, now: datetime) -> None:
    """E9: tells the partner of each of *claims* that it is official, which is no payment yet (domain.md 1.1)."""
    _to_partners(claims, "claim_approved", key="approved", more={"starts_at": now.isoformat()}, now=now)


def association_ended(
    claim: Claim, *, reason: EndReason, now: datetime, text: str = "", ended: Iterable[Association] | None = None
) -> None:
    """E10: tells the partner that the claim's associations ended, or those named, why, and what closes with them."""
    with translation.override(partners_language(claim)):
        more = {
            "ended_at": now.isoformat(),
            "end_reason": reason.value,
            "end_reason_label": str(reason.label),
            "can_be_renewed": reason == EndReason.SUBSCRIPTION_EXPIRED,
            "ended_items": item_names(claim) if ended is None else [item_name(held) for held in ended],
            "text": text,
        }
    _to_partner(claim, "association_ended", key=f"ended:{now.isoformat()}", more=more, now=now)


def notice_bounced(
    claim: Claim, *, notice: CustomerNotice, reason: UndeliveredReason, said: str, now: datetime
) -> None:
    """E15: tells the partner that the customer's notice did not arrive, why, and what to do."""
    more = {
        "contact_name": notice.contact_name,
        "contact_email": notice.contact_email,
        "reason": label_in(reason, language=partners_language(claim)),
        "said": said,
    }
    _to_partner(claim, "notice_bounced", key=_bounced_key(notice), more=more, now=now)


def forget_bounced_notice(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Stop E15 if it has not left: the partner did already what it asks for."""
    outbox.cancel(keys=[f"claim:{claim.pk}:{_bounced_key(notice)}"], now=now)


def proof_infected(claim: Claim, *, proof: ProofOfExecution, now: datetime) -> None:
    """Tell the partner that a file was deleted because it held a virus: on the board, and by mail once it is filed.

    Who still drafts has the file's page before them, and a draft may name nobody to write to.
    """
    key, facts = (
        f"proof:{proof.pk}:infected",
        {"file_name": proof.name, "needs_another": claim.status in lifecycle.OPEN},
    )
    if claim.submitted_at is not None:
        _to_partner(claim, "proof_infected", key=key, more=facts, now=now)
    else:
        users = people_at_each([claim.location], roles=NOTICED_ROLES)[claim.location_id]
        noticeboard.post_all(_notices(claim, "proof_infected", key=key, facts=facts, users=users, now=now))


def subscription_claimable(watch: SubscriptionWatch, *, now: datetime) -> None:
    """Tells who watched a subscription, in a notice and a mail, that it can be claimed."""
    claim, watcher = watch.claim, watch.watcher
    locale = watcher.language or settings.LANGUAGE_CODE
    key = f"watch:{watch.pk}"
    names = {"claim_number": claim.number, "customer_name": claim.tenant.name, "product_name": watch.product.name}
    noticeboard.post(
        key=key, users=[watcher], kind="subscription_claimable", context=names, url=claim_path(claim), now=now
    )
    outbox.enqueue(
        key=key,
        template="subscription_claimable",
        to=[watcher.email],
        context=names | {"claim_url": url_of("claim_detail", claim.public_id)},
        locale=locale,
        now=now,
    )


def _to_partner(claim: Claim, template: str, *, key: str, now: datetime, more: dict[str, Any] | None = None) -> None:
    _to_partners([claim], template, key=key, more=more or {}, now=now)


def _to_partners(claims: Iterable[Claim], template: str, *, key: str, now: datetime, more: dict[str, Any]) -> None:
    """Queue one mail to the partner of each of *claims*, and put what must be known on the noticeboard too."""
    told = list(claims)
    outbox.enqueue_all(mail for claim in told for mail in _partners_mail(claim, template, key=key, more=more, now=now))
    if template in NOTICES:
        people = people_at_each({claim.location for claim in told}, roles=NOTICED_ROLES)
        noticeboard.post_all(
            notice
            for claim in told
            for notice in _notices(claim, template, key=key, facts=more, users=people[claim.location_id], now=now)
        )


def _partners_mail(claim: Claim, template: str, *, key: str, now: datetime, more: dict[str, Any]) -> list[OutboxEmail]:
    """Return the mail to the partner of *claim*; none when everybody was erased to whom it would go."""
    submitter, locale = claim.submitted_by, partners_language(claim)
    contact = contact_of(claim, ContactKind.PARTNER)
    readers = once([contact.email, submitter.email if submitter and submitter.is_active else ""])
    if not readers:
        return []
    mail = outbox.compose(
        key=f"claim:{claim.pk}:{key}",
        template=template,
        to=readers,
        context=facts_of(claim, language=locale) | {"claim_url": settings.PORTAL_URL + claim_path(claim)} | more,
        locale=locale,
        now=now,
    )
    return [mail]


def _notices(
    claim: Claim, kind: str, *, key: str, facts: dict[str, Any], users: Iterable[User], now: datetime
) -> list[Notice]:
    """Return the notice *kind* for each of *users*: everybody who may work on *claim*."""
    names = {"claim_number": claim.number, "customer_name": claim.tenant.name}
    return noticeboard.compose(
        key=f"claim:{claim.pk}:{key}",
        users=users,
        kind=kind,
        context=names | {name: facts[name] for name in NOTICES[kind]},
        url=claim_path(claim),
        now=now,
        due_at=claim.answer_due_at if kind in WITH_ANSWER_DUE else None,
        is_mandatory=kind in MANDATORY_NOTICES,
    )


def _bounced_key(notice: CustomerNotice) -> str:
    return f"notice:{notice.number}:bounced"
