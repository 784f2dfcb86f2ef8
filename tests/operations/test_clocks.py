"""Each clock of the list does its work and notes its own name."""

import pytest

from notifications.models import ClockRun
from operations.clocks import CLOCKS, run_clock

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.name)
def test_a_clock_notes_its_own_name(clock):
    run_clock(clock.name)

    assert ClockRun.objects.get().clock == clock.name
