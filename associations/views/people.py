"""The person behind a request: in which capacity they act, and what that lets them begin (domain.md 7, D6)."""

from typing import cast

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest

from accounts.models import User
from associations.choices import JobKind, MemberRole
from associations.models import Claim, PartnerLocation, PartnerMember, locations_open_to
from associations.models.claims import ClaimQuerySet
from associations.rules.actors import Actor, Role

ROLES = {
    MemberRole.INCENTIVES_ADMIN: Role.INCENTIVES_ADMIN,
    MemberRole.INCENTIVES_USER: Role.INCENTIVES_USER,
    MemberRole.GLOBAL_ADMIN: Role.OBSERVER,
    MemberRole.BILLING_ADMIN: Role.OBSERVER,
}
DRAFTING_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


def signed_in(request: HttpRequest) -> User:
    """Return the person behind *request*, which the middleware has let in."""
    return cast(User, request.user)


def partner_actor(user: User, location: PartnerLocation) -> Actor:
    """Return *user* in their role for the company of *location*; raise Http404 without a role on claims there.

    Whether the location is in the person's scope was answered by the query that found the claim or the location.
    """
    role = PartnerMember.objects.filter(user=user, partner=location.partner_id).values_list("role", flat=True).first()
    if role not in ROLES:
        raise Http404
    return Actor(ROLES[MemberRole(role)], user.pk)


def with_member_role(claims: ClaimQuerySet, *, user: User) -> ClaimQuerySet:
    """Return *claims*, each with the role of *user* in its company, for `member_actor`: no query of its own."""
    role = PartnerMember.objects.filter(user=user, partner=OuterRef("partner")).values("role")[:1]
    return claims.annotate(member_role=Subquery(role))


def member_actor(claim: Claim, *, user: User) -> Actor:
    """Return *user* in their role for the company of *claim*, which came through `with_member_role`."""
    return Actor(ROLES[MemberRole(vars(claim)["member_role"])], user.pk)


def may_draft(user: User) -> bool:
    """Whether there is a location for which *user* may start a claim."""
    return locations_open_to(user, roles=DRAFTING_ROLES).exists()


def kinds_open_to(user: User) -> list[JobKind]:
    """Return what *user* may import: drafters their customers, the platform admin reference data (domain.md 7)."""
    own = [JobKind.REASSOCIATION] if may_draft(user) else []
    is_platform_admin = user.has_perm("associations.add_association")
    return own + ([JobKind.MIGRATION, JobKind.TENANTS, JobKind.SUBSCRIPTIONS] if is_platform_admin else [])


def admins_of(location: PartnerLocation) -> list[User]:
    """Return who may submit claims of *location*: the incentives admins of its company with this location in scope."""
    members = PartnerMember.objects.filter(partner=location.partner_id, role=MemberRole.INCENTIVES_ADMIN)
    in_scope = members.filter(all_locations=True) | members.filter(all_locations=False, locations=location)
    return list(User.objects.filter(is_active=True, pk__in=in_scope.values("user")).order_by("email"))
