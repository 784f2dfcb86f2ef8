"""The calculator of opt-out periods: a country or one's own customer, a day, and a number of business days."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.text.form_fields import DomainField
from associations.calendars import countries_with_holidays, country_code
from associations.countries import country_name
from associations.models import Claim, CustomerTenant
from associations.rules import identifiers
from associations.wording.messages import refusal

BUSINESS_DAYS, MOST_BUSINESS_DAYS = 5, 60
# A stranger may ask for any day in these years, and a process keeps the calendars that were asked for.
EARLIEST, LATEST = timedelta(days=366), timedelta(days=731)


def country_choices() -> list[tuple[str, str]]:
    """Return the countries whose holidays are known, by name in the language of now."""
    return choices_in(get_language() or settings.LANGUAGE_CODE)


@cache
def choices_in(language: str) -> list[tuple[str, str]]:
    """Return the same in *language*: a few hundred names, sorted once."""
    with translation.override(language):
        names = [(code, country_name(code)) for code in countries_with_holidays() if country_code(code) == code]
    return sorted(names, key=lambda choice: choice[1])


class WhenOfficialForm(forms.Form):
    """The facts of a period. Only a signed-in *user* can name a customer, one for whom they see a claim."""

    optional_fields: ClassVar = frozenset({"domain_name"})

    country = forms.ChoiceField(label=_("Country of the customer"), choices=country_choices)
    domain_name = DomainField(
        label=_("Customer domain name"),
        max_length=253,
        required=False,
        help_text=_("If you have a claim for the customer, its own country and time zone are used."),
    )
    day = forms.DateField(
        label=_("Day on which the notice is sent"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter a day."), "invalid": _("Enter a day, such as 2026-12-01.")},
    )
    business_days = forms.IntegerField(
        label=_("Business days"),
        min_value=1,
        max_value=MOST_BUSINESS_DAYS,
        help_text=_("Five, unless the incentive program says otherwise."),
        error_messages={"required": _("Enter a number of days.")},
    )

    def __init__(self, data: Mapping[str, Any], *, user: User | None, today: date) -> None:
        usual = {"country": country_code(settings.CPOR_DEFAULT_COUNTRY), "business_days": BUSINESS_DAYS}
        super().__init__(usual | {"day": today.isoformat()} | {name: data[name] for name in data})
        self.user, self.today = user, today
        self.tenant: CustomerTenant | None = None
        if user is None:
            del self.fields["domain_name"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self.today - EARLIEST <= day <= self.today + LATEST:
            raise forms.ValidationError(_("Enter a day of the last year or of the next two."))
        return day

    def clean_domain_name(self) -> str:
        """Return the domain name, with its tenant at hand if the person sees a claim for it; refuse others alike."""
        typed = self.cleaned_data["domain_name"]
        if not typed or self.user is None:
            return ""
        try:
            name = identifiers.normalise_domain_name(typed)
        except identifiers.NotADomainName as error:
            raise refusal(error.code) from error
        own = Claim.objects.visible_to(self.user).filter(tenant__domains__domain_name=name)
        claim = own.select_related("tenant").first()
        if claim is None:
            raise forms.ValidationError(
                _("You have no claim for a customer with this domain name. Leave it empty and choose the country.")
            )
        self.tenant = claim.tenant
        return name
