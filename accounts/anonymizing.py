"""An account forgets who its person was. The row stays: what was done through it points at it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import UsedCode, User


class AccountInUse(Exception):
    """Somebody can still sign in with the account."""


@transaction.atomic
def erase_account(user: User) -> None:
    """Take name, address, ways to sign in and sessions from an inactive account; raise AccountInUse for another."""
    account = User.objects.select_for_update().get(pk=user.pk)
    if account.is_active:
        raise AccountInUse
    address, nobody = account.email, f"removed-{account.pk}@removed.invalid"
    sessions = UserSession.objects.filter(user=account)
    Session.objects.filter(pk__in=list(sessions.values_list("session_key", flat=True))).delete()
    for theirs in (sessions, EmailAddress.objects.filter(user=account), SocialAccount.objects.filter(user=account)):
        theirs.delete()
    Authenticator.objects.filter(user=account).delete()
    UsedCode.objects.filter(user=account).delete()
    LogEntry.objects.filter(object_repr__icontains=address).update(object_repr=nobody)
    account.email, account.full_name, account.last_login = nobody, "", None
    account.list_columns, account.has_weekly_digest = [], False
    account.set_unusable_password()
    account.save(update_fields=["email", "full_name", "has_weekly_digest", "last_login", "list_columns", "password"])
    account.groups.clear()
    account.user_permissions.clear()
