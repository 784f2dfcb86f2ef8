"""Emails about accounts and roles: invitations, and a request for access."""

from datetime import date, datetime, timedelta

from django.conf import settings

from accounts.models import User
from accounts.text.readable import address_in_full
from associations.choices import MemberRole
from associations.emails.facts import label_in, url_of
from associations.models import PartnerMember
from notifications import outbox
from notifications.models import OutboxEmail


def invitation(member: PartnerMember, *, by_user: User, secret: str, now: datetime) -> None:
    """Tell a person that they were given a role, in the inviter's language.

    *secret* is the path to a first password, or empty. The email doesn't leave after that link has expired.
    """
    link_expires_at = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    outbox.enqueue(
        key=_invitation_key(member),
        template="invitation",
        to=[member.user.email],
        context={
            "partner_name": member.partner.name,
            "inviter_name": by_user.get_full_name(),
            "inviter_email": address_in_full(by_user.email),
            "needs_password": bool(secret),
            "link_expires_at": link_expires_at.isoformat(),
            "zone": by_user.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
            "overview_url": url_of("overview"),
        },
        locale=by_user.language or settings.LANGUAGE_CODE,
        secret=secret,
        send_before=link_expires_at if secret else None,
        now=now,
    )


def account_invitation(user: User, *, by_user: User, secret: str, now: datetime) -> None:
    """Send a person whom the platform admin invited the *secret* path to a first password, in their own language."""
    link_expires_at = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    outbox.enqueue(
        key=f"{_account_invitation_key(user)}{now.isoformat()}",
        template="account_invitation",
        to=[user.email],
        context={
            "is_reviewer": user.is_staff and not user.is_superuser,
            "is_platform_admin": user.is_superuser,
            "inviter_name": by_user.get_full_name(),
            "inviter_email": address_in_full(by_user.email),
            "link_expires_at": link_expires_at.isoformat(),
            "zone": user.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
        },
        locale=user.language or settings.LANGUAGE_CODE,
        secret=secret,
        send_before=link_expires_at,
        now=now,
    )


def forget_account_invitation(user: User, *, now: datetime) -> None:
    """Cancel the platform admin's invitations that have not left, because another follows or none is wanted."""
    invited = OutboxEmail.objects.filter(key__startswith=_account_invitation_key(user))
    outbox.cancel(keys=invited.values_list("key", flat=True), now=now)


def forget_invitation(member: PartnerMember, *, now: datetime) -> None:
    """Cancel the invitation if it has not left, because the role was taken back."""
    outbox.cancel(keys=[_invitation_key(member)], now=now)


def access_request(member: PartnerMember, *, admin: User, message: str, on: date, now: datetime) -> None:
    """Tell a global admin that a colleague asks for a role, and where to give it."""
    locale = admin.language or settings.LANGUAGE_CODE
    outbox.enqueue(
        key=f"{_access_request_key(member.user)}{on.isoformat()}:{admin.pk}",
        template="access_request",
        to=[admin.email],
        context={
            "partner_name": member.partner.name,
            "person_name": member.user.get_full_name(),
            "person_email": address_in_full(member.user.email),
            "present_role": label_in(MemberRole(member.role), language=locale),
            "message": message,
            "colleague_url": url_of("colleague_edit", member.pk),
        },
        locale=locale,
        now=now,
    )


def has_requested_access(user: User, *, on: date) -> bool:
    """Return whether *user* asked for access on this day."""
    return OutboxEmail.objects.filter(key__startswith=f"{_access_request_key(user)}{on.isoformat()}:").exists()


def forget_access_request(user: User, *, now: datetime) -> None:
    """Cancel the emails about the person's request that have not left, because it was answered."""
    asked = OutboxEmail.objects.filter(key__startswith=_access_request_key(user))
    outbox.cancel(keys=asked.values_list("key", flat=True), now=now)


def _invitation_key(member: PartnerMember) -> str:
    return f"member:{member.pk}:invitation"


def _account_invitation_key(user: User) -> str:
    return f"account:{user.pk}:invitation:"


def _access_request_key(user: User) -> str:
    return f"access-request:{user.pk}:"
