"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import choose_language, preferences
from cpor_portal.health import healthz, readyz
from cpor_portal.styleguide import styleguide
from notifications.mailbox import urlpatterns as mailbox_urls

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("associations.urls")),
    path("usage/", include("insights.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", choose_language, name="set_language"),
    path("preferences/", preferences, name="preferences"),
    path("notifications/", include("notifications.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
if settings.MAILBOX_DIR:
    urlpatterns += [path("mailbox/", include(mailbox_urls)), path("styleguide/", styleguide, name="styleguide")]
