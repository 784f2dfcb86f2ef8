"""Claims whose customer is asked to acknowledge the work, and what the customer does."""

from datetime import datetime
from typing import Any

from django.utils import translation

from associations.models import Acknowledgement, Claim, CustomerNotice
from associations.services.claim.answers import version_of
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer.acknowledgement_text import statement_of
from associations.services.customer.answer import Answerer
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY

CARLA = Answerer(name="Carla Bianchi", ip="192.0.2.7", user_agent="Firefox")


def asked_claim(*, at: datetime = MONDAY, claim: Claim | None = None, **fields: Any) -> Claim:
    """A claim whose partner asked for an acknowledgement while it was a draft; its window is open."""
    draft = claim or stories.complete_claim(at=at)
    acknowledging.ask(claim_id=draft.pk, by=stories.admin_of(draft), now=at)
    noticed = stories.noticed_claim(at=at, claim=draft)
    if fields:
        Claim.objects.filter(pk=noticed.pk).update(**fields)
    return stories.fresh(noticed)


def send_code(claim: Claim, *, at: datetime = MONDAY) -> str:
    """Ask for a code, and return the one in the email."""
    acknowledging.send_code(notice_id=claim.notices.current().get().pk, now=at)
    return code_in(claim)


def code_in(claim: Claim) -> str:
    """Return the code in the last email that waits."""
    sent = OutboxEmail.objects.filter(template="acknowledgement_code", key__startswith=f"claim:{claim.pk}:")
    return sent.order_by("pk").values_list("secret", flat=True)[len(sent) - 1]


def acknowledge(
    claim: Claim,
    *,
    code: str,
    at: datetime = MONDAY,
    notice: CustomerNotice | None = None,
    language: str = "en",
    version: str | None = None,
) -> Acknowledgement:
    """Enter a code as Carla, who read the text as it is now, or that of *version*."""
    link = notice or claim.notices.latest("number")
    with translation.override(language):
        now_read = version_of(statement_of(Claim.objects.get(pk=claim.pk)))
    return acknowledging.acknowledge(
        notice_id=link.pk,
        answerer=CARLA,
        title="IT manager",
        code=code,
        version=now_read if version is None else version,
        language=language,
        now=at,
    )


def acknowledged_claim(*, at: datetime = MONDAY, language: str = "en", claim: Claim | None = None) -> Claim:
    """A claim whose work the customer has acknowledged; the seal is due."""
    asked = asked_claim(at=at, claim=claim)
    acknowledge(asked, code=send_code(asked, at=at), at=at, language=language)
    return stories.fresh(asked)
