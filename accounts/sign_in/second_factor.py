"""The second factor: who needs one, and what happens to people without one (domain.md 7).

A factor is an authenticator app or a passkey; recovery codes stand in for a lost one.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# Where a person proves a factor; and, while there is none to prove, where one is set up. Nobody sets up another one,
# or reads recovery codes, before the first is proved: a stolen password must not be enough for that.
TO_PROVE = frozenset({"second_factor", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"})
TO_SET_UP = frozenset(
    {"second_factor", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
)


def with_second_factor(people: QuerySet[User]) -> QuerySet[User]:
    """Return *people* with what the rule asks of each: whether they have a factor, and whether a company demands one.

    The companies belong to `associations`, above this app: only the name of the relation back is known here.
    """
    strict = User.objects.filter(pk=OuterRef("pk"), memberships__partner__requires_second_factor=True)
    return people.annotate(
        has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)),
        company_demands_factor=Exists(strict),
    )


def must_use_second_factor(user: User) -> bool:
    """Return whether *user*, who came through `with_second_factor`, may work only after proving a factor."""
    return (user.is_staff and settings.CPOR_REQUIRE_MFA) or is_noted(user, "company_demands_factor")


def is_noted(user: User, fact: str) -> bool:
    """Return whether `with_second_factor` noted *fact* of *user*; it notes nothing during a sign-in."""
    return bool(getattr(user, fact, False))


def has_proved_factor(request: HttpRequest, user: User) -> bool:
    """Return whether *user* has a factor, and one was asked for and given in this session, at sign-in or later."""
    is_proved = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    return is_proved and is_noted(user, "has_second_factor")


def note_proof(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    """Note that who has just set up a factor proved it: the code or the passkey was asked for while setting up."""
    if authenticator.type in FACTORS:
        proof = {"method": "mfa", "at": time.time(), "id": authenticator.pk, "type": authenticator.type}
        records = [*get_authentication_records(request, user), proof]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records


class SecondFactorMiddleware:
    """Redirects people who must use a second factor, and haven't, to the page that explains what to do.

    What needs no sign-in stays open: signing out, the language, health, the customer's pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        user, match = request.user, request.resolver_match
        is_public = not getattr(view, "login_required", True)
        if is_public or not isinstance(user, User) or not must_use_second_factor(user):
            return None
        still_open = TO_PROVE if is_noted(user, "has_second_factor") else TO_SET_UP
        if has_proved_factor(request, user) or (match and match.view_name in still_open):
            return None
        return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")
