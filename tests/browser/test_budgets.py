"""What a page may weigh on its way to a browser: all of it at the first visit, and what is not kept at the next."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.once]

COLD = 200_000
WARM = 30_000


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
    page.goto("/associations/?q=Proseware+mail")
    claim = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href")

    weights = list(bytes_to_open(page, ["/associations/", "/associations/new/", f"{claim}", "/incentives/"]))

    assert min(cold for _address, cold, _warm in weights) > WARM
    assert [row for row in weights if row[1] >= COLD or row[2] >= WARM] == []
