"""The link of a customer, and the pages behind it."""

import re
from datetime import timedelta

from django.utils import timezone

from associations.models import Claim
from notifications.models import OutboxEmail
from tests import stories

DECISION = "/c/decision/"
CONFIRM = "/c/decision/confirm/"
RECEIPT = "/c/receipt/"
APPROVE = {"answer": "approved", "name": "Carla Bianchi"}
OPT_OUT = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "other_partner", "text": "Fabrikam does this."}


def link_to(claim: Claim) -> str:
    """The path in the notice that waits in the outbox."""
    return OutboxEmail.objects.get(pk=claim.notices.current().get().email_id).secret


def filed(*, days_ago: int = 0) -> tuple[Claim, str]:
    """A claim whose window opened some days ago, and its link."""
    at = timezone.now() - timedelta(days=days_ago)
    claim = stories.submitted_claim(at=at)
    link = link_to(claim)
    stories.deliver_notice(claim, at=at)
    return stories.fresh(claim), link


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())
