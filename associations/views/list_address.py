"""The address of the list, filtered: every number on the overview leads to the claims behind it."""

from django.urls import reverse

from associations.forms.claim_filter import ClaimFilter


def list_url(*, status: str = "", window: str = "") -> str:
    """Return the address of the list, filtered."""
    return reverse("claim_list") + ClaimFilter(status=status, window=window).query()
