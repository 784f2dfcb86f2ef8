"""Refuses the demo world outside the embedded mode; in a module that never loads it."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


@pytest.mark.django_db
def test_the_demo_world_is_refused_outside_the_embedded_mode(settings):
    settings.EMBEDDED = False

    with pytest.raises(CommandError, match="The demo world has known passwords"):
        call_command("seed_demo")

    assert not User.objects.exists()
