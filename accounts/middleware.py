"""A person's language wins over the browser's; what was typed outlives a session that ended."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.kept_input import session
from accounts.kept_input.refill import fill


class LanguagePreferenceMiddleware:
    """Activate the signed-in person's language when no language was picked in this browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        picked = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        preferred = getattr(request.user, "language", "")
        if preferred and not picked:
            translation.activate(preferred)
            request.LANGUAGE_CODE = preferred
        return self.get_response(request)


CONFIRMING = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "second_factor")


class KeepTyped:
    """Keeps the form of somebody who first has to sign in, or to confirm, and puts it back when they want it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            session.remember_person(request, response)
            if request.method == "POST" and asks_to_confirm(response):
                session.keep(request, owner=request.user.pk)
        if isinstance(response, HttpResponse):
            put_back(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Keep what the last person who signed in with this browser posts to a view that asks to sign in."""
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return
        people = session.people_of(request)
        if people and session.keep(request, owner=people[-1]):
            messages.info(request, _("You were signed out. What you typed is kept: sign in to get it back."))


def asks_to_confirm(response: HttpResponseBase) -> bool:
    """Return whether *response* asks for a password or a second factor before what was posted is done."""
    there = urlsplit(response.headers.get("Location", "")).path
    return there in {reverse(name) for name in CONFIRMING}


def put_back(request: HttpRequest, page: HttpResponse) -> None:
    """Show what was typed in its form on *page*, once; offer it again where no form is the right one."""
    is_page = page.status_code == 200 and page.headers.get("Content-Type", "").startswith("text/html")
    kept = session.kept(request) if request.method == "GET" and is_page else None
    if kept is None or not kept.is_wanted:
        return
    filled = fill(
        page.content.decode(), kept.fields, posts_to=kept.address, shown_at=request.build_absolute_uri(request.path)
    )
    if filled is None:
        session.put_aside(request, kept)
    else:
        page.content = filled.encode()
        session.forget(request)
