"""The languages of the portal: English, and each with compiled texts in the folder of translations."""

from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Language = tuple[str, str | Promise]


def languages_in(folder: Path) -> list[Language]:
    """Return English and the languages whose catalogues *folder* has; raise KeyError for one unknown to Django."""
    catalogues = folder.glob("*/LC_MESSAGES/django.mo")
    others = {translation.to_language(catalogue.parts[-3]) for catalogue in catalogues} - {"en"}
    return [(code, gettext_lazy(LANG_INFO[code]["name"])) for code in ("en", *sorted(others))]


def language_choices() -> list[Language]:
    """Return the languages as choices of a field.

    A migration keeps the name of this function, so that one language more is no change of a model.
    """
    return list(settings.LANGUAGES)


def names_of(code: str) -> set[str]:
    """Return what a language is called in itself, in English and in every other language, without capitals."""
    information = translation.get_language_info(code)
    names = {code, information["name"], information["name_local"]}
    for spoken, _name in settings.LANGUAGES:
        with translation.override(spoken):
            names.add(translation.gettext(information["name"]))
    return {name.casefold() for name in names}
