"""Lists every request that names one address, with its state and a link to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.text.readable import domain_in_full
from associations import emails
from associations.choices import OfficialBy
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.shown_status import ShownStatus
from associations.services.customer.answer import can_approve
from associations.status_words.claim_status import LABELS
from associations.templatetags.dates import weekday
from associations.views.customer.content import closes_at, outcome_of, zone_of
from associations.wording.customer_period import answer_in_words

MOST_NOTICES = 300


@dataclass(frozen=True)
class RequestLine:
    """One request as the page lists it; *url* is empty where its reader can't answer any more."""

    claim: Claim
    domain: str
    products: Sequence[str]
    status: str
    label: str
    sentences: Sequence[str]
    url: str
    url_label: str


@dataclass(frozen=True)
class RequestSection:
    """Requests of one kind, below a heading."""

    title: str
    lines: Sequence[RequestLine]


def sections_of(address: str, *, now: datetime) -> list[RequestSection]:
    """Return the open requests, the active associations and the closed requests that name *address*."""
    notices = newest_for_each_claim(address)
    is_open = [notice for notice in notices if notice.claim.status in lifecycle.UNDECIDED]
    active = [notice for notice in notices if is_official(notice.claim)]
    over = [notice for notice in notices if notice not in is_open and notice not in active]
    kinds = ((_("Open requests"), is_open), (_("Active associations"), active), (_("Closed requests"), over))
    return [RequestSection(title, [line_of(notice, now=now) for notice in found]) for title, found in kinds if found]


def newest_for_each_claim(address: str) -> list[CustomerNotice]:
    """Return the newest notice to *address* about each claim, the newest claim first."""
    notices = CustomerNotice.objects.sent_to(address).select_related("claim__partner", "claim__tenant")
    told = notices.prefetch_related("claim__items__product", "claim__items__subscription")
    newest: dict[int, CustomerNotice] = {}
    for notice in told.order_by("-claim_id", "-number")[:MOST_NOTICES]:
        newest.setdefault(notice.claim_id, notice)
    return list(newest.values())


def is_official(claim: Claim) -> bool:
    return claim.shown_status is ShownStatus.OFFICIAL


def line_of(notice: CustomerNotice, *, now: datetime) -> RequestLine:
    """Return what the page says about the claim of *notice*, in the time of the customer."""
    claim = notice.claim
    shown = status_for_customers(claim, now=now)
    with timezone.override(zone_of(claim)):
        sentences = [answer_in_words(notice), state_in_words(notice, now=now)]
    return RequestLine(
        claim=claim,
        domain=domain_in_full(claim.domain_name),
        products=emails.item_names(claim),
        status=shown.value,
        label=str(LABELS[shown]),
        sentences=[sentence for sentence in sentences if sentence],
        url="" if notice.revoked_at else reverse("request_open", args=[notice.pk]),
        url_label=_("Open the association") if is_official(claim) else _("Open the request"),
    )


def status_for_customers(claim: Claim, *, now: datetime) -> ShownStatus:
    """Return the status that partners read too, but for a question to the partner, which the customer can't act on."""
    if claim.shown_status is not ShownStatus.ACTION_REQUIRED:
        return claim.shown_status
    is_running = claim.opt_out_closes_at is not None and now < claim.opt_out_closes_at
    return ShownStatus.OPT_OUT_PERIOD if is_running else ShownStatus.ON_HOLD


def official_in_words(claim: Claim) -> str:
    """Return since when an association is official, and by which consent (domain.md D24)."""
    if claim.closed_at is None:
        return _("The association is official. You can end it at any time.")
    since = {"day": weekday(claim.closed_at.astimezone(zone_of(claim)))}
    if claim.official_by == OfficialBy.APPROVAL:
        return _("Official since %(day)s, by approval. You can end the association at any time.") % since
    return _("Official since %(day)s, because nobody opted out. You can end the association at any time.") % since


def state_in_words(notice: CustomerNotice, *, now: datetime) -> str:
    """Return the state of the request for the contact of *notice*."""
    claim = notice.claim
    if notice.revoked_at and claim.status in lifecycle.UNDECIDED:
        return _("Another contact of your organization was asked instead. You don't need to do anything.")
    if is_official(claim):
        return official_in_words(claim)
    if not can_approve(notice):
        return outcome_of(notice, is_official=False)
    last_minute = closes_at(notice).astimezone(zone_of(claim)) - timedelta(minutes=1)
    facts = {"day": weekday(last_minute), "zone": date_format(last_minute, "T")}
    if closes_at(notice) <= now:
        return (
            _(
                "The time to answer was until the end of %(day)s (%(zone)s). "
                "The association is not official yet, so you can still answer."
            )
            % facts
        )
    return (
        _(
            "You can approve or opt out until the end of %(day)s (%(zone)s). "
            "If this is correct you don't need to do anything."
        )
        % facts
    )
