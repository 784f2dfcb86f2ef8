"""Facts about a claim that reviewers see and can filter by: no score, and nothing is decided by them."""

from datetime import timedelta
from enum import StrEnum


class ReviewFact(StrEnum):
    """The facts: an address at another domain, a file and an address used elsewhere, many claims at once."""

    CONTACT_ELSEWHERE = "contact"
    SAME_FILE = "file"
    ANSWERED_ELSEWHERE = "answered"
    MANY_CLAIMS = "many"


# So many claims of one partner, submitted from half an hour before a claim to half an hour after it, are many.
MANY_CLAIMS = 10
HALF_AN_HOUR = timedelta(minutes=30)
