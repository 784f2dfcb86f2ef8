"""One function per message: to whom, in which language, and with which facts. Nothing is sent here.

What a partner must know stands on the noticeboard too, for everybody with an incentives role on the claim's location.

The ids are those of domain.md 5. Instants go out as ISO text under names that end in `_at`; the outbox gives them back
to the templates as instants in the zone named by `zone`.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import OptionalMail, User
from associations import links
from associations.calendars import zone_for
from associations.choices import (
    ClaimStatus,
    ContactKind,
    EndReason,
    MemberRole,
    OptOutReason,
    ReasonCode,
    UndeliveredReason,
)
from associations.models import (
    Association,
    Claim,
    ClaimedProduct,
    Contact,
    CustomerNotice,
    PartnerMember,
    ProofOfExecution,
    Reminder,
    SubscriptionWatch,
    people_at_each,
)
from associations.rules import lifecycle
from associations.rules.business_days import ONE_DAY
from associations.rules.opt_out import first_instant, last_day
from notifications import noticeboard, outbox
from notifications.models import Notice, OutboxEmail

# The partner's mails that also become a notice in the portal, and which facts of the mail it repeats. Facts only:
# the words come when it is read, in the language of the reader.
NOTICES: dict[str, tuple[str, ...]] = {
    "action_required": ("due_on",),
    "answer_reminder": ("due_on",),
    "association_ended": (),
    "claim_approved": (),
    "claim_rejected": ("is_customers_decision", "dispute_until_on"),
    "competing_found": (),
    "notice_bounced": (),
    "proof_infected": ("file_name",),
    "subscription_ending": ("first_end_on",),
}
MANDATORY_NOTICES = frozenset({"action_required", "notice_bounced"})
WITH_ANSWER_DUE = frozenset({"action_required", "answer_reminder"})
NOBODYS_ID = UUID(int=0)
NOTICED_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


def claim_received(claim: Claim, *, now: datetime) -> None:
    """E1: the partner's receipt, with what happens next and until when, as the waiting notice says it."""
    notice = claim.notices.current().select_related("email").get()
    promised = {name: notice.email.context[name] for name in ("closes_at", "last_day_on", "last_minute_at")}
    contact = {"customer_contact_name": notice.contact_name, "customer_contact_email": notice.contact_email}
    _to_partner(claim, "claim_received", key="received", more=promised | contact, now=now)


def customer_notice(claim: Claim, *, number: int, token: str, closes_at: datetime, now: datetime) -> OutboxEmail:
    """E2: asks the customer, with the link to decide.

    The mail names *closes_at*, which is true for a mail that leaves on the customer's local day of *now*: it may not
    leave later with that date.
    """
    contact = contact_of(claim, ContactKind.CUSTOMER)
    noticeboard.settle(kind="notice_bounced", urls=[_claim_path(claim)], now=now)
    return outbox.enqueue(
        key=f"claim:{claim.pk}:notice:{number}",
        template="customer_notice",
        to=[contact.email],
        context=_facts(claim, language=contact.language)
        | promised_date(claim, closes_at)
        | {"contact_name": contact.name},
        locale=contact.language,
        secret=reverse("customer_link", args=[token]),
        send_before=end_of_local_day(claim, now),
        now=now,
    )


def customer_notice_copy(claim: Claim, *, notice: CustomerNotice, closes_at: datetime, now: datetime) -> None:
    """E2 for the technical contact, with the window's stored end and without the link to decide (domain.md D10)."""
    technical = technical_contact(claim)
    if technical is None:
        return
    names = {"contact_name": technical.name, "decider_name": notice.contact_name}
    outbox.enqueue(
        key=f"{notice.email.key}:copy",
        template="customer_notice_copy",
        to=[technical.email],
        context=_facts(claim, language=notice.language) | promised_date(claim, closes_at) | names,
        locale=notice.language,
        now=now,
    )


def preview_customer_notice(claim: Claim, *, closes_at: datetime, now: datetime) -> OutboxEmail:
    """Return E2 as it would be queued now, unsaved and without a working link, to show before the claim is filed."""
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return OutboxEmail(
        template="customer_notice",
        to=[contact.email],
        context=_facts(claim, language=contact.language)
        | promised_date(claim, closes_at)
        | {"contact_name": contact.name},
        locale=contact.language,
        secret="/",  # noqa: S106 - a path that leads nowhere
        created_at=now,
    )


