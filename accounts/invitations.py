"""Invitations: a person gets in by choosing the account's first password, or with an Entra ID account.

The link holds a token that is signed, never stored, and dies of age (`PASSWORD_RESET_TIMEOUT`), of the first password,
of the first sign-in, and of a change of address.
"""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import User

# The same as allauth's: what one of the two makes, both must take. A change of address ends a link.
LINKS: PasswordResetTokenGenerator = app_settings.PASSWORD_RESET_TOKEN_GENERATOR()


def password_path(user: User) -> str:
    """Return the path on which *user* chooses a password: a secret, good once and for `PASSWORD_RESET_TIMEOUT`."""
    key = LINKS.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
