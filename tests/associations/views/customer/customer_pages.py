"""The link of a customer, and the pages behind it."""

import re
from datetime import timedelta
from html import unescape

from django.apps import apps
from django.utils import timezone

from associations.models import Claim
from associations.services.association import approval
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


def official() -> tuple[Claim, str]:
    """A claim made official by silence, and its link."""
    claim, link = filed(days_ago=30)
    approval.approve_unopposed_claims(now=timezone.now() - timedelta(days=1))
    return stories.fresh(claim), link


def give(client, claim, answer):
    """Go through both pages, as a person does, and return the last response."""
    client.post(DECISION, answer | {"claim": claim.number})
    return client.post(CONFIRM, answer | {"claim": claim.number}, follow=True)


def text_of(response):
    """Return the text of the page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def rows() -> dict[str, int]:
    """Return how many rows every table has, without sessions."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }
