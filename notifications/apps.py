from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from notifications.checks import check_own_addresses  # noqa: PLC0415 (models load after this module)

        register(check_own_addresses)
