"""The address of the list, filtered: every number on the overview leads to the claims behind it."""

from django.urls import reverse

from associations.forms.claim_list.filter import ClaimFilter


def list_url(sought: ClaimFilter) -> str:
    """Return the address of the list, filtered."""
    return reverse("claim_list") + sought.query()