def associations_active(claims: Iterable[Claim], *, now: datetime) -> None:
    """E3b: tells the customer of each of *claims* that the association is in force and how to end it."""
    outbox.enqueue_all([_association_active(claim, now=now) for claim in claims])


def _association_active(claim: Claim, *, now: datetime) -> OutboxEmail:
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return outbox.compose(
        key=f"claim:{claim.pk}:active",
        template="association_active",
        to=[contact.email],
        context=_facts(claim, language=contact.language)
        | {"starts_at": now.isoformat(), "contact_name": contact.name},
        locale=contact.language,
        now=now,
    )


def opt_out_receipt(claim: Claim, *, notice: CustomerNotice, has_ended_association: bool, now: datetime) -> None:
    """E3c: the customer's receipt for an opt-out, before or after the association was official."""
    more = {
        "contact_name": notice.contact_name,
        "answered_at": now.isoformat(),
        "answered_by_name": notice.answered_by_name,
        "answer_reason": _label(OptOutReason(notice.answer_reason), language=notice.language),
        "answer_text": notice.answer_text,
        "has_ended_association": has_ended_association,
    }
    key, reader = f"notice:{notice.number}:opt-out", (notice.contact_email, notice.language)
    _to_customer(claim, "opt_out_receipt", key=key, reader=reader, more=more, now=now)


def request_closed(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """E3d: tells the customer that the request was withdrawn or refused and nothing is left to do."""
    key, reader = f"notice:{notice.number}:closed", (notice.contact_email, notice.language)
    more = {"contact_name": notice.contact_name}
    _to_customer(claim, "request_closed", key=key, reader=reader, more=more, now=now)


def review_started(claim: Claim, *, now: datetime) -> None:
    """E4: tells who submitted the claim, if they asked for this mail, that a reviewer has started on it."""
    submitter = claim.submitted_by
    if submitter is None or OptionalMail.REVIEW_STARTED in submitter.muted_mails:
        return
    locale = submitter.language or settings.LANGUAGE_CODE
    more = _review_due(claim) | {"claim_url": _url("claim_detail", claim.public_id)}
    outbox.enqueue(
        key=f"claim:{claim.pk}:review-started:{now.isoformat()}",
        template="review_started",
        to=[submitter.email],
        context=_facts(claim, language=locale) | more,
        locale=locale,
        now=now,
    )


def action_required(claim: Claim, *, text: str, now: datetime) -> None:
    """E5: the reviewer asks the partner for more."""
    more = {"text": text, "due_at": _iso(claim.answer_due_at), "due_on": _last_day(claim, claim.answer_due_at)}
    _to_partner(claim, "action_required", key=f"action-required:{now.isoformat()}", more=more, now=now)


def answer_arrived(claim: Claim, *, now: datetime) -> None:
    """E6: tells the assigned reviewer that the partner answered."""
    if claim.reviewer is None:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    outbox.enqueue(
        key=f"claim:{claim.pk}:answer:{now.isoformat()}",
        template="answer_arrived",
        to=[claim.reviewer.email],
        context=_facts(claim, language=locale) | _review_due(claim) | {"claim_url": _desk_url(claim)},
        locale=locale,
        now=now,
    )


def dispute_arrived(claim: Claim, *, justification: str, now: datetime) -> None:
    """E6 for a dispute: tells the reviewer who knows the claim that the partner disputes its rejection."""
    if claim.reviewer is None:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    more = _review_due(claim) | {"claim_url": _desk_url(claim), "text": justification}
    outbox.enqueue(
        key=f"claim:{claim.pk}:dispute",
        template="dispute_arrived",
        to=[claim.reviewer.email],
        context=_facts(claim, language=locale) | more,
        locale=locale,
        now=now,
    )


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
        "dispute_until_on": None if is_final else _last_day(claim, claim.dispute_closes_at),
        "dispute_closes_at": None if is_final else _iso(claim.dispute_closes_at),
    }
    _to_partner(claim, "claim_rejected", key=f"rejected:{now.isoformat()}", more=more, now=now)


def competing_found(claim: Claim, *, now: datetime) -> None:
    """E11: tells a partner that another one wants an item of this claim, never which (domain.md 1.7)."""
    _to_partner(claim, "competing_found", key=f"competing:{now.isoformat()}", now=now)


