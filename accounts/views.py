"""The language switch that stands on every page, and a person's preferences."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts.forms import PreferencesForm
from accounts.models import User


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in this browser and, for a signed-in person, on the account; go back to the page."""
    response = set_language(request)
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(User._meta.get_field("language").choices or ()):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Ask for the person's name, language, time zone and optional mails, and keep them."""
    user = cast(User, request.user)
    form = PreferencesForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        User.objects.filter(pk=user.pk).update(**facts)
        with translation.override(facts["language"]):
            messages.success(request, _("Your preferences were saved."))
        return without_picked_language(redirect("preferences"))
    return render(request, "account/preferences.html", {"form": form})


def without_picked_language(response: HttpResponse) -> HttpResponse:
    """Let this browser forget the language picked in it, which would win over the one just chosen."""
    response.delete_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
    )
    return response
