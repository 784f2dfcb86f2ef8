"""Enrolment in the incentive programs of activities, and the rules that are fixed when a claim is submitted."""

from collections.abc import Iterable

from associations.calendars import zone_for
from associations.choices import EnrolmentStatus
from associations.models import Claim, LocationEnrolment
from guides.editions import Activity

# What `fix_rules` fixes.
FIXED_RULES = ("requires_validation", "opt_out_business_days", "window_zone", "contact_policy")


def is_enrolled(location_id: int, activities: Iterable[Activity]) -> bool:
    """Return whether the location is enrolled in the program of each of *activities* that pays (domain.md 2.2)."""
    programs = {activity.program for activity in activities if activity.pays}
    enrolments = LocationEnrolment.objects.filter(location=location_id, status=EnrolmentStatus.ENROLLED)
    return not programs or enrolments.filter(program__code__in=programs).count() == len(programs)


def fix_rules(claim: Claim) -> None:
    """Fix the window's length and zone and the need for validation and for a confirmed contact (domain.md D2, D18).

    The sweep reads them under the claim's lock.
    """
    rules = claim.rules
    claim.requires_validation = rules.needs_validation
    claim.opt_out_business_days = rules.opt_out_business_days
    claim.contact_policy = rules.contact_policy
    claim.window_zone = zone_for(claim.tenant.country, claim.tenant.time_zone).key
