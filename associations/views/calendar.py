"""The dates to come in the person's own calendar: a secret address to subscribe to, and a file for one claim."""

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.models import User
from associations import links
from associations.icalendar import Day, calendar_of
from associations.models import Association, CalendarFeed, Claim
from associations.models.claims import ClaimQuerySet
from associations.models.partners import ClaimScope, claim_scope_of
from associations.rules.subscriptions import renewable_until
from associations.services.calendar_feeds import NoSuchFeed, owner_of, renew_feed, revoke_feed
from associations.views.due_dates import due_dates_of, ending, running
from associations.views.moments import in_own_zone, zone_of_person
from associations.views.people import signed_in


@never_cache
@require_safe
@in_own_zone
def calendar(request: HttpRequest) -> HttpResponse:
    """Say what the calendar address is, and whether the person has one."""
    return calendar_page(request)


@never_cache
@require_POST
@in_own_zone
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """Make a new calendar address and show it, this once."""
    token = renew_feed(signed_in(request), now=timezone.now())
    return calendar_page(request, address=settings.PORTAL_URL + reverse("calendar_feed", args=[token]))


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """Let the calendar address lead nowhere."""
    revoke_feed(signed_in(request))
    messages.info(request, _("The calendar address no longer works."))
    return redirect("calendar")


@login_not_required
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a calendar program that has the secret address with what its owner may see now, in their language."""
    now = timezone.now()
    # By the link, not by the network address: calendar services ask for many people from one.
    if wait := limits.seconds_to_wait("calendar", links.digest(token), now=now):
        return limits.with_wait(HttpResponse(status=429), seconds=wait)
    try:
        owner = owner_of(token)
    except NoSuchFeed:
        return HttpResponseNotFound(content_type="text/plain")
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
        yield day_of(claim, "subscription", on=vars(claim)["next_end"], what=what, until=advice)


def days_ending_without_a_claim(scope: ClaimScope, *, now: datetime) -> Iterable[Day]:
    """Yield the day on which the subscription of each existing association in *scope* ends, if that is soon."""
    own = Association.objects.active().without_a_claim().filter(partner__in=scope.whole)
    ending = own.filter(subscription__ends_on__lte=renewable_until(now)).annotate(ends_on=F("subscription__ends_on"))
    for held in ending.select_related("tenant", "product").order_by("ends_on", "pk"):
        yield Day(
            uid=f"association-{held.pk}-subscription@{urlsplit(settings.PORTAL_URL).hostname}",
            on=vars(held)["ends_on"],
            summary=f"{_('Subscription ends')}: {held.tenant.name} ({held.product})",
            description=_("The association ends with its subscription."),
            url=settings.PORTAL_URL + reverse("migrated_detail", args=[held.pk]),
        )


def day_of(claim: Claim, kind: str, *, on: date, what: str, until: str) -> Day:
    """Return one date of *claim* as a calendar shows it."""
    customer = claim.tenant.name or claim.domain_name
    return Day(
        uid=f"{claim.public_id}-{kind}@{urlsplit(settings.PORTAL_URL).hostname}",
        on=on,
        summary=f"{what}: {customer} ({claim.number})",
        description="\n".join(filter(None, (claim.name, f"{customer}, {claim.domain_name}", until))),
        url=settings.PORTAL_URL + reverse("claim_detail", args=[claim.public_id]),
    )


def calendar_page(request: HttpRequest, *, address: str = "") -> HttpResponse:
    """Return the page about the person's calendar address; *address* is known only when it was made just now."""
    feed = CalendarFeed.objects.filter(user=signed_in(request)).first()
    web = f"webcal://{address.partition('://')[2]}" if address else ""
    return render(request, "associations/calendar.html", {"feed": feed, "address": address, "webcal_address": web})


def calendar_file(days: list[Day], *, name: str, now: datetime) -> HttpResponse:
    """Return *days* as an answer that nobody keeps or indexes."""
    content = calendar_of(days, name=name, now=now)
    headers = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
