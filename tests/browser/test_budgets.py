"""Limits for the weight of a page and the time until it stands, and no shift of its layout."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Portal, Visit
from tests.browser.people import PARTNER, REVIEWER, sign_in
from tests.browser.slow_line import slow_line
from tests.browser.watching import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

COLD = 200_000
WARM = 30_000
MILLISECONDS_TO_PAINT = 1000
SLOWER_PROCESSOR = 4
VISITS = 6
PARTNERS_PAGES = [
    "/incentives/", "/associations/", "/associations/new/", "/usage/", "/notifications/", "/jobs/", "/calendar/",
    "/imports/reassociation/", "/help/", "/help/find-ids/", "/help/mpn-id/", "/help/proof/", "/preferences/",
    "/customers/",
]  # fmt: skip
DESK_PAGES = ["/admin/", "/admin/associations/claim/", "/admin/associations/claim/?q=Proseware+mail"]
OBSERVER = """
    window.moved = [];
    window.painted = 0;
    new PerformanceObserver(seen => seen.getEntries().filter(shift => !shift.hadRecentInput).forEach(shift => {
        const parts = shift.sources.map(source => source.node?.outerHTML ?? source.node?.textContent ?? "?");
        window.moved.push(`${shift.value.toFixed(4)}: ${parts.map(part => part.slice(0, 80)).join(" + ")}`);
    })).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver(seen => { window.painted = seen.getEntries().at(-1).startTime; })
        .observe({ type: "largest-contentful-paint", buffered: true });
"""
# Scripts that follow the page have drawn by then.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def claim_of(page: Page) -> str:
    page.goto("/associations/?q=Proseware+mail")
    return str(page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href"))


def moves_on(page: Page, addresses: list[str]) -> list[str]:
    """Return what moves on each of these pages while it arrives."""
    moves = []
    for address in addresses:
        page.goto(address)
        page.evaluate(TWO_FRAMES)
        moves += [f"{address} {said}" for said in page.evaluate("window.moved")]
    return moves


def waiting_for_the_processor() -> float:
    """Return how many times longer than its own work a process takes now, because others use the processor too."""
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < 0.05:
        pass
    return (time.perf_counter() - began) / (time.process_time() - worked)


def slow_to_paint(page: Page, address: str) -> list[str]:
    """Visit *address* until it stands in time, were nobody else at work; return how long each visit took."""
    taken = []
    for _visit in range(VISITS):
        page.goto("about:blank")
        before = waiting_for_the_processor()
        page.goto(address, wait_until="networkidle")
        crowd = max(before, waiting_for_the_processor())
        painted = page.evaluate("window.painted") / crowd
        if 0 < painted < MILLISECONDS_TO_PAINT:
            return []
        taken.append(f"{address}: {painted:.0f} ms, {crowd:.1f} times waited")
    return taken


def bytes_to_open(page: Page, addresses: list[str]) -> Iterator[tuple[str, int, int]]:
    """Yield each address with the bytes of its first visit, and with those of the next one."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    arrived: list[float] = []
    network.on("Network.loadingFinished", lambda event: arrived.append(event["encodedDataLength"]))
    for address in addresses:
        network.send("Network.clearBrowserCache")
        weights = []
        for _visit in range(2):
            page.goto("about:blank")
            arrived.clear()
            page.goto(address, wait_until="networkidle")
            weights.append(round(sum(arrived)))
        yield address, weights[0], weights[1]


def test_a_page_weighs_little_and_next_time_almost_nothing(visit: Visit):
    page = visit()
    sign_in(page, PARTNER)
    claim = claim_of(page)

    weights = list(bytes_to_open(page, ["/associations/", "/associations/new/", claim, "/incentives/"]))

    assert min(cold for _address, cold, _warm in weights) > WARM
    assert [row for row in weights if row[1] >= COLD or row[2] >= WARM] == []


@pytest.mark.parametrize("window", [{"width": 1280, "height": 800}, PHONE], ids=["laptop", "phone"])
def test_nothing_moves_on_a_page_that_arrives_in_pieces(visit: Visit, portal: Portal, window: dict[str, int]):
    with slow_line(portal.address) as near_end:
        partner, reviewer = visit(base_url=near_end, viewport=window), visit(base_url=near_end, viewport=window)
        for page, account in ((partner, PARTNER), (reviewer, REVIEWER)):
            sign_in(page, account)
            page.context.add_init_script(OBSERVER)
        claim = claim_of(partner)

        moves = moves_on(partner, [*PARTNERS_PAGES, claim, f"{claim}history/"]) + moves_on(reviewer, DESK_PAGES)

    assert moves == []


def test_a_page_stands_within_a_second_on_a_slow_processor(visit: Visit):
    page = visit()
    sign_in(page, PARTNER)
    claim = claim_of(page)
    page.context.add_init_script(OBSERVER)
    slowly = {"rate": SLOWER_PROCESSOR}
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", slowly)

    late = [
        slow_to_paint(page, address) for address in ("/associations/", "/associations/new/", claim, "/incentives/")
    ]

    assert [visits for visits in late if visits] == []
