"""Finds the incentive programs of a claim's activities, and copies their rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from associations.calendars import zone_for
from associations.choices import (
    ContactPolicy,
    EnrolmentStatus,
)
from associations.models import Claim, IncentiveProgram, LocationEnrolment

# What `copy_program_rules` fixes.
PROGRAM_RULES = ("requires_validation", "opt_out_business_days", "window_zone", "contact_policy")


@dataclass(frozen=True)
class ClaimProgram:
    """One incentive program of a claim's activities, and whether the claim's location is enrolled in it."""

    program: IncentiveProgram
    has_enrolment: bool


def programs_of(location_id: int, activities: Iterable[str]) -> list[ClaimProgram]:
    """Return the programs of the activities with these codes, each with whether the location is enrolled in it."""
    enrolment = LocationEnrolment.objects.filter(
        location=location_id, status=EnrolmentStatus.ENROLLED, program=OuterRef("pk")
    )
    programs = IncentiveProgram.objects.filter(activity__in=activities).annotate(has_enrolment=Exists(enrolment))
    return [ClaimProgram(program=program, has_enrolment=program.has_enrolment) for program in programs]


def is_enrolled(programs: Iterable[ClaimProgram]) -> bool:
    """Return whether the location is enrolled in every one of *programs* that pays (domain.md 2.2)."""
    return all(each.has_enrolment or not each.program.is_paid for each in programs)


def copy_program_rules(claim: Claim, *, programs: Sequence[ClaimProgram]) -> None:
    """Fix the window's length and zone and the need for validation and for a confirmed contact (domain.md D2, D18).

    A later change of the programs moves no open claim. The strictest of them counts.
    """
    claim.requires_validation = any(each.program.requires_validation for each in programs)
    claim.opt_out_business_days = max(each.program.opt_out_business_days for each in programs)
    claim.contact_policy = contact_policy_of(programs)
    claim.window_zone = zone_for(claim.tenant.country, claim.tenant.time_zone).key


def contact_policy_of(programs: Iterable[ClaimProgram]) -> ContactPolicy:
    """Return what becomes of a claim whose contact isn't confirmed: held, if one of its *programs* says so."""
    is_held = any(each.program.contact_policy == ContactPolicy.HOLD for each in programs)
    return ContactPolicy.HOLD if is_held else ContactPolicy.ALLOW
