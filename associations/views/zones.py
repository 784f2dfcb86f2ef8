"""The time zone of the person who asks, in which a page shows instants."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from associations.calendars import UnknownZone, zone_for

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]


def zone_of_person(user: User | AnonymousUser) -> ZoneInfo:
    """Return the person's own zone, or the portal's where none, or no valid one, is set."""
    try:
        return zone_for("", getattr(user, "time_zone", ""))
    except UnknownZone:
        return ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)


def in_own_zone(view: View[Arguments]) -> View[Arguments]:
    """Make *view* print instants in the zone of the person who asks."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        with timezone.override(zone_of_person(request.user)):
            return view(request, *args, **kwargs)

    return answer
