"""The form of a person's preferences."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.models import OptionalMail, User
from accounts.text.form_fields import PersonNameField

# The regions of the names of time zones.
REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}
MAILS_TO_PARTNERS = (OptionalMail.DRAFT_REMINDER, OptionalMail.REVIEW_STARTED, OptionalMail.COMMENT)
MAILS_TO_STAFF = (*MAILS_TO_PARTNERS, OptionalMail.REVIEW_DIGEST)


class PreferencesForm(forms.Form):
    """Name, language, time zone and the optional mails of one person."""

    full_name = PersonNameField(
        label=_("Name"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=language_choices,
        help_text=_("Pages, notifications and emails come in this language."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    mails = forms.MultipleChoiceField(
        label=_("Optional emails"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Emails that ask you for something or tell you a decision always come."),
    )
    has_weekly_digest = forms.BooleanField(
        label=_("One digest on Monday morning in place of single reminders of drafts and ending subscriptions"),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None, *, user: User) -> None:
        offered = MAILS_TO_STAFF if user.is_staff else MAILS_TO_PARTNERS
        wanted = [mail.value for mail in offered if mail not in user.muted_mails]
        language = user.language or get_language() or settings.LANGUAGE_CODE
        initial = {
            "full_name": user.full_name,
            "language": language,
            "time_zone": user.time_zone,
            "has_weekly_digest": user.has_weekly_digest,
            "mails": wanted,
        }
        super().__init__(data, initial=initial)
        self.offered = offered
        self.fields["time_zone"].choices = zone_choices(user.time_zone)  # type: ignore[attr-defined]
        self.fields["mails"].choices = [(mail.value, mail.label) for mail in offered]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return the columns of the person as they answered; mails that were not offered are none of them."""
        answers = self.cleaned_data
        return {
            "full_name": answers["full_name"],
            "language": answers["language"],
            "time_zone": answers["time_zone"],
            "has_weekly_digest": answers["has_weekly_digest"],
            "muted_mails": [mail.value for mail in self.offered if mail not in answers["mails"]],
        }


def zone_choices(current: str) -> list[tuple[Any, Any]]:
    """Return the portal's own zone, *current* even if others aren't offered it, UTC, and the cities of each region."""
    default = _("The portal's: %(zone)s") % {"zone": settings.CPOR_DEFAULT_TIME_ZONE}
    extra = [] if current in ("", "UTC", *zone_names()) else [(current, current)]
    cities: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in zone_names():
        region, _slash, city = name.partition("/")
        cities[region].append((name, city.replace("_", " ")))
    return [("", default), *extra, ("UTC", "UTC"), *((REGIONS[region], found) for region, found in cities.items())]


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of the time zones by region and city; older names of the same zones are left out."""
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS))
