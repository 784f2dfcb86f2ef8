"""The language switch that stands on every page, and a person's preferences."""

from typing import cast

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from accounts.accepting import keep_invited
from accounts.forms import PreferencesForm
from accounts.mfa import has_proved_factor, must_use_second_factor
from accounts.models import Note, User


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


@require_POST
def put_note_away(request: HttpRequest, note: str) -> HttpResponse:
    """Remember that the person has read this note of the tour, and go back to the page. Raise 404 for no such note."""
    user = cast(User, request.user)
    if note not in Note.values:
        raise Http404
    User.objects.filter(pk=user.pk).update(notes_put_away=sorted({*user.notes_put_away, note}))
    # `redirect` would take an address without a slash for the name of a page.
    return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))


@require_POST
def show_notes_again(request: HttpRequest) -> HttpResponse:
    """Begin the tour anew."""
    User.objects.filter(pk=cast(User, request.user).pk).update(notes_put_away=[])
    messages.info(request, _("The notes are shown again, beginning with the next claim you open."))
    return redirect("preferences")


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say that a second factor is needed, and lead to setting one up or to proving the one there is."""
    user = cast(User, request.user)
    if not must_use_second_factor(user):
        return redirect("mfa_index")
    facts = {
        "next_url": get_next_redirect_url(request) or reverse("home"),
        "has_app": is_mfa_enabled(user, [Authenticator.Type.TOTP]),
        "has_passkey": is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]),
        "is_done": has_proved_factor(request, user),
    }
    return render(request, "account/second_factor.html", facts)


@login_not_required
@require_POST
def accept_with_entra(request: HttpRequest, uidb36: str) -> HttpResponse:
    """Send an invited person to Entra ID, whose account then opens theirs; an invitation that is spent says so."""
    provider = next(iter(get_adapter(request).list_providers(request)), None)
    if provider is None:
        raise Http404
    if not keep_invited(request, uidb36=uidb36):
        return render(request, "account/password_reset_from_key.html", {"token_fail": True})
    response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN)
    return response


def without_picked_language(response: HttpResponse) -> HttpResponse:
    """Let this browser forget the language picked in it, which would win over the one just chosen."""
    response.delete_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
    )
    return response
