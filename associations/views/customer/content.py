"""Says on the customer's pages what the claim asks for, in the words of the notice's email."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import language_choices
from accounts.text.readable import address_in_full, domain_in_full, masked_address
from associations import emails
from associations.calendars import zone_for
from associations.choices import ClaimStatus, ContactKind, NoticeAnswer, OptOutReason
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.customer.closing import ClosedBy, closed_by
from associations.rules.customer.hand_over import NoHandOver
from associations.services.deadlines import end_of_customer_business_days
from associations.templatetags.dates import minute
from associations.wording.counted_days import Explanation, explanation_of
from associations.wording.facts import Fact

CLOSED: dict[ClosedBy, Promise] = {
    ClosedBy.WITHDRAWAL: gettext_lazy(
        "%(partner)s withdrew the request. You don't need to do anything. It gives %(partner)s no access to your data."
    ),
    ClosedBy.OTHER_PARTNER: gettext_lazy(
        "Microsoft preferred another partner for these products. You don't need to do anything. "
        "The request gives %(partner)s no access to your data."
    ),
    ClosedBy.NO_REPLY: gettext_lazy(
        "Microsoft rejected the request, because %(partner)s didn't answer a question in time. "
        "You don't need to do anything. It gives %(partner)s no access to your data."
    ),
    ClosedBy.REJECTION: gettext_lazy(
        "Microsoft rejected the request. You don't need to do anything. It gives %(partner)s no access to your data."
    ),
}
NOT_HANDED_OVER: dict[NoHandOver, Promise] = {
    NoHandOver.WINDOW_ENDED: gettext_lazy(
        "The opt-out period has ended, so the request can't be handed over to a colleague."
    ),
    NoHandOver.TOO_MANY: gettext_lazy("The request was handed over twice, so it can't be handed over again."),
}


def request_facts(claim: Claim) -> list[Fact]:
    """Return which partner asks for which association."""
    contact = emails.contact_of(claim, ContactKind.PARTNER)
    return [
        Fact(_("Partner"), claim.partner.name),
        Fact(_("MPN ID"), claim.location.mpn_id, mono=True),
        Fact(_("Contact person at the partner"), lines=[contact.name, address_in_full(contact.email)]),
        Fact(_("Your organization"), claim.tenant.name),
        Fact(_("Domain name"), domain_in_full(claim.domain_name)),
        Fact(_("Tenant ID (directory ID)"), str(claim.tenant.tenant_id), mono=True),
        Fact(_("Solution area"), claim.edition.area_name(claim.solution_area)),
        Fact(_("Activity"), lines=[str(activity.name) for activity in claim.activities]),
        Fact(_("Products"), lines=emails.item_names(claim)),
        Fact(_("Claim number"), claim.number),
    ]


def closes_at(notice: CustomerNotice) -> datetime:
    """Return the end of the window, exclusive: as stored, or before it opens as the notice promises it."""
    # The version before the column stored no promise: it named the end of the same business days.
    return (
        notice.closes_at
        or notice.promised_closes_at
        or end_of_customer_business_days(notice.claim, notice.queued_at, days=notice.claim.opt_out_business_days)
    )


def explanation_for(notice: CustomerNotice) -> Explanation:
    """Return how the end of the window was computed: from when the notice arrived or, before that, was queued."""
    return explanation_of(notice.claim, opens_at=notice.opens_at or notice.queued_at, closes_at=closes_at(notice))


def zone_of(claim: Claim) -> ZoneInfo:
    """Return the time zone of the customer's pages."""
    return zone_for(claim.tenant.country, claim.window_zone)


def facts_to_check(notice: CustomerNotice, typed: Mapping[str, Any]) -> list[Fact]:
    """Return what the check page shows: what the answer does, and what was typed."""
    partner, is_opt_out = notice.claim.partner.name, typed["answer"] == NoticeAnswer.OPTED_OUT
    approve = _("You approve that %(partner)s is associated with %(domain)s.")
    opt_out = _("You're opting out. %(partner)s won't be associated with %(domain)s.")
    words = {"partner": partner, "domain": domain_in_full(notice.claim.domain_name)}
    facts = [
        Fact(_("Your answer"), (opt_out if is_opt_out else approve) % words),
        Fact(_("Products"), lines=emails.item_names(notice.claim)),
        Fact(_("Your full name"), typed["name"]),
    ]
    return facts + _reason_and_message(typed["reason"] if is_opt_out else "", typed["text"])


