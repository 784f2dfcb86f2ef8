"""Signs a person in: through the page, or at once."""

import base64
import hashlib
import hmac
import secrets
import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD


def sign_in(user: User, *, client: Client | None = None) -> Client:
    """Return the browser of *user*, who has typed e-mail and password."""
    client = client or Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def signed_in_just_now(user: User, *, client: Client | None = None) -> Client:
    """Return the browser of *user*, signed in at once, as if a moment ago."""
    return signed_in_at(user, time.time(), client=client)


def signed_in_at(user: User, moment: float, *, client: Client | None = None) -> Client:
    """Return the browser of *user*, signed in at *moment* by password."""
    client = client or Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": moment}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def give_app(user: User) -> str:
    """Set an authenticator app up for *user*, and return its secret."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    facts = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=facts)
    return secret


def give_recovery_codes(user: User) -> list[str]:
    """Make recovery codes for *user*, and return them."""
    facts = {"seed": get_adapter().encrypt(secrets.token_hex(40)), "used_mask": 0}
    row = Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=facts)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def code_of(secret: str, *, moment: float | None = None) -> str:
    """Return the six digits that an app with *secret* shows (RFC 4226, RFC 6238)."""
    count = int(time.time() if moment is None else moment) // 30
    digest = hmac.digest(base64.b32decode(secret), count.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
