"""How a test signs a person in: at the page as people do, or at once."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
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
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, *, moment: float | None = None) -> str:
    """Return the six digits that an app with *secret* shows."""
    return format_hotp_value(hotp_value(secret, int(time.time() if moment is None else moment) // 30))
