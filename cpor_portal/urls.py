"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from allauth.socialaccount.providers.openid_connect.views import login as send_to_entra
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.entra import callback
from accounts.limits import too_many
from accounts.views import (
    accept_with_entra,
    choose_language,
    preferences,
    put_note_away,
    second_factor,
    show_notes_again,
)
from cpor_portal.health import healthz, metrics, readyz
from cpor_portal.styleguide import styleguide
from notifications.mailbox import urlpatterns as mailbox_urls

handler429 = too_many  # allauth's answer to too many sign-ins

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("associations.urls")),
    path("usage/", include("insights.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/entra/", include("allauth.socialaccount.urls")),
    path("accounts/entra/invitation/<str:uidb36>/", accept_with_entra, name="accept_with_entra"),
    path("accounts/oidc/<str:provider_id>/login/", send_to_entra, name="openid_connect_login"),
    path("accounts/oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/second-factor/", second_factor, name="second_factor"),
    path("language/", choose_language, name="set_language"),
    path("preferences/", preferences, name="preferences"),
    path("preferences/notes/", show_notes_again, name="show_notes_again"),
    path("preferences/notes/<slug:note>/", put_note_away, name="put_note_away"),
    path("notifications/", include("notifications.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
handler400 = "cpor_portal.edges.bad_request"
handler500 = "cpor_portal.edges.server_error"

if settings.MAILBOX_DIR:
    urlpatterns += [path("mailbox/", include(mailbox_urls)), path("styleguide/", styleguide, name="styleguide")]
