from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People who sign in")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415

        from accounts.sign_in.second_factor import note_proof  # noqa: PLC0415 (models load after this module)

        authenticator_added.connect(note_proof, dispatch_uid="note_proof")
