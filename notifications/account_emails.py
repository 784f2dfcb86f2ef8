"""Queues emails about accounts in the outbox like all others, so no request waits for a mail server."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import password_path
from accounts.models import User
from accounts.sign_in import adapters
from notifications import outbox

# Changes of an account: allauth's name of the email, and our name in the email's context.
CHANGES = {
    "account/email/password_changed": "password",
    "account/email/password_set": "password",
    "account/email/password_reset": "password",
    "mfa/email/totp_activated": "app_added",
    "mfa/email/totp_deactivated": "app_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes",
    "socialaccount/email/account_connected": "entra_connected",
    "socialaccount/email/account_disconnected": "entra_disconnected",
}


class AccountEmailAdapter(adapters.AccountAdapter):
    """Writes allauth's emails into the outbox, in the person's own language."""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the way to a new password, unless it could only arrive when it no longer works."""
        now = timezone.now()
        link_expires_at = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        outbox.enqueue(
            key=f"account:{user.pk}:password_reset:{now.isoformat()}",
            template="password_reset",
            to=[email],
            context={"link_expires_at": link_expires_at.isoformat(), "zone": zone_of(user)},
            locale=user.language or settings.LANGUAGE_CODE,
            secret=password_path(user),
            send_before=link_expires_at,
            now=now,
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Email the person that their way to sign in changed, and what to do if they didn't change it."""
        now = timezone.now()
        change = CHANGES[template_prefix]
        outbox.enqueue(
            key=f"account:{user.pk}:{change}:{now.isoformat()}",
            template="account_changed",
            to=[user.email],
            context={
                "change": change,
                "changed_at": now.isoformat(),
                "zone": zone_of(user),
                "reset_url": f"{settings.PORTAL_URL}{reverse('account_reset_password')}",
            },
            locale=user.language or settings.LANGUAGE_CODE,
            now=now,
        )


def zone_of(user: User) -> str:
    return user.time_zone or settings.CPOR_DEFAULT_TIME_ZONE
