"""Countries are named in the reader's language, whichever it is."""

import pytest
from django.utils import translation

from associations.calendars import main_zones
from associations.countries import country_name


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Germany", "Türkiye", "Kosovo", "Hong Kong", "Palestine", "Bahamas"]),
        ("it", ["Germania", "Turchia", "Kosovo", "Hong Kong", "Palestina", "Bahamas"]),
        ("de", ["Deutschland", "Türkei", "Kosovo", "Hong Kong", "Palestine", "Bahamas"]),
        ("pt-br", ["Alemanha", "Turquia", "Kosovo", "Hong Kong", "Palestine", "Bahamas"]),
        ("tlh", ["Germany", "Türkiye", "Kosovo", "Hong Kong", "Palestine", "Bahamas"]),
        (None, ["Germany", "Türkiye", "Kosovo", "Hong Kong", "Palestine", "Bahamas"]),
    ],
)
def test_a_country_is_named_in_the_language_of_the_reader(language, names):
    with translation.override(language):
        assert [country_name(code) for code in ("DE", "tr", "XK", "HK", "PS", "BS")] == names


@pytest.mark.parametrize("code", ["", "QQ", "ZZ", "EU", "001", "UK"])
def test_what_is_no_country_is_shown_as_it_is_stored(code):
    assert country_name(code) == code


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_country_with_a_zone_has_a_name_of_its_own(language):
    with translation.override(language):
        names = [country_name(code) for code in main_zones()]

    assert len(set(names)) == len(main_zones())
    assert [name for name in names if len(name) < 4] == []
