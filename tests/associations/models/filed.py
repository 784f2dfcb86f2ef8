"""Claims that were filed, without the way there."""

from tests.factories import MONDAY, ClaimFactory, UserFactory


def filed(**facts):
    return ClaimFactory(**{"status": "submitted", "submitted_at": MONDAY, "submitted_by": UserFactory()} | facts)
