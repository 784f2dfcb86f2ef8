"""What a notice's page tells about its request, in the words of the notice's mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from associations import emails
from associations.calendars import zone_for
from associations.choices import ClaimStatus, ContactKind, NoticeAnswer, OptOutReason
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.templatetags.dates import minute

Rows = list[dict[str, Any]]


def facts_of(claim: Claim) -> Rows:
    """Return the rows of `components/facts.html` that say who asks for what."""
    contact = emails.contact_of(claim, ContactKind.PARTNER)
    return [
        {"label": _("Partner"), "value": claim.partner.name},
        {"label": _("MPN ID"), "value": claim.location.mpn_id, "mono": True},
        {"label": _("Contact person at the partner"), "lines": [contact.name, contact.email]},
        {"label": _("Your organisation"), "value": claim.tenant.name},
        {"label": _("Domain name"), "value": claim.domain_name},
        {"label": _("Tenant ID (directory ID)"), "value": str(claim.tenant.tenant_id), "mono": True},
        {"label": _("Solution area"), "value": claim.get_solution_area_display()},
        {"label": _("Activity"), "lines": [activity.label for activity in claim.activities]},
        {"label": _("Products"), "lines": emails.item_names(claim)},
        {"label": _("Claim number"), "value": claim.number},
    ]


def closes_at(notice: CustomerNotice) -> datetime:
    """Return the end of the window, exclusive: as stored, or before it opens as the notice's mail says it."""
    return notice.closes_at or datetime.fromisoformat(notice.email.context["closes_at"])


def zone_of(claim: Claim) -> ZoneInfo:
    """Return the zone in which the customer is told the time."""
    return zone_for(claim.tenant.country, claim.window_zone)


def facts_to_check(notice: CustomerNotice, typed: Mapping[str, Any]) -> Rows:
    """Return the rows of the check page: what the answer does, and what was typed."""
    partner, is_opt_out = notice.claim.partner.name, typed["answer"] == NoticeAnswer.OPTED_OUT
    approve = _("You approve that %(partner)s is associated with %(domain)s.")
    opt_out = _("You opt out: %(partner)s shall not be associated with %(domain)s.")
    words = {"partner": partner, "domain": notice.claim.domain_name}
    rows: Rows = [
        {"label": _("Your answer"), "value": (opt_out if is_opt_out else approve) % words},
        {"label": _("Products"), "lines": emails.item_names(notice.claim)},
        {"label": _("Your full name"), "value": typed["name"]},
    ]
    return rows + (_reason(typed["reason"], typed["text"]) if is_opt_out else [])


def recorded_facts(notice: CustomerNotice) -> Rows:
    """Return the rows of the receipt: the number of the claim, what was answered, when and by whom."""
    claim = notice.claim
    rows: Rows = [
        {"label": _("Claim number"), "value": claim.number},
        {"label": _("Partner"), "value": claim.partner.name},
        {"label": _("Domain name"), "value": claim.domain_name},
        {"label": _("Products"), "lines": emails.item_names(claim)},
        {"label": _("Answer"), "value": notice.get_answer_display()},
        {
            "label": _("Answered"),
            "value": minute(notice.answered_at.astimezone(zone_of(claim))) if notice.answered_at else "",
        },
        {"label": _("Answered by"), "value": notice.answered_by_name},
    ]
    return rows + (_reason(notice.answer_reason, notice.answer_text) if notice.answer_reason else [])


def outcome_of(notice: CustomerNotice, *, is_official: bool) -> str:
    """Return one sentence that says how the request stands now."""
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
        sentence = _(
            "The partner withdrew the request, or Microsoft refused it. You don't need to do anything. "
            "It gives %(partner)s no access to your data."
        )
    return sentence % {"partner": claim.partner.name}


def _reason(code: str, text: str) -> Rows:
    rows: Rows = [{"label": _("Reason for the opt-out"), "value": OptOutReason(code).label}]
    return [*rows, {"label": _("Message to the partner and to Microsoft"), "value": text}] if text else rows
