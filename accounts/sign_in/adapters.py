"""Configures allauth: people are invited, never self-registered; one tenant of Entra ID can sign people in."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.kept_input.encryption import keys
from accounts.models import User
from accounts.sign_in.allauth_addresses import verify_address
from accounts.sign_in.invitation_acceptance import take_invited
from accounts.sign_in.reauthentication import has_just_confirmed

WAYS_TO_CONFIRM: dict[str, str | Promise] = {
    "reauthenticate": _("With the password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up: a partner's or Microsoft's admin makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the browser's network address: of IPv4 also where IPv6 has mapped it, and without a zone."""
        address = ip_address(super().get_client_ip(request))
        if isinstance(address, IPv6Address):
            # The zone of a link-local address names a card of this machine, and no database takes it.
            return str(address.ipv4_mapped or IPv6Address(int(address)))
        return str(address)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether the person has to confirm who they are; a sign-in a moment ago counts as confirmed."""
        if has_just_confirmed(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways to confirm, in our words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS_TO_CONFIRM[method["id"]]} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of apps and recovery codes encrypted, and names new passkeys neutrally."""

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; raise InvalidToken when neither SECRET_KEY nor one of its fallbacks encrypted it."""
        return keys().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}"


class IdentityProviders(DefaultSocialAccountAdapter):
    """Knows one identity provider, the Entra ID tenant of the settings; a row in the database adds none.

    Nobody gets an account by signing in there: an unknown person has been invited, or connects while signed in.
    """

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        app = entra_app()
        is_meant = provider in (None, "", app.provider, app.provider_id) and client_id in (None, "", app.client_id)
        return [app] if app.client_id and is_meant else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Give the person who came through an invitation the account it was for."""
        invited = take_invited(request)
        if invited and not sociallogin.is_existing and sociallogin.state.get("process") == AuthProcess.LOGIN:
            with transaction.atomic():
                sociallogin.connect(request, invited)
                verify_address(invited)


def entra_app() -> SocialApp:
    """Return the portal as the Entra ID tenant knows it; without `client_id` while none is set up."""
    return SocialApp(
        provider="openid_connect",
        provider_id="entra",
        name="Microsoft Entra ID",
        client_id=settings.ENTRA_CLIENT_ID,
        secret=settings.ENTRA_CLIENT_SECRET,
        settings={
            "server_url": f"{settings.ENTRA_AUTHORITY}/{settings.ENTRA_TENANT_ID}/v2.0",
            "tenant_id": settings.ENTRA_TENANT_ID,
            "oauth_pkce_enabled": True,
        },
    )
