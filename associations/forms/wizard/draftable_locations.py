"""Finds the locations where a person can draft claims, once per request."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from associations.choices import EnrolmentStatus
from associations.models import Claim, LocationEnrolment, PartnerLocation, locations_open_to
from associations.models.partners import CLAIM_EDITORS
from guides.editions import edition_in_force


@dataclass(frozen=True)
class Places:
    """The locations for which a person may draft, and which of them are enrolled in a program that pays."""

    locations: tuple[PartnerLocation, ...]
    enrolled: frozenset[int]


def places_open_to(user: User, *, now: datetime, claim: Claim | None = None) -> Places:
    """Return the person's places, those of the claim's company once there is a *claim*, in three queries."""
    open_to = locations_open_to(user, roles=CLAIM_EDITORS).select_related("partner")
    if claim is not None:
        open_to = open_to.filter(partner=claim.partner_id)
    locations = tuple(open_to.order_by("mpn_id"))
    edition = edition_in_force(now=now) if claim is None else claim.edition
    paying = {activity.program for activity in edition.activities if activity.pays}
    enrolled = LocationEnrolment.objects.filter(status=EnrolmentStatus.ENROLLED, program__code__in=paying)
    return Places(locations, frozenset(enrolled.filter(location__in=locations).values_list("location_id", flat=True)))
