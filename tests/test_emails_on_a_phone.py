"""Every email on the narrowest phone: nothing scrolls sideways, and no word is cut that has room on a line.

The customer's button stands in the first screen of a phone and of a reading pane.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from associations.models import Product
from associations.services.customer.notice import send_notice
from associations.services.customer.reminders import send_due_reminders
from notifications.account_emails import CHANGES
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests.associations.emails.acts import tell_every_mail
from tests.factories import MONDAY, AssociationFactory, PartnerLocationFactory, UserFactory
from tests.served import pages_in_chromium
from tests.stories import complete_claim, fresh, noticed_claim

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

NARROWEST = 320
# The words of a page that stand on two lines though one would hold them.
CUT_WORDS = r"""() => {
    const cut = [], range = document.createRange();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode, cell = node.parentElement.closest("td, th, p, li, h1, h2, blockquote, div");
        for (const word of node.data.matchAll(/(?<!\S)[\p{L}'’.,:;()]{3,}(?!\S)/gu)) {
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const lines = [...range.getClientRects()];
            const width = lines.reduce((sum, line) => sum + line.width, 0);
            if (new Set(lines.map((line) => Math.round(line.top))).size > 1 && width < cell.clientWidth - 4) {
                cut.push(word[0]);
            }
        }
    }
    return cut;
}"""


def faults_of(pages: Mapping[str, str]) -> dict[str, object]:
    """Return the width of each page that scrolls sideways, and the words that each cuts, by its address."""
    faults: dict[str, object] = {}
    with pages_in_chromium(pages) as opened:
        for address, page in opened:
            page.set_viewport_size({"width": NARROWEST, "height": 800})
            width = page.evaluate("document.documentElement.scrollWidth")
            if found := page.evaluate(CUT_WORDS) or (width if width > NARROWEST else None):
                faults[address] = found
    return faults


def test_no_mail_cuts_a_word_or_scrolls_sideways(settings: Settings):
    settings.PORTAL_URL = "https://customer-associations.portal.microsoft.example"
    tell_every_mail()
    person = UserFactory()
    Client().post(reverse("account_reset_password"), {"email": person.email})
    get_adapter().send_notification_mail(next(iter(CHANGES)), person)

    pages = {}
    for name, email in {email.template: email for email in OutboxEmail.objects.order_by("pk")}.items():
        for email.locale in ("en", "it"):
            pages[f"/{name}/{email.locale}"] = (
                rendering.render(email).with_link(f"https://p.example/c/{'x' * 43}/").html
            )
    # Chromium's driver takes its thread for itself, and the database has to stay usable in ours.
    with ThreadPoolExecutor(1) as other_thread:
        faults = other_thread.submit(faults_of, pages).result()

    assert len(pages) > 40
    assert faults == {}


# A mail program spends some 200 px of a phone (844 px) and of a reading pane (700 px) on its bars and the header.
FIRST_SCREENS = ((390, 600), (700, 500))


def buttons_out_of_sight(pages: Mapping[str, str]) -> dict[str, object]:
    """Return by address and width where the first button of a page ends, if that is below the first screen."""
    found: dict[str, object] = {}
    with pages_in_chromium(pages) as opened:
        for address, page in opened:
            for width, height in FIRST_SCREENS:
                page.set_viewport_size({"width": width, "height": height})
                box = page.locator("a.button").first.bounding_box()
                if box is None or box["y"] + box["height"] > height:
                    found[f"{address} {width}"] = box
    return found


def test_the_customer_finds_the_button_in_the_first_screen(settings: Settings):
    settings.PORTAL_URL = "https://customer-associations.portal.microsoft.example"
    partner = PartnerLocationFactory(partner__name="Adventure Works Consulting and Cloud Services International")
    rival = PartnerLocationFactory().partner
    claim = noticed_claim(claim=complete_claim(location=partner, products=("EXO", "TEAMS", "SPO", "INTUNE")))
    claim.items.filter(product__code="SPO").delete()
    AssociationFactory(tenant=claim.tenant, partner=rival, product=Product.objects.get(code="TEAMS"))
    send_due_reminders(now=MONDAY + timedelta(days=3))
    send_notice(fresh(claim), now=MONDAY + timedelta(days=3))

    pages = {}
    for email in OutboxEmail.objects.filter(template__in=["customer_notice", "customer_reminder"]):
        for email.locale in ("en", "it"):
            pages[f"/{email.template}/{email.pk}/{email.locale}"] = rendering.render(email).html
    with ThreadPoolExecutor(1) as other_thread:
        found = other_thread.submit(buttons_out_of_sight, pages).result()

    assert len(pages) == 6
    assert found == {}
