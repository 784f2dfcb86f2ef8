"""Names countries, by the codes of ISO 3166-1 that are stored, in the reader's language (Unicode CLDR)."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Shorter than in CLDR, which says for instance "Hong Kong SAR China".
SHORT_NAMES = {
    "HK": _("Hong Kong"),
    "MM": _("Myanmar"),
    "MO": _("Macao"),
    "PS": _("Palestine"),
}
# Two letters that CLDR names, though they are no country.
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def country_name(code: str) -> str:
    """Return what the country is called in the language of now, and the code itself of a country we don't know."""
    key = code.upper()
    if key in SHORT_NAMES:
        return str(SHORT_NAMES[key])
    return names_in(get_language() or settings.LANGUAGE_CODE).get(key, code)


@cache
def names_in(language: str) -> Mapping[str, str]:
    """Return the names of all countries in *language*, or in English if CLDR does not know it. Takes 40 ms once."""
    try:
        territories = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        territories = Locale("en").territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES}
