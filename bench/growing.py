"""The list with all claims, beside itself with few."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from bench import data
from bench.data import BIG_PARTNER
from bench.measuring import Figure
from bench.pages import PARTNERS_FLOOR
from bench.ports import free_port
from bench.serving import FLOOR, PORTAL, Browser, page_times, server, signed_in
from bench.sizes import FEW, Size


def list_with_few_claims() -> float:
    """Return how the first page of the list compares with the floor's while there are few claims; leave none."""
    data.build(FEW)
    ratio = _ratio(FEW)
    data.clear()
    return ratio


def list_with_all_claims(size: Size, *, with_few: float) -> Iterator[Figure]:
    """The first page of the big partner's list. Floor: the same page with 10,000 claims in all.

    Each against the bare view that was asked in turns with it, because the two are measured far apart.
    """
    yield Figure(
        work=f"big partner's list with {size.claims:,} claims in all",
        floor=f"the same page with {FEW.claims:,}",
        ratio=_ratio(size) / with_few,
        budget=1.3,
    )


def _ratio(size: Size) -> float:
    with server(PORTAL, port=free_port()) as portal, server(FLOOR, port=free_port()) as floor:
        partner = signed_in(User.objects.get(memberships__partner=BIG_PARTNER), port=portal)
        pages = (partner, reverse("claim_list")), (Browser(floor), PARTNERS_FLOOR)
        ours, bare = page_times(*pages, times=size.requests)
    return ours / bare
