"""The help pages: where to find what the wizard asks for, and what counts (domain.md 2.2, 3.2, 4, 6.5)."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.rules.evidence import EXTENSIONS


@dataclass(frozen=True)
class Letter:
    """A mail that the partner may send to its customer, in one language."""

    code: str
    language: str
    subject: str
    text: str

    @property
    def mailto(self) -> str:
        """The address that opens it in the person's own mail program."""
        return f"mailto:?subject={quote(self.subject)}&body={quote(self.text)}"


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """Every help page."""
    return render(request, "help/index.html")


@require_safe
def help_find_ids(request: HttpRequest) -> HttpResponse:
    """**Find this**: the domain name and the tenant ID, with a ready mail to the customer."""
    return render(request, "help/find_ids.html", {"letters": [letter_in(code) for code, _name in settings.LANGUAGES]})


@require_safe
def help_activity(request: HttpRequest) -> HttpResponse:
    """Which activity to choose."""
    return render(request, "help/activity.html")


@require_safe
def help_mpn_id(request: HttpRequest) -> HttpResponse:
    """Which MPN ID to choose."""
    return render(request, "help/mpn_id.html")


@require_safe
def help_proof(request: HttpRequest) -> HttpResponse:
    """What a proof of execution must show, and which files are taken."""
    limits = {
        "extensions": ", ".join(sorted(extension.upper() for extension in EXTENSIONS)),
        "max_bytes": settings.POE_MAX_BYTES,
        "max_files": settings.POE_MAX_FILES,
    }
    return render(request, "help/proof.html", limits)


@require_safe
def help_co_op(request: HttpRequest) -> HttpResponse:
    """Co-op claims are made elsewhere."""
    return render(request, "help/co_op.html")


def letter_in(code: str) -> Letter:
    """Return the mail that asks a customer for the domain name and the tenant ID, in the language *code*."""
    with translation.override(code):
        return Letter(
            code=code,
            language=get_language_info(code)["name_local"].capitalize(),
            subject=_("Your domain name and tenant ID"),
            text="\n".join(
                (
                    _("Hello,"),
                    "",
                    _("to register with Microsoft that we work for you, we need two details of your organisation:"),
                    "",
                    _("1. Sign in to portal.azure.com as an administrator."),
                    _("2. Open Azure Active Directory, then Overview."),
                    _("3. Send us the domain name (or primary domain) and the tenant ID (or directory ID)."),
                    "",
                    _("Both only identify your organisation. They give us no access to your data."),
                    "",
                    _("Thank you"),
                )
            ),
        )
