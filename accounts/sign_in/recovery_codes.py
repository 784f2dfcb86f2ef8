"""Recovery codes, with a rate limit separate from that of the app's codes.

Somebody whose app shows wrong codes, or who lost it, types a few of them before thinking of the recovery codes.
"""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context, ratelimit
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django import forms

from accounts.models import User


class RecoveryCodes(forms.Form):
    """A form that takes the code of an app or a recovery code; the limit `recovery_code` counts the latter."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Return the good code; raise ValidationError for a wrong one, and when too many were wrong."""
        code = str(self.cleaned_data["code"])
        if is_of_app(code):
            return str(super().clean_code())  # type: ignore[misc]
        key = f"recovery-code-user-{self.user.pk}"
        if not ratelimit.consume(context.request, action="recovery_code", key=key):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        kept = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.RECOVERY_CODES).first()
        if kept is None or not kept.wrap().validate_code(code):
            raise get_adapter().validation_error("incorrect_code")
        kept.user, self.authenticator = self.user, kept
        ratelimit.clear(context.request, action="recovery_code", key=key)
        return code


def is_of_app(code: str) -> bool:
    """Return whether *code* has the digits of an app's code, with whatever people put between them."""
    letters = [letter for letter in code if letter.isalnum()]
    return len(letters) == app_settings.TOTP_DIGITS and all(letter.isdecimal() for letter in letters)
