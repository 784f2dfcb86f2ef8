"""Invites people to the desk or the portal, by the platform admin. Nobody types another person's password."""

from datetime import datetime
from enum import StrEnum

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.invitations import password_path
from accounts.models import User
from associations import emails

REVIEWERS = "Reviewers"


class Work(StrEnum):
    """Work of an invited person. A person of a partner gets a role there afterwards."""

    REVIEWER = "reviewer"
    PLATFORM_ADMIN = "platform_admin"
    PARTNER = "partner"


class NotPlatformAdmin(Exception):
    """Only a platform admin invites people who are not colleagues."""


class AlreadyIn(Exception):
    """The person has signed in before, so that there is no invitation to send or to revoke."""


def is_invited(user: User) -> bool:
    """Return whether *user* was invited and has neither chosen a password nor signed in."""
    return user.last_login is None and not user.has_usable_password()


@transaction.atomic
def invite_person(*, email: str, full_name: str, language: str, work: Work, by_user: User, now: datetime) -> User:
    """Make an account without a password and email its person the link to choose one. Raise NotAllowed."""
    if not by_user.is_superuser:
        raise NotPlatformAdmin
    user = User.objects.create_user(
        email,
        full_name=full_name,
        language=language or by_user.language,
        is_staff=work is not Work.PARTNER,
        is_superuser=work is Work.PLATFORM_ADMIN,
    )
    if work is Work.REVIEWER:
        user.groups.add(Group.objects.get(name=REVIEWERS))
    _send(user, by_user=by_user, now=now)
    return user


@transaction.atomic
def invite_again(*, user_id: int, by_user: User, now: datetime) -> User:
    """Send a new link, also to a person whose invitation was revoked; earlier links end.

    Raise NotAllowed or AlreadyIn.
    """
    user = _lock_invited(user_id, by_user=by_user)
    emails.forget_account_invitation(user, now=now)
    user.password, user.is_active = make_password(None), True
    user.save(update_fields=["password", "is_active"])
    _send(user, by_user=by_user, now=now)
    return user


@transaction.atomic
def revoke_invitation(*, user_id: int, by_user: User, now: datetime) -> User:
    """End the link and close the account; an email that has not left is canceled. Raise NotAllowed or AlreadyIn."""
    user = _lock_invited(user_id, by_user=by_user)
    emails.forget_account_invitation(user, now=now)
    user.password, user.is_active = make_password(None), False
    user.save(update_fields=["password", "is_active"])
    return user


def _lock_invited(user_id: int, *, by_user: User) -> User:
    if not by_user.is_superuser:
        raise NotPlatformAdmin
    user = User.objects.select_for_update().get(pk=user_id)
    if not is_invited(user):
        raise AlreadyIn
    return user


def _send(user: User, *, by_user: User, now: datetime) -> None:
    emails.account_invitation(user, by_user=by_user, secret=password_path(user), now=now)