def competing_settled(claim: Claim, *, won: Iterable[ClaimedProduct], is_official: bool, now: datetime) -> None:
    """Tells the partner a reviewer decided for which items it was preferred; the other side hears E8 or E10 (T25)."""
    with translation.override(_partners_language(claim)):
        more = {"won_items": [item_name(item) for item in won], "is_official": is_official}
    _to_partner(claim, "competing_settled", key=f"competing-settled:{now.isoformat()}", more=more, now=now)


def answer_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E7: reminds the partner of the reviewer's question."""
    more = {"due_at": _iso(claim.answer_due_at), "due_on": _last_day(claim, claim.answer_due_at)}
    _to_partner(claim, "answer_reminder", key=key, more=more, now=now)


def customer_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E3a: reminds the customer, with a link of its own to the same notice."""
    notice = claim.notices.current().get()
    token = links.make_token()
    notice.reminder_token_digest = links.digest(token)
    notice.save(update_fields=["reminder_token_digest"])
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template="customer_reminder",
        to=[notice.contact_email],
        context=_facts(claim, language=notice.language)
        | promised_date(claim, claim.opt_out_closes_at or now)
        | {"contact_name": notice.contact_name},
        locale=notice.language,
        secret=reverse("customer_link", args=[token]),
        send_before=claim.opt_out_closes_at,
        now=now,
    )


def draft_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E14: reminds the author of a draft, who may have switched that off; what is not filed earns nothing."""
    if OptionalMail.DRAFT_REMINDER in claim.created_by.muted_mails:
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
            "claim_url": _url("claim_detail", claim.public_id),
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
    moved = [(claim.status, _claim_path(claim)) for claim in claims]
    answered = [path for status, path in moved if status != ClaimStatus.ACTION_REQUIRED]
    decided = [path for status, path in moved if status not in lifecycle.UNDECIDED]
    noticeboard.settle(kind="action_required", urls=answered, now=now)
    noticeboard.settle(kind="notice_bounced", urls=decided, now=now)


def review_digest(reviewer: User, *, overdue: int, due_today: int, waiting: int, on: date, now: datetime) -> bool:
    """E13: tells a reviewer once a day how the queue stands; return whether they wanted it and were not told yet."""
    if OptionalMail.REVIEW_DIGEST in reviewer.muted_mails:
        return False
    key, locale = f"digest:{on.isoformat()}:{reviewer.pk}", reviewer.language or settings.LANGUAGE_CODE
    if OutboxEmail.objects.filter(key=key).exists():
        return False
    outbox.enqueue(
        key=key,
        template="review_digest",
        to=[reviewer.email],
        context={
            "overdue": overdue,
            "due_today": due_today,
            "waiting": waiting,
            "today_on": on.isoformat(),
            "desk_url": _url("admin:associations_claim_changelist"),
        },
        locale=locale,
        now=now,
    )
    return True


def invitation(member: PartnerMember, *, by_user: User, secret: str, now: datetime) -> None:
    """Tells a person that they were given a role, in the inviter's language; *secret* leads to a first password.

    A mail with a link that no longer works does not go out.
    """
    link_expires_at = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    outbox.enqueue(
        key=_invitation_key(member),
        template="invitation",
        to=[member.user.email],
        context={
            "partner_name": member.partner.name,
            "inviter_name": by_user.get_full_name(),
            "inviter_email": by_user.email,
            "needs_password": bool(secret),
            "link_expires_at": link_expires_at.isoformat(),
            "zone": by_user.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
            "overview_url": _url("overview"),
        },
        locale=by_user.language or settings.LANGUAGE_CODE,
        secret=secret,
        send_before=link_expires_at if secret else None,
        now=now,
    )


def forget_invitation(member: PartnerMember, *, now: datetime) -> None:
    """Stop the invitation if it has not left: the role was taken back."""
    outbox.cancel(keys=[_invitation_key(member)], now=now)


def access_request(member: PartnerMember, *, admin: User, message: str, on: date, now: datetime) -> None:
    """Tells a global admin that a colleague asks for a role, and where to give it."""
    locale = admin.language or settings.LANGUAGE_CODE
    outbox.enqueue(
        key=f"{_access_request_key(member.user)}{on.isoformat()}:{admin.pk}",
        template="access_request",
        to=[admin.email],
        context={
            "partner_name": member.partner.name,
            "person_name": member.user.get_full_name(),
            "person_email": member.user.email,
            "present_role": _label(MemberRole(member.role), language=locale),
            "message": message,
            "colleague_url": _url("colleague_edit", member.pk),
        },
        locale=locale,
        now=now,
    )


