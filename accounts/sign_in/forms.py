"""allauth's forms that look for an account by its address: every spelling of it finds it."""

from typing import Any

from allauth.account.fields import EmailField
from allauth.account.forms import LoginForm, ResetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import AccountNameField, AddressInput


def account_field(theirs: EmailField) -> AccountNameField:
    """Return our field in place of allauth's, with its label; the box doesn't repeat the label."""
    attrs = {name: value for name, value in theirs.widget.attrs.items() if name not in ("type", "placeholder")}
    return AccountNameField(label=theirs.label, widget=AddressInput(attrs))


class SignInForm(LoginForm):
    """Signs in at the address as it is stored, however it was typed or pasted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = account_field(self.fields["login"])
        password = self.fields["password"]
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Remember me")


class ForgottenPasswordForm(ResetPasswordForm):
    """Sends the way to a new password to the address as it is stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = account_field(self.fields["email"])
