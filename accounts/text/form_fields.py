"""Form fields for what people type about people: addresses, names and other texts."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.text.characters import has_letter, readable_text
from accounts.text.domains import PREFIX
from accounts.text.email_addresses import (
    LONGEST_ADDRESS,
    account_name,
    name_and_address,
    sendable_address,
    without_blanks,
)
from accounts.text.readable import readable_address, readable_domain
from accounts.text.validators import validate_address

# An input of type email is no use: Chromium itself turns its domain into ASCII by IDNA 2003 before it is sent.
AS_TYPED = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}


class AddressInput(forms.TextInput):
    """A box for an email address, which sends what was typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(AS_TYPED | (attrs or {}))


class AdminAddressInput(AdminTextInputWidget):
    """The same box in the admin."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(AS_TYPED | (attrs or {}))


class AddressField(forms.EmailField):
    """An email address that an email can be sent to, cleaned into the form that goes over the wire.

    People read and edit it with its domain in its own letters. An address that no email reaches is refused here, with
    the part of it that is wrong.
    """

    default_validators = []
    widget = AddressInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_ADDRESS} | options)

    def to_python(self, value: Any) -> Any:
        text = without_blanks(name_and_address(str(value or ""))[1])
        return self.cleaned_address(text) if text else self.empty_value

    def cleaned_address(self, text: str) -> str:
        """Return the address in *text*; raise ValidationError with the reason of a refusal."""
        validate_address(text)
        return sendable_address(text)

    def prepare_value(self, value: Any) -> Any:
        return readable_address(value) if isinstance(value, str) and PREFIX in value.lower() else value


class AccountNameField(AddressField):
    """The address by which an account is looked for: one that is not sendable is only unknown."""

    def cleaned_address(self, text: str) -> str:
        return account_name(text)


class DomainField(forms.CharField):
    """A domain name, read and edited in its own letters; what is one, its form decides."""

    def prepare_value(self, value: Any) -> Any:
        return readable_domain(value) if isinstance(value, str) and PREFIX in value.lower() else value


class TextField(forms.CharField):
    """A text without characters that nobody sees; one with nothing else in it counts as left empty."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return (readable_text(text) or self.empty_value) if isinstance(text, str) else text


class PersonNameField(TextField):
    """The name of a person, which holds a letter of some script."""

    default_error_messages = {"no_letter": _("Enter a name with at least one letter.")}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not has_letter(value):
            raise ValidationError(self.error_messages["no_letter"], code="no_letter")


# What the admin makes of the columns of a model.
ADMIN_FIELDS: dict[type["models.Field[Any, Any]"], dict[str, Any]] = {
    models.EmailField: {"form_class": AddressField, "widget": AdminAddressInput},
    models.CharField: {"form_class": TextField},
    models.TextField: {"form_class": TextField},
}
