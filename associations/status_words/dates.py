"""Days in words, in the shape and the language of the page."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def end_of_day_in_words(day: date, *, zone: str) -> str:
    """Return the end of *day* inside plain text: "Fri 30 Oct 2020, end of day (CET)"."""
    return _end_of_day_in_words(day, zone, get_language())


def day_in_words(day: date, *, shape: str) -> str:
    """Return *day* as Django's date filter shapes it."""
    return _day_in_words(day, shape, get_language())


# A long page names the same few days again and again.
@lru_cache(maxsize=4096)
def _end_of_day_in_words(day: date, zone: str, language: str | None) -> str:
    words = day_in_words(day, shape=pgettext("date format", "D j M Y"))
    return _("%(day)s, end of day (%(zone)s)") % {"day": words, "zone": zone}


@lru_cache(maxsize=4096)
def _day_in_words(day: date, shape: str, language: str | None) -> str:
    return date_format(day, shape)
