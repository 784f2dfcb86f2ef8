"""A process that has settled in knows every address, and its collector leaves alone what was loaded."""

import gc

from django.urls import get_resolver

from cpor_portal.settling import settle_in


def test_what_is_loaded_is_not_looked_through_again():
    held = [object() for _ in range(3)]
    gc.unfreeze()

    try:
        settle_in()

        assert gc.get_freeze_count() > 0
        assert not any(each is held for each in gc.get_objects())
        assert "url_patterns" in vars(get_resolver())
    finally:
        gc.unfreeze()