def has_requested_access(user: User, *, on: date) -> bool:
    """Whether *user* asked for access on this day."""
    return OutboxEmail.objects.filter(key__startswith=f"{_access_request_key(user)}{on.isoformat()}:").exists()


def forget_access_request(user: User, *, now: datetime) -> None:
    """Stop what is left of the person's request for access: it was answered."""
    asked = OutboxEmail.objects.filter(key__startswith=_access_request_key(user))
    outbox.cancel(keys=asked.values_list("key", flat=True), now=now)


def claims_approved(claims: Iterable[Claim], *, now: datetime) -> None:
    """E9: tells the partner of each of *claims* that it is official, which is no payment yet (domain.md 1.1)."""
    _to_partners(claims, "claim_approved", key="approved", more={"starts_at": now.isoformat()}, now=now)


def association_ended(
    claim: Claim, *, reason: EndReason, now: datetime, text: str = "", ended: Iterable[Association] | None = None
) -> None:
    """E10: tells the partner that the claim's associations ended, or those named, why, and what closes with them."""
    with translation.override(_partners_language(claim)):
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
        "reason": _label(reason, language=_partners_language(claim)),
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


def promised_date(claim: Claim, closes_at: datetime) -> dict[str, Any]:
    """Return the part of a notice's facts that depends on when it leaves."""
    return {
        "closes_at": closes_at.isoformat(),
        "last_day_on": _last_day(claim, closes_at),
        "last_minute_at": (closes_at - timedelta(minutes=1)).isoformat(),
    }


def item_names(claim: Claim) -> list[str]:
    """Return what is claimed, in the active language; a subscription is named by its ID."""
    return [item_name(item) for item in claim.items.all()]


def item_name(item: ClaimedProduct | Association) -> str:
    """Return the name of one item, in the active language."""
    if item.subscription is None:
        return str(item.product)
    return _("%(product)s, subscription %(id)s") % {"product": item.product, "id": item.subscription.subscription_id}


def end_of_local_day(claim: Claim, now: datetime) -> datetime:
    """Return the midnight that ends *now*'s day in the window's zone."""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    return first_instant(now.astimezone(zone).date() + ONE_DAY, zone=zone)


def contact_of(claim: Claim, kind: ContactKind) -> Contact:
    """Return the contact of this kind, without a query where the contacts were fetched; raise Contact.DoesNotExist."""
    for contact in claim.contacts.all():
        if contact.kind == kind:
            return contact
    raise Contact.DoesNotExist(kind)


def technical_contact(claim: Claim) -> Contact | None:
    """Return the technical contact of a claim that needs one."""
    return claim.contacts.filter(kind=ContactKind.TECHNICAL).first() if claim.claims_dynamics_365 else None


def subscription_claimable(watch: SubscriptionWatch, *, now: datetime) -> None:
    """Tells who watched a subscription, in a notice and a mail, that it can be claimed."""
    claim, watcher = watch.claim, watch.watcher
    locale = watcher.language or settings.LANGUAGE_CODE
    key = f"watch:{watch.pk}"
    names = {"claim_number": claim.number, "customer_name": claim.tenant.name, "product_name": watch.product.name}
    noticeboard.post(
        key=key, users=[watcher], kind="subscription_claimable", context=names, url=_claim_path(claim), now=now
    )
    outbox.enqueue(
        key=key,
        template="subscription_claimable",
        to=[watcher.email],
        context=names | {"claim_url": _url("claim_detail", claim.public_id)},
        locale=locale,
        now=now,
    )


def _to_partner(claim: Claim, template: str, *, key: str, now: datetime, more: dict[str, Any] | None = None) -> None:
    _to_partners([claim], template, key=key, more=more or {}, now=now)


