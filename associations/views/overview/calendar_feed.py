"""The dates to come in the person's own calendar: a secret address to subscribe to, and a file for one claim."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import rate_limits
from accounts.kept_input.encryption import seal, unseal
from accounts.models import User
from accounts.post_only import post_only
from accounts.text.readable import domain_in_full
from associations import link_tokens
from associations.icalendar import Day, calendar_of
from associations.models import CalendarFeed, Claim
from associations.models.associations import with_end
from associations.models.claim_queries import ClaimQuerySet, ReadClaim
from associations.models.partners import ClaimScope, claim_scope_of
from associations.services.company.calendar_feeds import NoSuchFeed, owner_of, renew_feed, revoke_feed
from associations.views.actor import signed_in
from associations.views.overview.due_dates import due_dates_of, ending, ending_without_a_claim, running
from associations.views.zones import in_own_zone, zone_of_person

# The address made last, sealed in the session: the database keeps its fingerprint only.
MADE = "calendar address"
SHOWN = timedelta(minutes=10)
PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
@in_own_zone
def calendar(request: HttpRequest) -> HttpResponse:
    """Say what the calendar address is, whether the person has one, and for a while the one made just now."""
    return calendar_page(request)


@post_only("calendar")
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """Make a new calendar address, which the calendar's page shows for `SHOWN` in this session."""
    now = timezone.now()
    token = renew_feed(signed_in(request), now=now)
    request.session[MADE] = seal(token, purpose=MADE, now=now)
    return redirect("calendar")


@post_only("calendar")
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """Revoke the calendar address."""
    revoke_feed(signed_in(request))
    request.session.pop(MADE, None)
    messages.info(request, _("The calendar address no longer works."))
    return redirect("calendar")


@login_not_required
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a calendar program that has the secret address with what its owner may see now, in their language."""
    now = timezone.now()
    # By the link, not by the network address: calendar services ask for many people from one.
    if wait := rate_limits.count_try("calendar", link_tokens.digest(token), now=now):
        words = _("This calendar was requested too often. Try again later.")
        answer = HttpResponse(words, status=429, content_type=PLAIN)
        return rate_limits.with_wait(answer, seconds=wait)
    try:
        owner = owner_of(token)
    except NoSuchFeed:
        return HttpResponseNotFound(_("This calendar address does not work."), content_type=PLAIN)
    with translation.override(owner.language or settings.LANGUAGE_CODE), timezone.override(zone_of_person(owner)):
        return calendar_file(days_for(owner, now=now), name=_("CPOR deadlines"), now=now)


@require_safe
@in_own_zone
def claim_dates(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the dates to come of one claim as a calendar file."""
    now = timezone.now()
    claims = Claim.objects.visible_to(signed_in(request)).filter(public_id=public_id)
    claim = get_object_or_404(claims)
    days = days_of(claims, now=now)
    if not days:
        raise Http404
    response = calendar_file(days, name=claim.number, now=now)
    response.headers["Content-Disposition"] = f'attachment; filename="{claim.number}.ics"'
    return response


def days_for(user: User, *, now: datetime) -> list[Day]:
    """Return the dates to come on the claims that *user* may see, and on what no claim stands behind."""
    scope = claim_scope_of(user)
    return [*days_of(Claim.objects.within(scope), now=now), *days_ending_without_a_claim(scope, now=now)]


def days_of(claims: ClaimQuerySet, *, now: datetime) -> list[Day]:
    """Return the dates to come on *claims*: what is due, windows, disputes, and subscriptions that end."""
    return [*days_due(running(claims, now=now), now=now), *days_ending(ending(claims, now=now))]


def days_due(claims: Iterable[Claim], *, now: datetime) -> Iterable[Day]:
    """Yield the last day of what is running on each of *claims*."""
    for claim in claims:
        for due in due_dates_of(claim, now=now):
            yield day_of(claim, due.kind, on=due.deadline.last_day, what=due.what, until=due.deadline.in_words)


def days_ending(claims: Iterable[Claim]) -> Iterable[Day]:
    """Yield the day on which the subscription of each of *claims* ends."""
    for claim in claims:
        what, advice = _("Subscription ends"), _("The association ends with its subscription.")
        yield day_of(claim, "subscription", on=cast(ReadClaim, claim).next_end, what=what, until=advice)


def days_ending_without_a_claim(scope: ClaimScope, *, now: datetime) -> Iterable[Day]:
    """Yield the day on which the subscription of each existing association in *scope* ends, if that is soon."""
    for held, ends_on in with_end(ending_without_a_claim(scope, now=now)):
        yield Day(
            uid=f"association-{held.pk}-subscription@{urlsplit(settings.PORTAL_URL).hostname}",
            on=ends_on,
            summary=f"{_('Subscription ends')}: {held.tenant.name} ({held.product})",
            description=_("The association ends with its subscription."),
            url=settings.PORTAL_URL + reverse("migrated_detail", args=[held.pk]),
        )


def day_of(claim: Claim, kind: str, *, on: date, what: str, until: str) -> Day:
    """Return one date of *claim* as a calendar shows it."""
    domain_name = domain_in_full(claim.domain_name)
    customer = claim.tenant.name or domain_name
    return Day(
        uid=f"{claim.public_id}-{kind}@{urlsplit(settings.PORTAL_URL).hostname}",
        on=on,
        summary=f"{what}: {customer} ({claim.number})",
        description="\n".join(filter(None, (claim.name, f"{customer}, {domain_name}", until))),
        url=settings.PORTAL_URL + reverse("claim_detail", args=[claim.public_id]),
    )


def calendar_page(request: HttpRequest) -> HttpResponse:
    """Return the page about the person's calendar address, which is known only in the session that just made it."""
    feed = CalendarFeed.objects.filter(user=signed_in(request)).first()
    token = unseal(request.session.get(MADE), purpose=MADE, life=SHOWN, now=timezone.now()) or ""
    is_current = feed is not None and feed.token_digest == link_tokens.digest(token)
    address = settings.PORTAL_URL + reverse("calendar_feed", args=[token]) if is_current else ""
    web = f"webcal://{address.partition('://')[2]}" if address else ""
    return render(request, "associations/calendar.html", {"feed": feed, "address": address, "webcal_address": web})


def calendar_file(days: list[Day], *, name: str, now: datetime) -> HttpResponse:
    """Return *days* as an answer that nobody keeps or indexes."""
    content = calendar_of(days, name=name, now=now)
    headers = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
