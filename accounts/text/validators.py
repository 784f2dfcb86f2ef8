"""Validators of email addresses, with messages for forms."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.text.email_addresses import (
    DomainNotSendable,
    LocalPartNotSendable,
    NoAddress,
    NotSendable,
    sendable_address,
)

REFUSALS = {
    NoAddress: _("Enter an email address such as name@contoso.com."),
    LocalPartNotSendable: _(
        "The part before the @ can't be used. Use letters without accents, digits, and signs such as . _ + - inside,"
        " at most 64 characters."
    ),
    DomainNotSendable: _("The part after the @ is not a domain name such as contoso.com."),
}


def validate_address(text: str) -> None:
    """Raise ValidationError, with the part of *text* that is wrong, unless an email can be sent to it."""
    try:
        sendable_address(text)
    except NotSendable as error:
        raise ValidationError(REFUSALS[type(error)], code="invalid") from error
