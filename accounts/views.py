"""The language switch of every page, and a person's preferences."""

from typing import cast

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import logout, password_reset_from_key
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.i18n import set_language

from accounts.forms import PreferencesForm
from accounts.kept_input import session
from accounts.models import Note, User
from accounts.post_only import post_only
from accounts.sign_in.invitation_acceptance import holder_of, keep_invited, keep_opened_link, opened_link
from accounts.sign_in.second_factor import has_proved_factor, must_use_second_factor


@login_not_required
@post_only("home")
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in this browser and, for a signed-in person, on the account; go back to the page.

    A form that is half filled in comes along where its page names the language in the address, and is put back.
    """
    there = request.GET.get("next") or request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    if "language" in request.GET:
        session.keep(request, owner=request.user.pk or 0, address=there if is_ours else "/", is_wanted=True)
    asked = QueryDict(mutable=True)
    asked["language"] = language = request.GET.get("language") or request.POST.get("language", "")
    asked["next"] = there
    request.POST = asked  # type: ignore[assignment]
    response = set_language(request)
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


@post_only("home")
def put_note_away(request: HttpRequest, note: str) -> HttpResponse:
    """Remember that the person has read this note of the tour, and go back to the page. Raise 404 for no such note."""
    user = cast(User, request.user)
    if note not in Note.values:
        raise Http404
    User.objects.filter(pk=user.pk).update(notes_put_away=sorted({*user.notes_put_away, note}))
    # `redirect` would take an address without a slash for the name of a page.
    return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))


@post_only("preferences")
def show_notes_again(request: HttpRequest) -> HttpResponse:
    """Restart the tour."""
    User.objects.filter(pk=cast(User, request.user).pk).update(notes_put_away=[])
    messages.info(request, _("The notes are shown again, beginning with the next claim you open."))
    return redirect("preferences")


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Explain that a second factor is needed, with a link to set one up or to use the existing one."""
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
def choose_password(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """Let whoever opened an emailed link choose a password, or go on with Entra ID, for which the link is kept.

    *key* is the secret of the link, or a word in its place once allauth has taken the secret out of the address.
    """
    link = key if holder_of(uidb36=uidb36, key=key) else opened_link(request)
    response: HttpResponseBase = password_reset_from_key(request, uidb36=uidb36, key=key)
    # Only now: allauth may have signed somebody else out, which empties the session.
    if link:
        keep_opened_link(request, link)
    return response


@login_not_required
@post_only("home")
def put_typed_back(request: HttpRequest) -> HttpResponse:
    """Redirect to the form that was not sent and refill it, or discard the typed input on request."""
    kept = session.kept(request)
    if kept is None or "forget" in request.POST:
        session.forget(request)
        return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))
    session.want(request, kept)
    return HttpResponseRedirect(kept.address)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form of a page that is from before the last sign-in, or of another site; keep what is ours."""
    owner = session.owner_of_old_page(request)
    is_kept = owner is not None and session.keep(request, owner=owner)
    facts = {"is_kept": is_kept, "has_to_sign_in": is_kept and owner != (request.user.pk or 0)}
    return render(request, "403_csrf.html", facts, status=403)


@login_not_required
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ask whether to sign out, and do it; the browser then forgets the pages that it kept."""
    response: HttpResponseBase = logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


@login_not_required
@post_only("account_login")
def accept_with_entra(request: HttpRequest, uidb36: str) -> HttpResponse:
    """Redirect an invited person to Entra ID to link their account; explain if the invitation was already used."""
    provider = next(iter(get_adapter(request).list_providers(request)), None)
    if provider is None:
        raise Http404
    if not keep_invited(request, uidb36=uidb36):
        return render(request, "account/password_reset_from_key.html", {"token_fail": True})
    response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN)
    return response


def in_language(response: HttpResponse, code: str) -> HttpResponse:
    """Return *response*; this browser remembers the language *code*, if the portal speaks it, as the switch does."""
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
        )
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
