"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from allauth.socialaccount.providers.openid_connect.views import login as send_to_entra
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts.rate_limits import too_many
from accounts.sign_in.entra import callback
from accounts.views import (
    accept_with_entra,
    choose_language,
    choose_password,
    preferences,
    put_note_away,
    put_typed_back,
    second_factor,
    show_notes_again,
    sign_out,
)
from cpor_portal.styleguide import styleguide
from notifications.local_mailbox import urlpatterns as mailbox_urls
from operations.health import healthz, metrics, readyz

handler429 = too_many  # allauth's answer to too many sign-ins

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("associations.urls")),
    path("usage/", include("insights.urls")),
    # Nobody changes their own address or adds one: it says who they are, in History too. An admin changes it.
    path("accounts/email/", RedirectView.as_view(pattern_name="preferences"), name="account_email"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        choose_password,
        name="account_reset_password_from_key",
    ),
    path("accounts/logout/", sign_out, name="account_logout"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/entra/", include("allauth.socialaccount.urls")),
    path("accounts/entra/invitation/<str:uidb36>/", accept_with_entra, name="accept_with_entra"),
    path("accounts/oidc/<str:provider_id>/login/", send_to_entra, name="openid_connect_login"),
    path("accounts/oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/second-factor/", second_factor, name="second_factor"),
    path("language/", choose_language, name="set_language"),
    path("typed/", put_typed_back, name="put_typed_back"),
    path("preferences/", preferences, name="preferences"),
    path("preferences/notes/", show_notes_again, name="show_notes_again"),
    path("preferences/notes/<slug:note>/", put_note_away, name="put_note_away"),
    path("notifications/", include("notifications.urls")),
    # The address of the notifications before 1.0.0, which people have bookmarked.
    path("notices/", RedirectView.as_view(pattern_name="notifications"), name="old_notifications"),
    path("admin/logout/", sign_out, name="sign_out_of_the_desk"),
    path("admin/", admin.site.urls),
    # Browsers ask for this address where a page names no icon, such as a picture or a plain text.
    path("favicon.ico", login_not_required(lambda _request: redirect(static("icon.svg"))), name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
handler400 = "cpor_portal.middleware.bad_request"
handler500 = "cpor_portal.middleware.server_error"

if settings.MAILBOX_DIR:
    urlpatterns += [path("mailbox/", include(mailbox_urls)), path("styleguide/", styleguide, name="styleguide")]
