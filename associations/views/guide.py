"""**Program guide**: what can be claimed now, what changed, what will change, and the open drafts that it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from associations.choices import ClaimStatus
from associations.models import Claim
from associations.services.guide.effects import DraftEffect, effects_on, with_answers
from associations.views.actor import signed_in
from associations.views.zones import in_own_zone
from guides.comparison import Difference, differences
from guides.editions import Activity, Area, Edition, Product, edition_of, portal_day
from guides.models import ProgramGuide

# The newest drafts; more of one person are rare, and each is compared with every edition to come.
DRAFTS_COMPARED = 200


@dataclass(frozen=True, kw_only=True)
class ShownActivity:
    """An activity with the products that can be claimed for it."""

    activity: Activity
    products: Sequence[Product]


@dataclass(frozen=True, kw_only=True)
class ShownArea:
    """A solution area with its activities."""

    area: Area
    activities: Sequence[ShownActivity]


@dataclass(frozen=True, kw_only=True)
class EditionChange:
    """An edition, what it changes of the one before, and the open drafts that this touches."""

    edition: Edition
    before: Edition
    differences: Sequence[Difference]
    drafts: Sequence[DraftEffect] = ()


@require_safe
@in_own_zone
def program_guide(request: HttpRequest) -> HttpResponse:
    """The edition in force, the step that led to it, and the steps to come."""
    today = portal_day(timezone.now())
    published = list(ProgramGuide.objects.in_order())
    past = [guide for guide in published if guide.valid_from and guide.valid_from <= today]
    begun = [edition_of(guide) for guide in past[-2:]]
    if not begun:
        raise Http404
    drafts = Claim.objects.visible_to(signed_in(request)).filter(status=ClaimStatus.DRAFT).order_by("-pk")
    to_come = [edition_of(guide) for guide in published[len(past) :]]
    context = {
        "edition": begun[-1],
        "areas": areas_of(begun[-1]),
        "last_step": step(*begun) if len(begun) == 2 else None,
        "steps": steps_between([begun[-1], *to_come], list(with_answers(drafts)[:DRAFTS_COMPARED])),
    }
    return render(request, "guides/program_guide.html", context)


def areas_of(edition: Edition) -> list[ShownArea]:
    """Return each solution area with its activities and their products."""
    return [
        ShownArea(
            area=area,
            activities=[
                ShownActivity(activity=activity, products=edition.products_for(activity.code))
                for activity in edition.activities_in(area.code)
            ],
        )
        for area in edition.areas
    ]


def step(before: Edition, after: Edition, *, drafts: Sequence[Claim] = ()) -> EditionChange:
    """Return what *after* changes of *before*, and which of *drafts* it touches."""
    return EditionChange(
        edition=after,
        before=before,
        differences=differences(before, after),
        drafts=effects_on(drafts, before=before, after=after),
    )


def steps_between(editions: Sequence[Edition], drafts: Sequence[Claim]) -> list[EditionChange]:
    """Return the step from each of *editions* to the one after it."""
    return [step(before, after, drafts=drafts) for before, after in pairwise(editions)]
