"""Acts that ask a person to confirm who they are, unless they signed in or confirmed in the last five minutes.

Asked before roles and invitations, second factors, the Entra ID account and staff accounts: what would let somebody at
an unattended browser keep the access. Claims are not among them; their acts are named, recorded and told to others.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse


def confirm_identity(request: HttpRequest) -> None:
    """Return if the person has just signed in or confirmed; otherwise raise a redirect to the confirmation page.

    A person without password and factor signs in through Entra ID only and can't confirm here.
    """
    can_confirm = bool(get_adapter(request).get_reauthentication_methods(request.user))
    if can_confirm and not has_just_confirmed(request):
        raise ReauthenticationRequired


def has_just_confirmed(request: HttpRequest) -> bool:
    """Return whether the last step of signing in, or of confirming, was taken moments ago."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class ConfirmedAdmin(admin.ModelAdmin):
    """Rows of the desk that give access: whoever opens the form of one has just signed in or confirmed."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        confirm_identity(request)
        return super().changeform_view(request, object_id, form_url, extra_context)