def colleague_to_check(notice: CustomerNotice, typed: Mapping[str, Any]) -> list[Fact]:
    """Return what the check page of a hand-over shows: who is asked instead, and what was typed."""
    languages = dict(language_choices())
    facts = [
        Fact(_("Your answer"), _("You're not the right person. A new notice asks your colleague instead.")),
        Fact(
            _("Your colleague"),
            lines=[typed["colleague_name"], typed["colleague_title"], address_in_full(typed["colleague_email"])],
        ),
        Fact(_("Language of the notice"), str(languages[typed["colleague_language"]])),
        Fact(_("Products"), lines=emails.item_names(notice.claim)),
        Fact(_("Your full name"), typed["name"]),
    ]
    return facts + _reason_and_message("", typed["text"])


def handed_over_to(notice: CustomerNotice) -> str:
    """Return the masked address of the colleague to whom the request of *notice* was handed over."""
    colleague = notice.claim.notices.filter(number=notice.number + 1).first()
    return masked_address(colleague.contact_email) if colleague else ""


def why_not_handed_over(reason: NoHandOver | None) -> str:
    """Return in one sentence why an open request can't be handed over; nothing where that needs no words."""
    return str(NOT_HANDED_OVER.get(reason, "")) if reason else ""


def receipt_facts(notice: CustomerNotice) -> list[Fact]:
    """Return what the receipt shows: the number of the claim, what was answered, when and by whom."""
    claim = notice.claim
    facts = [
        Fact(_("Claim number"), claim.number),
        Fact(_("Partner"), claim.partner.name),
        Fact(_("Domain name"), domain_in_full(claim.domain_name)),
        Fact(_("Products"), lines=emails.item_names(claim)),
        Fact(_("Answer"), notice.get_answer_display()),
        *_colleague_of(notice),
        Fact(_("Answered"), minute(notice.answered_at.astimezone(zone_of(claim))) if notice.answered_at else ""),
        Fact(_("Answered by"), answered_by(notice)),
    ]
    return facts + _reason_and_message(notice.answer_reason, notice.answer_text)


def answered_by(notice: CustomerNotice) -> str:
    """Return who gave the answer: a reviewer recorded what was written by email."""
    if notice.answer_reason == OptOutReason.WRITTEN:
        return _("Recorded by a Microsoft reviewer from an email")
    return notice.answered_by_name


def outcome_of(notice: CustomerNotice, *, is_official: bool) -> str:
    """Return one sentence about the state of the request."""
    claim = notice.claim
    if is_official:
        return _("The association is official.")
    if claim.status in lifecycle.UNDECIDED:
        return _("The association becomes official as soon as Microsoft has finished checking the claim.")
    if claim.status == ClaimStatus.APPROVED:
        sentence = _("The association has ended. It gives %(partner)s no more access to your data.")
    elif notice.answer == NoticeAnswer.OPTED_OUT:
        sentence = _("The claim is declined: it gives %(partner)s no access to your data. The partner is informed.")
    else:
        sentence = str(CLOSED[closed_by(claim.status, claim.reason_codes)])
    return sentence % {"partner": claim.partner.name}


def _colleague_of(notice: CustomerNotice) -> list[Fact]:
    """Return the colleague to whom the request was handed over, if any."""
    is_handed_over = notice.answer == NoticeAnswer.HANDED_OVER
    return [Fact(_("Handed over to"), handed_over_to(notice))] if is_handed_over else []


def _reason_and_message(code: str, text: str) -> list[Fact]:
    """Return the reason, which only an opt-out has, and the message, which is optional; nothing for what is empty."""
    reason = str(OptOutReason(code).label) if code else ""
    said = [(_("Reason for the opt-out"), reason), (_("Message to the partner and to Microsoft"), text)]
    return [Fact(label, value) for label, value in said if value]
