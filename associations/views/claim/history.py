"""A claim's History: page by page, whole on paper, and whole as CSV (domain.md 6.3)."""

from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from associations import emails
from associations.models import Claim, ClaimEvent
from associations.pagination import page_of
from associations.status_words.claim_status import status_in_words
from associations.views.actor import signed_in
from associations.views.claim.history_lines import HistoryLine, lines_of
from associations.views.csv_response import csv_response
from associations.views.zones import in_own_zone, zone_of_person
from notifications.models import OutboxEmail

EVENTS_A_PAGE = 50
EVENTS_A_BATCH = 500
MAILS_SHOWN = 100


@require_safe
@in_own_zone
def claim_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """**History**: everything that happened to the claim by either side and by itself, newest first."""
    user = signed_in(request)
    claim = find_visible_claim(user, public_id)
    page = page_of(claim.events.select_related("actor"), asked=request.GET, size=EVENTS_A_PAGE)
    context = {
        "claim": claim,
        "status": status_in_words(claim, now=timezone.now()),
        "lines": lines_of(claim, page.rows, reader=user),
        "mails": mails_about(claim),
        "newer_url": f"{request.path}?after={page.newer}" if page.newer else "",
        "older_url": f"{request.path}?before={page.older}" if page.older else "",
    }
    return render(request, "associations/history.html", context)


@require_safe
@in_own_zone
def claim_history_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole History on one page, to be printed."""
    claim = find_visible_claim(signed_in(request), public_id)
    events = claim.events.select_related("actor").order_by("-pk")
    context = {
        "claim": claim,
        "status": status_in_words(claim, now=timezone.now()),
        "lines": lines_of(claim, list(events), reader=None),
        "mails": mails_about(claim),
        "printed_at": timezone.now(),
    }
    return render(request, "associations/history_print.html", context)


@require_safe
def claim_history_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The whole History as a CSV file, newest first, in the words and the zone of the page, people by name."""
    user = signed_in(request)
    claim = find_visible_claim(user, public_id)
    head = (_("When"), _("Who"), _("What happened"), _("Status"), _("Details"))
    language, zone = translation.get_language() or settings.LANGUAGE_CODE, zone_of_person(user)
    lines = whole_history(claim, zone=zone, language=language)
    rows = (row_of(line, zone=zone) for line in lines)
    return csv_response(request, name=f"{claim.number}-history.csv", head=head, rows=rows)


def find_visible_claim(user: User, public_id: UUID) -> Claim:
    """Return the claim if *user* may see it; raise Http404."""
    claim = Claim.objects.visible_to(user).select_related("tenant").filter(public_id=public_id).first()
    if claim is None:
        raise Http404
    return claim


def mails_about(claim: Claim) -> list[OutboxEmail]:
    """Return what partner and customer were mailed about the claim, newest first; what reviewers got is theirs."""
    return list(
        OutboxEmail.objects.accepted(f"claim:{claim.pk}:").exclude(template__in=emails.TO_REVIEWERS)[:MAILS_SHOWN]
    )


def whole_history(claim: Claim, *, zone: ZoneInfo, language: str) -> Iterator[HistoryLine]:
    """Yield every line of the History, newest first, some hundred events at a time."""
    events = claim.events.select_related("actor").order_by("-pk").iterator(chunk_size=EVENTS_A_BATCH)
    while batch := list(islice(events, EVENTS_A_BATCH)):
        yield from _in_words(claim, batch, zone=zone, language=language)


def _in_words(claim: Claim, events: Sequence[ClaimEvent], *, zone: ZoneInfo, language: str) -> list[HistoryLine]:
    # A response is streamed after the view has returned, when its language and zone are no longer active.
    with translation.override(language), timezone.override(zone):
        return lines_of(claim, events, reader=None)


def row_of(line: HistoryLine, *, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the cells of one line, its instant in the *zone* and with its offset."""
    at = line.at.astimezone(zone).isoformat(timespec="seconds")
    return (at, line.actor, line.text, line.status_label, line.note)
