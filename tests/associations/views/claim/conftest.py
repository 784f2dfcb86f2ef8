"""The moment at which pages of a claim are opened."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture
def on_tuesday() -> Iterator[None]:
    with time_machine.travel(datetime(2020, 10, 20, 8, 0, tzinfo=UTC), tick=False):
        yield
