"""The notice's words beside the request: sender, reason, replaced notice, other recorded partner."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from associations.choices import ContactKind
from associations.models import Claim, Product
from associations.services.customer import undelivered_notice
from associations.services.customer.notice import send_notice
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import MONDAY, AssociationFactory, ClaimedProductFactory, PartnerLocationFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def portal(settings: Settings) -> None:
    settings.PORTAL_URL = "https://portal.example"


def newest_notice(claim: Claim) -> OutboxEmail:
    return OutboxEmail.objects.filter(template="customer_notice", key__startswith=f"claim:{claim.pk}:").latest("pk")


def text_of(email: OutboxEmail, **context: Any) -> str:
    """Return the text of *email* in one line, with its line breaks as spaces."""
    email.context |= context
    return " ".join(rendering.render(email).text.split())


def resend(claim: Claim, *, at: Any = MONDAY + DAY) -> OutboxEmail:
    """Send a new notice on *claim* as it stands now."""
    send_notice(stories.fresh(claim), now=at)
    return newest_notice(claim)


def test_the_program_signs_and_says_why_this_person_gets_the_email():
    claim = stories.submitted_claim()

    text = rendering.render(newest_notice(claim)).text

    assert f"{claim.partner.name} asks Microsoft to record it as your partner for these products" in text
    assert f"named you as the person to ask at {claim.tenant.name}" in text
    assert "\nClaiming Partner of Record (CPOR) program\nMicrosoft\n" in text
    assert f"because {claim.partner.name} named you as a contact of the customer on claim {claim.number}." in text
    assert "CPOR portal" not in text
    assert "The portal" not in text


def test_the_button_comes_before_everything_that_can_wait():
    text = text_of(newest_notice(stories.submitted_claim()))

    order = ["Dear", "Exchange Online, Microsoft Teams", "until the end of", "Approve or opt out:", "Italiano:"]
    order += ["Replies to this email aren't read.", "What happens next", "The request"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


@pytest.mark.parametrize(
    ("products", "language", "subject"),
    [
        (("EXO",), "en", "Exchange Online: you"),
        (("EXO", "TEAMS"), "en", "Exchange Online + 1 more: you"),
        (("EXO", "TEAMS", "SPO"), "en", "Exchange Online + 2 more: you"),
        (("EXO", "TEAMS"), "it", "Exchange Online + 1 altro: è"),
        (("EXO", "TEAMS", "SPO"), "it", "Exchange Online + altri 2: è"),
    ],
)
def test_the_subject_names_the_first_product_and_how_many_follow(
    products: tuple[str, ...], language: str, subject: str
):
    claim = stories.submitted_claim(claim=stories.complete_claim(products=products, language=language))

    assert subject in rendering.render(newest_notice(claim)).subject


def test_the_subject_names_a_subscription_by_its_product_and_cuts_a_long_name_of_the_partner():
    location = PartnerLocationFactory(partner__name="Adventure Works Consulting and Cloud Services International")
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim(location=location))

    subject = rendering.render(newest_notice(claim)).subject

    start = "Adventure Works Consulting and Cloud Se… asks to be your partner for Dynamics 365 Sales: you"
    assert subject.startswith(start)


def test_the_help_address_stands_in_the_text_where_there_is_one(settings: Settings):
    email = newest_notice(stories.submitted_claim())
    settings.CPOR_HELP_EMAIL = "cpor-help@microsoft.example"
    with_help = text_of(email)
    settings.CPOR_HELP_EMAIL = ""

    assert "About this email and the program: cpor-help@microsoft.example. Give the claim number" in with_help
    assert "About this email and the program" not in text_of(email)


@pytest.mark.parametrize(("language", "other", "name"), [("en", "it", "Italiano"), ("it", "en", "English")])
def test_the_page_in_the_other_language_is_one_click_away(client: Client, language: str, other: str, name: str):
    email = newest_notice(stories.submitted_claim(claim=stories.complete_claim(language=language)))
    html = rendering.render(email).with_link("https://portal.example" + email.secret).html

    links = re.findall(rf'<a href="https://portal.example([^"]+)" hreflang="{other}" lang="{other}"[^>]*>{name}', html)

    assert links == [f"{email.secret}?language={other}"]
    page = client.get(links[0], headers={"Accept-Language": language}, follow=True)
    assert page.headers["Content-Language"] == other


def test_a_language_that_the_portal_does_not_speak_changes_nothing(client: Client):
    email = newest_notice(stories.submitted_claim())

    page = client.get(f"{email.secret}?language=xx", headers={"Accept-Language": "it"}, follow=True)

    assert page.headers["Content-Language"] == "it"
    assert "django_language" not in client.cookies


def test_a_first_notice_replaces_nothing():
    assert "This replaces" not in text_of(newest_notice(stories.submitted_claim()))


def test_a_second_notice_names_the_day_of_the_first_and_what_is_different():
    claim = stories.noticed_claim()
    claim.items.filter(product__code="TEAMS").delete()
    ClaimedProductFactory(claim=claim, product=Product.objects.get(code="SPO"))
    location = PartnerLocationFactory(partner=claim.partner, mpn_id="4444444")
    Claim.objects.filter(pk=claim.pk).update(location=location)

    text = text_of(resend(claim))

    assert "This replaces our email of Monday 19 October 2020, whose link no longer works." in text
    assert "New in this request: SharePoint Online. No longer in it: Microsoft Teams." in text
    assert "The partner now asks with the MPN ID 4444444." in text


def test_a_second_notice_about_the_same_names_no_difference():
    text = text_of(resend(stories.noticed_claim()))

    assert "This replaces our email of Monday 19 October 2020" in text
    assert "New in this request" not in text
    assert "The partner now asks" not in text


def test_a_reader_who_got_no_earlier_notice_reads_of_none():
    another_reader, unsent = stories.noticed_claim(), stories.submitted_claim()
    another_reader.contacts.filter(kind=ContactKind.CUSTOMER).update(email="dora@customer.example")
    returned = stories.noticed_claim()
    OutboxEmail.objects.filter(pk=returned.notices.get().email_id).update(status="bounced", bounced_at=MONDAY)
    undelivered_notice.note_undelivered_notices(now=MONDAY)

    for claim in (another_reader, unsent, returned):
        assert "This replaces" not in text_of(resend(claim))


def test_the_notice_says_for_what_another_partner_is_recorded_today_and_not_which():
    rival = PartnerLocationFactory(partner__name="Fabrikam").partner
    draft = stories.complete_claim()
    products = {code: Product.objects.get(code=code) for code in ("EXO", "TEAMS", "SPO")}
    AssociationFactory(tenant=draft.tenant, partner=rival, product=products["TEAMS"])
    AssociationFactory(tenant=draft.tenant, partner=rival, product=products["SPO"])
    AssociationFactory(partner=rival, product=products["EXO"])
    AssociationFactory(
        tenant=draft.tenant, partner=rival, product=products["EXO"], ended_at=MONDAY, end_reason="superseded"
    )

    text = text_of(newest_notice(stories.submitted_claim(claim=draft)))

    assert "Another partner is recorded for Microsoft Teams today." in text
    assert "Fabrikam" not in text


def test_the_notice_names_the_subscription_that_another_partner_holds():
    draft = stories.complete_dynamics_claim()
    bought = draft.tenant.subscriptions.get()
    AssociationFactory(tenant=draft.tenant, product=bought.product, subscription=bought)

    text = text_of(newest_notice(stories.submitted_claim(claim=draft)))

    assert f"Another partner is recorded for Dynamics 365 Sales, subscription {bought.subscription_id} today." in text


def test_what_the_partner_itself_holds_is_no_other_partner():
    draft = stories.complete_revenue_claim()
    bought = draft.tenant.subscriptions.get()
    own = {"tenant": draft.tenant, "partner": draft.partner, "subscription": bought}
    AssociationFactory(**own, product=bought.product, activity_codes=("BA_USAGE",))

    assert "Another partner" not in text_of(newest_notice(stories.submitted_claim(claim=draft)))
