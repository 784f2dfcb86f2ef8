"""The help pages: where to find what the wizard asks for, and what counts (domain.md 2.2, 3.2, 4, 6.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.models import LocationEnrolment, locations_open_to
from associations.rules.activities import apart_from, together_with
from associations.rules.claim_rules import rules_of
from associations.rules.proof_files import EXTENSIONS
from associations.views.actor import signed_in
from guides.editions import Activity, edition_in_force


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


@dataclass(frozen=True)
class Clause:
    """A clause for the partner's contracts, in one language."""

    code: str
    language: str
    text: str


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
    """Say when to choose each activity of the edition in force, and which go into one claim (domain.md 3.2, R2)."""
    edition = edition_in_force(now=timezone.now())
    areas = [
        {
            "name": area.name,
            "activities": [
                {
                    "activity": activity,
                    "together": names_of(together_with(activity, activities)),
                    "apart": names_of(apart_from(activity, activities)),
                }
                for activity in activities
            ],
        }
        for area in edition.areas
        if (activities := edition.activities_in(area.code))
    ]
    return render(request, "help/activity.html", {"areas": areas})


@require_safe
def help_mpn_id(request: HttpRequest) -> HttpResponse:
    """Explain MPN IDs, with the person's own locations and their enrollments."""
    enrolments = Prefetch("enrolments", LocationEnrolment.objects.select_related("program").order_by("program__name"))
    locations = locations_open_to(signed_in(request)).select_related("partner").prefetch_related(enrolments)
    return render(request, "help/mpn_id.html", {"locations": locations.order_by("partner__name", "mpn_id")})


@require_safe
def help_proof(request: HttpRequest) -> HttpResponse:
    """Explain what a proof of execution must show, and which files are accepted."""
    limits = {
        "months": rules_of(edition_in_force(now=timezone.now()).activities).proof_age_months,
        "extensions": ", ".join(sorted(extension.upper() for extension in EXTENSIONS)),
        "max_bytes": settings.POE_MAX_BYTES,
        "max_files": settings.POE_MAX_FILES,
        "clauses": [clause_in(code) for code, _name in settings.LANGUAGES],
    }
    return render(request, "help/proof.html", limits)


@require_safe
def help_co_op(request: HttpRequest) -> HttpResponse:
    """Co-op claims are made elsewhere."""
    return render(request, "help/co_op.html", {"co_op_url": settings.CPOR_CO_OP_URL})


def names_of(activities: Iterable[Activity]) -> str:
    """Return the names of *activities* in the active language."""
    return ", ".join(str(activity.name) for activity in activities)


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
                    _("to register with Microsoft that we work for you, we need two details of your organization:"),
                    "",
                    _("1. Sign in to portal.azure.com as an administrator."),
                    _("2. Open Azure Active Directory, then Overview."),
                    _("3. Send us the domain name (or primary domain) and the tenant ID (or directory ID)."),
                    "",
                    _("Both only identify your organization. They give us no access to your data."),
                    "",
                    _("Thank you"),
                )
            ),
        )


def clause_in(code: str) -> Clause:
    """Return the clause that prepares a customer for the notice, in the language *code*."""
    with translation.override(code):
        return Clause(
            code=code,
            language=get_language_info(code)["name_local"].capitalize(),
            text="\n\n".join(
                (
                    _(
                        "The Partner may ask Microsoft to record it as Claiming Partner of Record (CPOR) of the "
                        "Customer for the following products: [products, line by line, with their subscription "
                        "IDs]. The Customer's tenant ID is [tenant ID], its domain name [domain name]."
                    ),
                    _(
                        "Microsoft asks the Customer by email before the association becomes "
                        "official. The Customer may approve it or opt out, then and at any later "
                        "time, without giving a reason and without any disadvantage under this "
                        "contract."
                    ),
                    _(
                        "While the association lasts, the Partner sees how many people use these products and how "
                        "many licenses were sold. It sees no other data of the Customer and gets no administrator "
                        "rights. The Partner uses the figures only for the work described in this contract."
                    ),
                )
            ),
        )
