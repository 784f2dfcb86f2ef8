"""Turns the signed-in person into an Actor, and says what they may start (domain.md 7, D6)."""

from typing import Protocol, cast

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from associations.job_choices import JobKind
from associations.models import Claim, PartnerLocation, PartnerMember, locations_open_to
from associations.models.claim_queries import ClaimQuerySet
from associations.models.partners import CLAIM_EDITORS, CLAIM_READERS
from associations.rules import actors
from associations.rules.actors import Actor


def signed_in(request: HttpRequest) -> User:
    """Return the person behind *request*, which the middleware has let in."""
    return cast(User, request.user)


def partner_actor(user: User, location: PartnerLocation) -> Actor:
    """Return *user* in their role for the company of *location*; raise Http404 without a role on claims there.

    Whether the location is in the person's scope was answered by the query that found the claim or the location.
    """
    member = get_object_or_404(PartnerMember, user=user, partner=location.partner_id, role__in=CLAIM_READERS)
    return actors.member_actor(user.pk, role=member.role)


class WithMemberRole(Protocol):
    """A claim of `with_member_role`."""

    member_role: str


def with_member_role(claims: ClaimQuerySet, *, user: User) -> ClaimQuerySet:
    """Return *claims*, each with the role of *user* in its company, for `member_actor`: no query of its own."""
    role = PartnerMember.objects.filter(user=user, partner=OuterRef("partner")).values("role")[:1]
    return claims.annotate(member_role=Subquery(role))


def member_actor(claim: Claim, *, user: User) -> Actor:
    """Return *user* in their role for the company of *claim*, which came through `with_member_role`."""
    return actors.member_actor(user.pk, role=cast(WithMemberRole, claim).member_role)


def may_draft(user: User) -> bool:
    """Return whether there is a location for which *user* may start a claim."""
    return locations_open_to(user, roles=CLAIM_EDITORS).exists()


def kinds_open_to(user: User) -> list[JobKind]:
    """Return what *user* may import: drafters their customers, the platform admin reference data (domain.md 7)."""
    own = [JobKind.REASSOCIATION] if may_draft(user) else []
    is_platform_admin = user.has_perm("associations.add_association")
    return own + ([JobKind.MIGRATION, JobKind.TENANTS, JobKind.SUBSCRIPTIONS] if is_platform_admin else [])
