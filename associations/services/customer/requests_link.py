"""The link to all requests that name an address: sent to that address, for a day (domain.md 5, ADR 10).

A request for a link writes one row, whatever the address. A clock checks later whether a notice went there, so
response times reveal nothing.
"""

import logging
from datetime import datetime

from django.db import transaction

from accounts.text.email_addresses import account_name
from associations import emails, link_tokens
from associations.models import REQUESTS_LINK_LIFETIME, CustomerNotice, RequestsLink
from associations.services.customer.answer import BadLink
from notifications import outbox
from notifications.outbox import StillInFlight

logger = logging.getLogger(__name__)


def ask_for_requests_link(address: str, *, language: str, now: datetime) -> None:
    """Note that somebody wants a link in *language* sent to *address*."""
    RequestsLink.objects.create(
        address=account_name(address), language=language, created_at=now, expires_at=now + REQUESTS_LINK_LIFETIME
    )


def send_requests_links(*, now: datetime) -> int:
    """Send every requested link to a known address, and return how many."""
    sent = 0
    for link_id in list(RequestsLink.objects.waiting().order_by("pk").values_list("pk", flat=True)):
        try:
            sent += send_requests_link(link_id, now=now)
        except Exception:
            logger.exception("The link %s to all requests was left for the next run.", link_id)
    return sent


@transaction.atomic
def send_requests_link(link_id: int, *, now: datetime) -> bool:
    """Send the link if a notice went to its address, forget it otherwise; return whether it was sent.

    The email goes to the address as the newest notice spells it, not as a stranger typed it.
    """
    link = RequestsLink.objects.waiting().select_for_update().filter(pk=link_id).first()
    if link is None:
        return False
    notice = CustomerNotice.objects.sent_to(link.address).select_related("claim__tenant").order_by("-pk").first()
    if notice is None:
        link.delete()
        return False
    token = link_tokens.make_token()
    link.address, link.token_digest = account_name(notice.contact_email), link_tokens.digest(token)
    link.save(update_fields=["address", "token_digest"])
    emails.requests_link(link, notice=notice, token=token, now=now)
    return True


def find_requests_link(token: str, *, now: datetime) -> RequestsLink:
    """Return the link of *token*; raise BadLink for one that is unknown or has expired."""
    link = RequestsLink.objects.working(now).filter(token_digest=link_tokens.digest(token)).first()
    if link is None:
        raise BadLink
    return link


def discard_expired_links(*, now: datetime) -> int:
    """Delete the links that have expired, with address and text of their emails, and return how many."""
    done = 0
    for link in RequestsLink.objects.expired(now).order_by("pk"):
        try:
            discard(link, now=now)
            done += 1
        except StillInFlight:
            logger.info("A link to all requests was left for the next run: its email is being sent.")
    return done


@transaction.atomic
def discard(link: RequestsLink, *, now: datetime) -> None:
    """Delete *link*, and forget its email; raise StillInFlight."""
    outbox.forget(keys=[link.email_key], now=now)
    link.delete()
