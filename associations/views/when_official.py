"""The calculator: until when a customer could opt out, with the reason of every day (domain.md 1.9)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rate_limits import limited
from associations.calendars import calendar_for, zone_for
from associations.countries import country_name
from associations.forms.when_official import WhenOfficialForm
from associations.rules.customer.opt_out import zone_name
from associations.services.deadlines import window_on
from associations.views.zones import zone_of_person
from associations.wording.counted_days import lines_of


def names_a_customer(request: HttpRequest) -> bool:
    """Return whether the person asks for a customer, which is counted."""
    return request.user.is_authenticated and bool(request.GET.get("domain_name"))


@login_not_required
@require_safe
@limited("lookup", when=names_a_customer)
def when_official(request: HttpRequest) -> HttpResponse:
    """Compute a period for a country, or for a customer of the person's own. Nothing is written."""
    user = request.user if isinstance(request.user, User) else None
    today = timezone.now().astimezone(zone_of_person(request.user)).date()
    form = WhenOfficialForm(request.GET.dict(), user=user, today=today)
    facts = result_of(form) if form.is_valid() else {}
    return render(request, "when_official.html", {"form": form, **facts})


def result_of(form: WhenOfficialForm) -> dict[str, object]:
    """Return what the page says of a valid *form*: the window, each day with its reason, and whose holidays count."""
    tenant, answers = form.tenant, form.cleaned_data
    country = tenant.country if tenant else answers["country"]
    zone = zone_for(country, tenant.time_zone if tenant else "")
    window = window_on(country, answers["day"], days=answers["business_days"], zone=zone)
    calendar = calendar_for(country, years=[window.opens_on.year])
    return {
        "customer": tenant.name if tenant else "",
        "country": country_name(calendar.country),
        "is_fallback": calendar.is_fallback,
        "window": window,
        "zone": zone_name(window.last_day, zone=zone),
        "lines": lines_of(window, country=country),
    }
