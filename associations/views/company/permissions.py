"""Finds who manages a company's people: its global admins (domain.md 7). `services.company.colleagues` enforces it."""

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Partner, PartnerMember
from associations.views.actor import signed_in

MANAGES_PEOPLE = "manages_people"


def global_admins_for(user: User) -> list[User]:
    """Return the global admins of the companies in which *user* has any role, by address; they assign the roles."""
    companies = PartnerMember.objects.filter(user=user).values("partner")
    admins = PartnerMember.objects.filter(partner__in=companies, role=MemberRole.GLOBAL_ADMIN)
    return list(
        User.objects.filter(is_active=True, pk__in=admins.values("user")).exclude(pk=user.pk).order_by("email")
    )


def companies_to_ask(user: User) -> QuerySet[Partner]:
    """Return the companies in which *user* has any role and somebody else gives the roles."""
    own = PartnerMember.objects.filter(user=user)
    admins = PartnerMember.objects.filter(role=MemberRole.GLOBAL_ADMIN, user__is_active=True).exclude(user=user)
    return Partner.objects.filter(pk__in=own.values("partner")).filter(pk__in=admins.values("partner"))


def managed_companies(user: User) -> QuerySet[Partner]:
    """Return the companies whose people *user* invites, changes and removes: a global admin's own."""
    return Partner.objects.filter(members__user=user, members__role=MemberRole.GLOBAL_ADMIN)


def note_who_manages(request: HttpRequest) -> None:
    """Remember in the session whether the account menu links to the colleagues, which saves each page a query.

    The linked pages check again.
    """
    is_manager = managed_companies(signed_in(request)).exists()
    if request.session.get(MANAGES_PEOPLE, False) != is_manager:
        request.session[MANAGES_PEOPLE] = is_manager
