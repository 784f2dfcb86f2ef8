"""A process that has warmed up knows every address, and its collector leaves alone what was loaded."""

import gc

from django.urls import get_resolver

from operations.warm_up import warm_up


def test_what_is_loaded_is_not_looked_through_again():
    held = [object() for _ in range(3)]
    gc.unfreeze()

    try:
        warm_up()

        assert gc.get_freeze_count() > 0
        assert not any(each is held for each in gc.get_objects())
        assert "url_patterns" in vars(get_resolver())
    finally:
        gc.unfreeze()
