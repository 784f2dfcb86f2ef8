"""The overview's charts are drawn in the colours of the theme; the calendar address and the help answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PARTNER, arrive, sign_in
from tests.browser.watching import examine

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

COLOURS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""
PICTURE = "canvas => canvas.toDataURL()"


def test_charts_are_drawn_and_follow_the_theme(watched: Page):
    sign_in(watched, PARTNER)
    arrive(watched, "Overview")
    charts = [watched.get_by_role("img", name=re.compile(name)) for name in ("last twelve months", "ended")]
    for chart in charts:
        expect(chart.first).to_be_visible()
        assert chart.first.evaluate(COLOURS) > 2
    light = charts[0].first.evaluate(PICTURE)

    watched.get_by_role("button", name="Dark theme").click()

    watched.wait_for_function("light => document.querySelector('canvas').toDataURL() !== light", arg=light)
    expect(watched.get_by_role("row", name=re.compile("^Withdrawn"))).to_be_visible()
    examine(watched)


def test_a_calendar_address_is_made_read_and_revoked(watched: Page):
    sign_in(watched, PARTNER)
    watched.get_by_role("link", name="See the deadlines in your calendar").click()
    arrive(watched, "Deadlines in your calendar")

    watched.get_by_role("button", name="Create calendar link").click()

    address = watched.get_by_text(re.compile(r"/calendar/[\w-]{43}\.ics$")).inner_text()
    examine(watched)
    path = "/" + address.split("/", 3)[3]
    assert watched.request.get(path).text().startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    watched.get_by_role("button", name="Revoke the address").click()
    expect(watched.get_by_role("status").first).to_contain_text("no longer works")
    assert watched.request.get(path).status == 404
