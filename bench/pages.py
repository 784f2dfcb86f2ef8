"""Pages that people read."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from associations.forms.claim_list.sort import SORTS, first_way
from associations.models import Claim
from bench.data import BIG_PARTNER, COMMON_WORD, RARE_WORD
from bench.measuring import Figure
from bench.ports import free_port
from bench.serving import FLOOR, PORTAL, Browser, page_times, server, signed_in
from bench.sizes import Size

OLDER = re.compile(r'href="([^"]+)" rel="next"')
PAGES_DEEP = 20
PARTNERS_FLOOR = f"/claims/{BIG_PARTNER}/"
A_LIST_FLOOR = "bare view: one hand-written statement for as many of the newest rows, one plain template"


def read_pages(size: Size) -> Iterator[Figure]:
    """Ask for every page that people read all day, for the big partner and for a reviewer.

    Floor: bare views on a second server of the same kind, with two workers, asked in turns with the portal.
    """
    with server(PORTAL, port=free_port()) as portal, server(FLOOR, port=free_port()) as floor:
        partner = signed_in(User.objects.get(memberships__partner=BIG_PARTNER), port=portal)
        reviewer = signed_in(_reviewer(), port=portal)
        nobody = Browser(floor)
        yield from _lists(partner, nobody, size)
        yield from _queue(reviewer, nobody, size)
        yield from _claim(partner, signed_in(User.objects.get(memberships__partner=BIG_PARTNER), port=floor), size)
        yield from _overview(partner, nobody, size)


def _reviewer() -> User:
    reviewer = User.objects.create_user("reviewer@microsoft.example", full_name="Rita Reviewer", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Reviewers"))
    Authenticator.objects.create(user=reviewer, type=Authenticator.Type.TOTP, data={})
    return reviewer


def _lists(partner: Browser, floor: Browser, size: Size) -> Iterator[Figure]:
    """The big partner's list. Floor: the first page of the same claims, bare."""
    first = reverse("claim_list")
    addresses = {
        "first page": first,
        f"page {PAGES_DEEP + 1}": _older(partner, first, pages=PAGES_DEEP),
        "filtered by status": f"{first}?state=opt_out_period",
        "filtered by customer window": f"{first}?window=open",
    }
    addresses |= {f"sorted by {first_way(key)}": f"{first}?sort={first_way(key)}" for key in SORTS}
    for what, address in addresses.items():
        yield _against_list(f"big partner's list, {what}", partner, address, floor, PARTNERS_FLOOR, size, budget=3)
    for what, word in (("rare", RARE_WORD), ("common", COMMON_WORD)):
        address = f"{first}?q={word}"
        work = f"big partner's search, {what} word"
        yield _against_list(work, partner, address, floor, PARTNERS_FLOOR, size, budget=5)


def _queue(reviewer: Browser, floor: Browser, size: Size) -> Iterator[Figure]:
    """The reviewer's queue over all claims. Floor: as many of the newest claims, bare."""
    first = reverse("admin:associations_claim_changelist")
    addresses = {
        "first page": first,
        f"page {PAGES_DEEP + 1}": _older(reviewer, first, pages=PAGES_DEEP),
        "last page": f"{first}?end=1",
        "filtered by status": f"{first}?state=official",
    }
    for what, address in addresses.items():
        yield _against_list(f"list of a reviewer, {what}", reviewer, address, floor, "/claims/", size, budget=3)
    for what, word in (("rare", RARE_WORD), ("common", COMMON_WORD)):
        address = f"{first}?q={word}"
        yield _against_list(f"search of a reviewer, {what} word", reviewer, address, floor, "/claims/", size, budget=5)


def _claim(partner: Browser, floor: Browser, size: Size) -> Iterator[Figure]:
    """A claim of the big partner and its History. Floor: five indexed queries behind a session, one template."""
    claim = Claim.objects.filter(partner=BIG_PARTNER, status="approved").latest("pk")
    for what, name in (("claim page", "claim_detail"), ("History of a claim", "claim_history")):
        ours, bare = page_times(
            (partner, reverse(name, args=[claim.public_id])), (floor, f"/claim/{claim.pk}/"), times=size.requests
        )
        bare_view = "bare view behind a session: 5 indexed queries, one plain template"
        yield Figure(work=what, floor=bare_view, ratio=ours / bare, budget=4)


def _overview(partner: Browser, floor: Browser, size: Size) -> Iterator[Figure]:
    """The overview of the big partner. Floor: the first page of its list, bare."""
    yield _against_list(
        "overview of the big partner", partner, reverse("overview"), floor, PARTNERS_FLOOR, size, budget=6
    )


def _against_list(
    work: str, browser: Browser, address: str, floor: Browser, bare_address: str, size: Size, *, budget: float
) -> Figure:
    ours, bare = page_times((browser, address), (floor, bare_address), times=size.requests)
    return Figure(work=work, floor=A_LIST_FLOOR, ratio=ours / bare, budget=budget)


def _older(browser: Browser, address: str, *, pages: int) -> str:
    """Return the address of the page that is so many pages further, or the last one."""
    for _ in range(pages):
        link = OLDER.search(browser.get(address))
        if link is None:
            break
        address = urljoin(address, unescape(link[1]))
    return address
