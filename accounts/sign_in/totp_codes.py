"""Codes of authenticator apps: each is accepted once (RFC 6238, section 5.2), on whichever web server it is typed.

Used codes are rows of the database, so the answer is the same while Redis is away.
"""

import string
from datetime import datetime, timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import UsedCode, User
from accounts.sign_in.recovery_codes import RecoveryCodes

# allauth reads a code without what people put between the digits.
BETWEEN_DIGITS = str.maketrans("", "", string.punctuation + string.whitespace)


def is_used(user: User, code: str, *, now: datetime) -> bool:
    """Return whether *user* has used *code* so lately that it could be accepted again."""
    return UsedCode.objects.filter(user=user, code=plain(code), used_at__gt=now - lifetime()).exists()


def use(user: User, code: str, *, now: datetime) -> bool:
    """Note that *user* used *code*; return False if somebody was faster, in whichever process."""
    UsedCode.objects.filter(user=user, used_at__lte=now - lifetime()).delete()
    return UsedCode.objects.get_or_create(user=user, code=plain(code), defaults={"used_at": now})[1]


def plain(code: str) -> str:
    return code.translate(BETWEEN_DIGITS)


def lifetime() -> timedelta:
    """Return for how long a code could be accepted: its own period, and those before and after that are tolerated."""
    periods = 2 * settings.MFA_TOTP_TOLERANCE + 1
    return timedelta(seconds=periods * settings.MFA_TOTP_PERIOD)


class CodeOnce(forms.Form):
    """A form that takes the code of an app: a used code is a wrong one, and counts as a wrong try."""

    user: User

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        if is_used(self.user, typed, now=timezone.now()):
            self.cleaned_data["code"] = ""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.is_of_app() and not use(self.user, code, now=timezone.now()):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def is_of_app(self) -> bool:
        """Return whether an app showed the code; a recovery code is spent by allauth."""
        return bool(self.authenticator.type == Authenticator.Type.TOTP)  # type: ignore[attr-defined]


class CodeSignInForm(RecoveryCodes, CodeOnce, AuthenticateForm):
    """The code at sign-in."""


class CodeConfirmForm(RecoveryCodes, CodeOnce, ReauthenticateForm):
    """The code of a person who confirms who they are."""


class SetUpForm(CodeOnce, ActivateTOTPForm):
    """The first code of an app."""

    def is_of_app(self) -> bool:
        return True
