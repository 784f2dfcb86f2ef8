"""The links that this browser opened, kept in its session: so the token stays out of the address and of every table.

A claim's number leads to its notice and to what was typed so far; the link opened last comes last. Two requests may be
open in two tabs, so each form names its claim.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from associations.models import CustomerNotice
from associations.services.customer.answer import BadLink

KEY = "customer_links"


def remember(request: HttpRequest, notice: CustomerNotice) -> None:
    """Make *notice* the one that the clean pages show, and keep what was typed about its claim."""
    links = request.session.get(KEY, {})
    link = links.pop(notice.claim.number, {})
    request.session[KEY] = {**links, notice.claim.number: {**link, "notice": notice.pk}}


def opened_notice(request: HttpRequest) -> CustomerNotice:
    """Return the notice that the posted form names, or else the one opened last; raise BadLink if its link ended.

    One whose request was handed over is found too: its page says so.
    """
    links = request.session.get(KEY, {})
    number = request.POST.get("claim") or next(reversed(links), "")
    openable = CustomerNotice.objects.openable().select_related(
        "email", "claim__partner", "claim__location", "claim__tenant", "claim__acknowledgement__proof"
    )
    told = openable.prefetch_related("claim__items__product", "claim__items__subscription", "claim__contacts")
    notice = told.filter(pk=links.get(number, {}).get("notice")).first()
    if notice is None:
        raise BadLink
    return notice


def keep_typed(request: HttpRequest, notice: CustomerNotice, typed: Mapping[str, Any]) -> None:
    """Keep what was typed about the notice's claim, for the check page and for the way back."""
    remember(request, notice)
    request.session[KEY][notice.claim.number]["typed"] = dict(typed)


def typed(request: HttpRequest, notice: CustomerNotice) -> dict[str, Any]:
    """Return what was typed so far about the notice's claim."""
    link: dict[str, Any] = request.session.get(KEY, {}).get(notice.claim.number, {})
    return dict(link.get("typed", {}))


def forget_typed(request: HttpRequest, notice: CustomerNotice) -> None:
    """Discard the typed answer once it is given."""
    remember(request, notice)
    request.session[KEY][notice.claim.number].pop("typed", None)
