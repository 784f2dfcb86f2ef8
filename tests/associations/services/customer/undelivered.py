"""Notices that bounce or are refused, for the tests of what follows."""

from datetime import timedelta

from associations.models import ClaimEvent, CustomerNotice
from associations.services.customer.undelivered_notice import note_undelivered_notices
from notifications.incoming.delivery_reports import Action
from notifications.incoming.processing import BounceReport, note_report
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
SAID = "550 5.1.1 User unknown"


def current_notice(claim):
    return CustomerNotice.objects.current().select_related("email").get(claim=claim)


def bounce(claim, *, at=TUESDAY, said=SAID):
    """Let the customer's server return the notice, and note it on the claim."""
    report = BounceReport(
        message_id=current_notice(claim).email.message_id,
        action=Action.FAILED,
        recipient=current_notice(claim).contact_email,
        diagnostic=said,
    )
    note_report(report, now=at)
    note_undelivered_notices(now=at)
    return stories.fresh(claim)


def lines(claim, kind):
    return list(ClaimEvent.objects.filter(claim=claim, kind=kind))


def partner_mails(claim):
    return OutboxEmail.objects.filter(template="notice_bounced", key__startswith=f"claim:{claim.pk}:")
