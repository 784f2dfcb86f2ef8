"""Finds out who handed a request over to the reader of an email, and whether it can be handed on (domain.md D21)."""

from collections.abc import Mapping, Sequence
from typing import Any

from associations.choices import ContactKind, NoticeAnswer
from associations.emails.facts import contact_of
from associations.models import Claim, CustomerNotice
from associations.rules.customer.hand_over import MOST_HAND_OVERS

# Who handed a request over, by claim and by the address of the colleague.
Givers = Mapping[tuple[int, str], str]


def handed_over_to(claims: Sequence[Claim]) -> Givers:
    """Return who handed the requests of *claims* over. Most were not, which an index of its own answers.

    The notice to the newest colleague may not be written yet: the address is then that of the claim's contact.
    """
    notices = CustomerNotice.objects.filter(claim__in=[claim.pk for claim in claims])
    handed_over = set(notices.handed_over().values_list("claim", flat=True))
    if not handed_over:
        return {}
    givers: dict[tuple[int, str], str] = {}
    waiting: dict[int, str] = {}
    facts = ("claim_id", "contact_email", "answer", "answered_by_name")
    of_these = CustomerNotice.objects.filter(claim__in=handed_over).order_by("number")
    for claim_id, email, answer, name in of_these.values_list(*facts):
        if giver := waiting.pop(claim_id, ""):
            givers[claim_id, email] = giver
        if answer == NoticeAnswer.HANDED_OVER:
            waiting[claim_id] = name
    for claim in claims:
        if giver := waiting.get(claim.pk, ""):
            givers[claim.pk, contact_of(claim, ContactKind.CUSTOMER).email] = giver
    return givers


def why_this_reader(claim: Claim, email: str, givers: Givers) -> dict[str, Any]:
    """Return who handed the request over to the reader at *email*; nothing if the partner named the reader."""
    giver = givers.get((claim.pk, email))
    return {"handed_over_by": giver} if giver else {}


def hand_over_facts(claim: Claim, email: str) -> dict[str, Any]:
    """Return the same for a reader who is asked, and whether the request can still be handed over."""
    givers = handed_over_to([claim])
    return why_this_reader(claim, email, givers) | {"may_hand_over": len(givers) < MOST_HAND_OVERS}
