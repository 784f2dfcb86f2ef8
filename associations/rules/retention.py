"""Retention: the day so many months before, and whether a text names a person (domain.md R17).

The months are `CPOR_RETENTION_MONTHS`; what is due is `Claim.objects.to_forget`.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import datetime


def months_before(moment: datetime, *, months: int) -> datetime:
    """Return the same time of the same day so many *months* earlier, or of that month's last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def mentions(text: str, people: Iterable[str]) -> bool:
    """Return whether *text* contains one of the addresses or full names of *people* as whole words, blind to case.

    A name of one word is ignored because it identifies nobody: it may be "IT".
    """
    folded = text.casefold()
    told = [one.casefold() for one in people if "@" in one or len(one.split()) > 1]
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded) for one in told)
