"""Sign-in with Microsoft Entra ID, over OpenID Connect: checks ID tokens and finds the account of each.

allauth runs the authorization code flow with state and PKCE. Here the rest is made strict: an ID token is believed
only with a signature by a key of the tenant, our nonce, issuer, audience, time and tenant; a person is known by tenant
and object id, which nobody can choose, and never by an email address, which an admin of Entra ID can (nOAuth).
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

import jwt
import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

CLAIMS = ["iss", "aud", "exp", "iat", "nonce", "tid", "oid"]
SECONDS_OF_CLOCK_SKEW = 60


class EntraAdapter(OpenIDConnectOAuth2Adapter):
    """Turns the answer of the token endpoint into a sign-in, or raises OAuth2Error."""

    nonce = ""

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Redeem the code, and learn with which nonce the person was sent."""
        if not pkce_code_verifier:
            raise OAuth2Error("The answer belongs to no sign-in of this browser.")
        self.nonce = nonce_of(pkce_code_verifier)
        answer: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return answer

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = self.claims_of(str(kwargs["response"].get("id_token", "")), app=app)
        return self.get_provider().sociallogin_from_response(request, claims)

    def claims_of(self, id_token: str, *, app: SocialApp) -> dict[str, Any]:
        """Return what *id_token* says; raise OAuth2Error unless every part of it can be believed."""
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self.signing_key(id_token),
                algorithms=["RS256"],
                issuer=app.settings["server_url"],
                audience=app.client_id,
                leeway=SECONDS_OF_CLOCK_SKEW,
                options={"require": CLAIMS},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise OAuth2Error(f"The ID token is not to be believed: {error}") from error
        if not hmac.compare_digest(str(claims["nonce"]).encode(), self.nonce.encode()):
            raise OAuth2Error("The ID token answers another sign-in.")
        if claims["tid"] != app.settings["tenant_id"]:
            raise OAuth2Error("The ID token is of another tenant.")
        return claims

    def signing_key(self, id_token: str) -> jwt.PyJWK:
        """Return the key of the tenant that *id_token* names; raise PyJWTError or ValueError if there is none."""
        return keys_at(self.openid_config["jwks_uri"]).get_signing_key_from_jwt(id_token)


class EntraProvider(OpenIDConnectProvider):
    """Sends people to the tenant, and knows them again by tenant and object id."""

    oauth2_adapter_class = EntraAdapter

    def redirect(self, request: HttpRequest, process: str, **kwargs: Any) -> HttpResponse:
        """Send the person to the tenant, or say that the tenant does not answer."""
        # What the address asks for, such as more scopes, is not passed on.
        kwargs |= {"auth_params": {}, "scope": self.get_default_scope()}
        try:
            answer: HttpResponse = super().redirect(request, process, **kwargs)
        except requests.RequestException as error:
            answer = render_authentication_error(request, self, exception=error)
        return answer

    def get_pkce_params(self) -> dict[str, str]:
        """Return the challenge of a sign-in, with the nonce that belongs to it."""
        params: dict[str, str] = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return f"{data['tid']}:{data['oid']}"

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"preferred_username": data.get("preferred_username", "")}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


@lru_cache(maxsize=4)
def keys_at(address: str) -> jwt.PyJWKClient:
    """Return what reads the keys at *address*, keeps them for five minutes, and looks again for one it lacks."""
    return jwt.PyJWKClient(address, timeout=5)


def nonce_of(verifier: str) -> str:
    """Return the nonce of the sign-in whose secret is *verifier* (OpenID Connect Core 15.5.2), 43 letters."""
    digest = hashlib.sha256(b"nonce:" + verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the person back from the tenant: sign in, connect, or say why not."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(EntraAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
