"""Addresses of the filtered list: every number on the overview links to its claims."""

from django.http import QueryDict
from django.urls import reverse

from associations.forms.claim_list.existing import TAB, ExistingFilter
from associations.forms.claim_list.filter import ClaimFilter


def list_url(sought: ClaimFilter) -> str:
    """Return the address of the list, filtered."""
    return reverse("claim_list") + sought.query()


def list_url_of(query: str) -> str:
    """Return the address of the list that *query* describes, of whichever tab, as the list itself would write it."""
    asked = QueryDict(query.removeprefix("?"))
    if asked.get("tab") != TAB:
        return list_url(ClaimFilter.asked(asked))
    return reverse("claim_list") + ExistingFilter.asked(asked).query()
