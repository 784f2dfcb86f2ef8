"""An edition of the program guide published or withdrawn, with the notification to everyone who reads claims."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from associations.models.partners import CLAIM_READERS
from guides import publishing
from guides.models import ProgramGuide
from notifications import in_app


@transaction.atomic
def publish_edition(*, guide_id: int, valid_from: date, by: User, now: datetime) -> ProgramGuide:
    """Publish a draft and notify partners' people; raise as `guides.publishing.publish` does."""
    guide = publishing.publish(guide_id=guide_id, valid_from=valid_from, by=by, now=now)
    in_app.post(
        # One that was withdrawn and published again is told again.
        key=f"guide:{guide.pk}:{now.isoformat()}",
        users=User.objects.filter(is_active=True, memberships__role__in=CLAIM_READERS).distinct(),
        kind="guide_published",
        context={"title": guide.title, "valid_on": valid_from.isoformat()},
        url=address_of(guide),
        now=now,
    )
    return guide


@transaction.atomic
def withdraw_edition(*, guide_id: int, now: datetime) -> ProgramGuide:
    """Withdraw an edition to come, and its notifications; raise as `guides.publishing.withdraw` does."""
    guide = publishing.withdraw(guide_id=guide_id, now=now)
    in_app.discard(urls=[address_of(guide)])
    return guide


def address_of(guide: ProgramGuide) -> str:
    """Return where the *Program guide* page says what an edition changes."""
    return f"{reverse('program_guide')}#edition-{guide.code}"
