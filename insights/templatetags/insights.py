"""Template filters that print months and changes of usage."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import number_format

from accounts.models import User
from associations.models import Claim
from insights.figures import month_in_words, uses_of_claim

register = template.Library()


@register.filter
def month(day: date) -> str:
    """Return the month of *day* as people read it: "Oct 2026"."""
    return month_in_words(day)


@register.inclusion_tag("insights/workload_information.html")
def workload_information(claim: Claim, reader: User) -> dict[str, Any]:
    """Show the figures of a claim's items on its page, which knows nothing of usage data itself."""
    return {"items": uses_of_claim(claim, reader=reader)}


@register.filter
def signed(change: int) -> str:
    """Return a change with its sign, as the language groups digits: "+12", "−3", "0"."""
    figure = number_format(abs(change), use_l10n=True, force_grouping=True)
    return figure if change == 0 else f"{'+' if change > 0 else '−'}{figure}"
