"""Dates inside a sentence. Format and capital letters depend on the language."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop, pgettext

from associations.status_words.dates import day_in_words, end_of_day_in_words

register = template.Library()

# Django's catalogues give these a capital letter, which not every language writes: ours come first.
SHORT_WEEKDAYS = (
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
)
# Italian elides its article before otto and undici: "entro l'8 ottobre", "entro il 9 ottobre".
VOWEL_DAYS = frozenset({8, 11})


@register.filter(expects_localtime=True)
def day(moment: date) -> str:
    """Return "30 October 2020"."""
    return _in_a_sentence(moment, pgettext("a day in a sentence, as Django's date filter shapes it", "j F Y"))


@register.filter
def in_zone(day_in_words: str, zone: str) -> str:
    """Return "30 October 2020 (CET)", or the day alone where no zone was noted."""
    return f"{day_in_words} ({zone})" if zone else day_in_words


@register.filter(expects_localtime=True)
def until_day(moment: date) -> str:
    """Return "until 30 October 2020"."""
    facts = {"day": day(moment)}
    if moment.day in VOWEL_DAYS:
        return pgettext("a day whose number begins with a vowel in Italian: 8, 11", "until %(day)s") % facts
    return pgettext("a day in a sentence", "until %(day)s") % facts


@register.filter(expects_localtime=True)
def weekday(moment: date) -> str:
    """Return "Friday 30 October 2020"."""
    return _in_a_sentence(moment, pgettext("a weekday in a sentence, as Django's date filter shapes it", "l j F Y"))


@register.filter(expects_localtime=True)
def minute(moment: datetime) -> str:
    """Return "Friday 30 October 2020, 23:59 (CET)"."""
    shape = pgettext("a moment in a sentence, as Django's date filter shapes it", "l j F Y, H:i")
    return f"{_in_a_sentence(moment, shape)} ({date_format(moment, 'T')})"


@register.simple_tag
def last_moment(closes_at: datetime, last_day: date, zone: str) -> SafeString:
    """Return until when: "Fri 30 Oct 2020, end of day (CET)"; *closes_at* is exclusive, *zone* that of the day."""
    moment = closes_at.astimezone(timezone.get_current_timezone()).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', moment, end_of_day_in_words(last_day, zone=zone))


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """Return a point in time in the zone of the page: "Fri 30 Oct 2020, 09:00 (CET)"."""
    local = at.astimezone(timezone.get_current_timezone())
    words = date_format(local, pgettext("date and time format", "D j M Y, H:i"))
    return format_html(
        '<time datetime="{}">{} ({})</time>', local.isoformat(timespec="seconds"), words, local.tzname()
    )


@register.simple_tag
def short_day(at: datetime) -> SafeString:
    """Return the day of a point in time in the zone of the page: "30 Oct 2020"."""
    local = at.astimezone(timezone.get_current_timezone())
    words = day_in_words(local.date(), shape=pgettext("date format", "j M Y"))
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


def _in_a_sentence(moment: date, shape: str) -> str:
    words = date_format(moment, shape)
    # Django's catalogues write months and weekdays as at the start of a sentence, in every language.
    letters = pgettext("letters of months and weekdays inside a sentence: capital or small", "capital")
    return words.lower() if letters == "small" else words
