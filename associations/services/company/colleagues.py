"""Manages the people of a company, their roles and locations: its global admins decide (domain.md 7)."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.invitations import password_path
from accounts.models import User
from accounts.text.email_addresses import account_name
from associations import emails
from associations.choices import MemberRole
from associations.models import Partner, PartnerLocation, PartnerMember


class NotGlobalAdmin(Exception):
    """Only a global admin of the company decides about its people."""


class OwnRole(Exception):
    """People can't change or remove their own role, so a company never loses its last global admin."""


class AlreadyColleague(Exception):
    """The person has a role in the company: it can be changed, not given again."""


class NotInvitable(Exception):
    """The account works for Microsoft or is closed."""


class ScopeInvalid(Exception):
    """A role covers all locations or some of the company's own, and a global admin's all of them."""


class NobodyToAsk(Exception):
    """The person belongs to no such company, or it has no other global admin."""


class AskedAlready(Exception):
    """One request a day is enough."""


@transaction.atomic
def invite(
    *,
    partner: Partner,
    email: str,
    role: MemberRole,
    locations: Collection[PartnerLocation],
    all_locations: bool,
    by_user: User,
    now: datetime,
) -> PartnerMember:
    """Give the person at *email* a role in *partner* and email them, with a link if they have no password yet.

    The account is made if there is none, in the language of *by_user*. Raise NotAllowed, ScopeInvalid,
    AlreadyColleague or NotInvitable, and change nothing.
    """
    _lock_company(partner.pk, by_user=by_user)
    _check_scope(partner.pk, role=role, locations=locations, all_locations=all_locations)
    user, _created = User.objects.get_or_create(
        email=account_name(email), defaults={"password": make_password(None), "language": by_user.language}
    )
    if PartnerMember.objects.filter(partner=partner, user=user).exists():
        raise AlreadyColleague
    if user.is_staff or not user.is_active:
        raise NotInvitable
    member = PartnerMember.objects.create(partner=partner, user=user, role=role, all_locations=all_locations)
    member.locations.set(locations)
    secret = "" if user.has_usable_password() else password_path(user)
    emails.invitation(member, by_user=by_user, secret=secret, now=now)
    return member


@transaction.atomic
def set_role(
    *,
    member_id: int,
    role: MemberRole,
    locations: Collection[PartnerLocation],
    all_locations: bool,
    by_user: User,
    now: datetime,
) -> PartnerMember:
    """Give a colleague this role and scope instead of the present ones; what they asked for needs no answer then.

    Raise PartnerMember.DoesNotExist, NotAllowed, OwnRole or ScopeInvalid, and change nothing.
    """
    member = _lock_colleague(member_id, by_user=by_user)
    _check_scope(member.partner_id, role=role, locations=locations, all_locations=all_locations)
    member.role, member.all_locations = role, all_locations
    member.save(update_fields=["role", "all_locations"])
    member.locations.set(locations)
    emails.forget_access_request(member.user, now=now)
    return member


@transaction.atomic
def remove(*, member_id: int, by_user: User, now: datetime) -> None:
    """Take a colleague's role away, and the invitation that has not left; the account and what it did stay.

    Raise PartnerMember.DoesNotExist, NotAllowed or OwnRole, and change nothing.
    """
    member = _lock_colleague(member_id, by_user=by_user)
    emails.forget_invitation(member, now=now)
    emails.forget_access_request(member.user, now=now)
    member.delete()


@transaction.atomic
def request_access(*, user: User, partner: Partner, message: str, now: datetime) -> list[User]:
    """Ask the other global admins of *partner*, each by a mail of their own, and return them.

    Raise NobodyToAsk, or AskedAlready when the person asked on this day.
    """
    member = PartnerMember.objects.select_related("partner", "user").filter(user=user, partner=partner).first()
    bosses = PartnerMember.objects.filter(partner=partner, role=MemberRole.GLOBAL_ADMIN).exclude(user=user)
    admins = list(User.objects.filter(is_active=True, pk__in=bosses.values("user")).order_by("email"))
    if member is None or not admins:
        raise NobodyToAsk
    today = now.astimezone(ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)).date()
    if emails.has_requested_access(user, on=today):
        raise AskedAlready
    for admin in admins:
        emails.access_request(member, admin=admin, message=message, on=today, now=now)
    return admins


def _lock_company(partner_id: int, *, by_user: User) -> None:
    """Let nobody else change this company's people, and raise NotAllowed unless *by_user* may."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
    managers = PartnerMember.objects.filter(partner=partner_id, role=MemberRole.GLOBAL_ADMIN)
    if not managers.filter(user=by_user).exists():
        raise NotGlobalAdmin


def _lock_colleague(member_id: int, *, by_user: User) -> PartnerMember:
    _lock_company(PartnerMember.objects.values_list("partner_id", flat=True).get(pk=member_id), by_user=by_user)
    member = PartnerMember.objects.select_related("user").get(pk=member_id)
    if member.user_id == by_user.pk:
        raise OwnRole
    return member


def _check_scope(
    partner_id: int, *, role: MemberRole, locations: Collection[PartnerLocation], all_locations: bool
) -> None:
    is_global = role == MemberRole.GLOBAL_ADMIN
    is_foreign = any(location.partner_id != partner_id for location in locations)
    if is_foreign or all_locations == bool(locations) or (is_global and not all_locations):
        raise ScopeInvalid