def _to_partners(claims: Iterable[Claim], template: str, *, key: str, now: datetime, more: dict[str, Any]) -> None:
    """Queue one mail to the partner of each of *claims*, and put what must be known on the noticeboard too."""
    told = list(claims)
    outbox.enqueue_all([_partners_mail(claim, template, key=key, more=more, now=now) for claim in told])
    if template in NOTICES:
        people = people_at_each({claim.location for claim in told}, roles=NOTICED_ROLES)
        noticeboard.post_all(
            notice
            for claim in told
            for notice in _notices(claim, template, key=key, facts=more, users=people[claim.location_id], now=now)
        )


def _partners_mail(claim: Claim, template: str, *, key: str, now: datetime, more: dict[str, Any]) -> OutboxEmail:
    submitter, locale = claim.submitted_by, _partners_language(claim)
    contact = contact_of(claim, ContactKind.PARTNER)
    addresses = [contact.email, submitter.email if submitter else contact.email]
    return outbox.compose(
        key=f"claim:{claim.pk}:{key}",
        template=template,
        to=_once(addresses),
        context=_facts(claim, language=locale) | {"claim_url": settings.PORTAL_URL + _claim_path(claim)} | more,
        locale=locale,
        now=now,
    )


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
        url=_claim_path(claim),
        now=now,
        due_at=claim.answer_due_at if kind in WITH_ANSWER_DUE else None,
        is_mandatory=kind in MANDATORY_NOTICES,
    )


def _to_customer(
    claim: Claim, template: str, *, key: str, reader: tuple[str, str], more: dict[str, Any], now: datetime
) -> None:
    """Queue one mail for *reader*: an address and the language it is written in."""
    to, locale = reader
    facts = _facts(claim, language=locale) | more
    outbox.enqueue(key=f"claim:{claim.pk}:{key}", template=template, to=[to], context=facts, locale=locale, now=now)


def _facts(claim: Claim, *, language: str) -> dict[str, Any]:
    """Return what every message about *claim* may say, labels in *language*."""
    partner_contact = contact_of(claim, ContactKind.PARTNER)
    with translation.override(language):
        return {
            "claim_number": claim.number,
            "claim_name": claim.name,
            "partner_name": claim.partner.name,
            "mpn_id": claim.location.mpn_id,
            "partner_contact_name": partner_contact.name,
            "partner_contact_email": partner_contact.email,
            "customer_name": claim.tenant.name,
            "domain_name": claim.domain_name,
            "tenant_id": str(claim.tenant.tenant_id),
            "solution_area": claim.get_solution_area_display(),
            "activities": [str(activity.label) for activity in claim.activities],
            "items": item_names(claim),
            "is_revenue": claim.claims_revenue,
            "reasons": claim.reasons,
            "business_days": claim.opt_out_business_days,
            "zone": claim.window_zone,
            "customers_url": settings.PORTAL_URL + _path_to_customers_page(),
        }


def _review_due(claim: Claim) -> dict[str, str | None]:
    """Return until when the reviewers owe the next step."""
    return {"review_due_at": _iso(claim.review_due_at), "review_due_on": _last_day(claim, claim.review_due_at)}


def _desk_url(claim: Claim) -> str:
    return _url("admin:associations_claim_change", claim.pk)


def _claim_path(claim: Claim) -> str:
    return _path_to_any_claim().replace(str(NOBODYS_ID), str(claim.public_id))


@cache
def _path_to_any_claim() -> str:
    """Return the path of a claim that is none: to reverse it for each claim of a batch takes long."""
    return reverse("claim_detail", args=[NOBODYS_ID])


@cache
def _path_to_customers_page() -> str:
    return reverse("customers_page")


def _invitation_key(member: PartnerMember) -> str:
    return f"member:{member.pk}:invitation"


def _access_request_key(user: User) -> str:
    return f"access-request:{user.pk}:"


def _bounced_key(notice: CustomerNotice) -> str:
    return f"notice:{notice.number}:bounced"


def _partners_language(claim: Claim) -> str:
    submitter = claim.submitted_by
    return (submitter.language if submitter else "") or settings.LANGUAGE_CODE


def _label(choice: TextChoices, *, language: str) -> str:
    with translation.override(language):
        return str(choice.label)


def _url(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"


def _once(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(address.lower() for address in addresses))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _last_day(claim: Claim, closes_at: datetime | None) -> str | None:
    """Return the last whole day before an exclusive end, in the window's zone."""
    if closes_at is None:
        return None
    return last_day(closes_at, zone=zone_for(claim.tenant.country, claim.window_zone)).isoformat()
