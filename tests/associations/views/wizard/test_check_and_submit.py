"""Check your answers, submission, and the confirmation."""

import html
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, EnrolmentStatus, MemberRole
from associations.models import Claim, LocationEnrolment
from associations.rules.customer.opt_out import Hold
from associations.status_words.holds import HOLDS
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.views.wizard.filling_in import STEPS, check, colleague, signed_in, url
from tests.factories import (
    AssociationFactory,
)
from tests.factories.rules import rules_are

pytestmark = pytest.mark.django_db


CONFIRMED = {"data_is_right": "on", "customer_knows": "on"}


@pytest.mark.parametrize("story", ["complete_claim", "complete_dynamics_claim", "complete_revenue_claim"])
def test_the_check_page_shows_every_answer_with_a_way_to_change_it(client, story):
    claim = getattr(stories, story)()

    response = signed_in(client, claim.created_by).get(check(claim))

    for step in STEPS:
        assertContains(response, url(claim, step, "?next=check"))
    for answer in (
        claim.name,
        claim.domain_name,
        str(claim.tenant.tenant_id),
        "Carla Bianchi",
        "statement-of-work.pdf",
    ):
        assertContains(response, answer)


@time_machine.travel(datetime(2020, 10, 23, 9, tzinfo=UTC), tick=False)
def test_the_check_page_shows_the_customers_mail_with_its_date(client):
    claim = stories.complete_claim(language="it")

    response = signed_in(client, claim.created_by).get(check(claim))

    preview = response.context["preview"]
    assert claim.partner.name in preview["subject"]
    assert "30 ottobre 2020" in preview["text"].lower()
    assertContains(response, "[link personale del cliente]")


def test_an_unfinished_claim_lists_what_is_open(client, m365_draft):
    response = client.get(check(m365_draft))

    assert [item["text"] for item in response.context["todo"]] == [
        "Products: some answers are missing.",
        "Contacts: some answers are missing.",
        "Add at least one proof of execution.",
    ]
    assert response.context["preview"] is None


def test_an_unfinished_claim_is_not_submitted(client, m365_draft):
    response = client.post(check(m365_draft), CONFIRMED)

    assertContains(response, "<title>Error: Check your answers - CPOR portal</title>", html=True)
    assertContains(
        response, f'<a href="{url(m365_draft, "products", "?next=check")}">Products: some answers are missing.'
    )
    assert Claim.objects.get().status == ClaimStatus.DRAFT


def test_a_claim_that_became_ineligible_is_not_submitted(client, complete):
    LocationEnrolment.objects.update(status=EnrolmentStatus.DISCONTINUED)

    response = client.post(check(complete), CONFIRMED)

    assertContains(response, "This location isn&#x27;t enrolled in the incentive program for this activity.")
    assert Claim.objects.get().status == ClaimStatus.DRAFT


def test_the_acknowledgements_must_be_selected(client, complete):
    response = client.post(check(complete), {"data_is_right": "on"})

    assertContains(response, "Confirm that the customer knows of the notice.")
    assert response.context["form"]["data_is_right"].value() is True
    assert Claim.objects.get().status == ClaimStatus.DRAFT


def test_submit_files_the_claim_and_shows_the_confirmation(client, complete):
    response = client.post(check(complete), CONFIRMED)

    assertRedirects(response, reverse("claim_submitted", args=[complete.public_id]))
    assert Claim.objects.get().status == ClaimStatus.SUBMITTED
    assert sorted(OutboxEmail.objects.values_list("template", flat=True)) == ["claim_received", "customer_notice"]


def test_a_second_tab_that_submits_lands_on_the_confirmation(client, complete):
    client.post(check(complete), CONFIRMED)

    response = client.post(check(complete), CONFIRMED)

    assertRedirects(response, reverse("claim_submitted", args=[complete.public_id]))
    assert OutboxEmail.objects.count() == 2


def test_a_draft_that_was_deleted_in_another_tab_says_that_it_changed(client, complete):
    client.post(reverse("cancel_draft", args=[complete.public_id]))

    response = client.post(check(complete), CONFIRMED, follow=True)

    assertRedirects(response, reverse("claim_detail", args=[complete.public_id]))
    assertContains(response, "The claim changed while you were working.")
    assert Claim.objects.get().status == ClaimStatus.CANCELLED


def test_an_incentives_user_can_ask_a_colleague_to_submit_instead(client, complete):
    signed_in(client, colleague(complete, MemberRole.INCENTIVES_USER))

    response = client.get(check(complete))

    assertContains(response, reverse("ask_to_submit", args=[complete.public_id]))
    assertNotContains(response, "Submit claim</button>", html=False)


def test_an_incentives_user_cannot_submit(client, complete):
    signed_in(client, colleague(complete, MemberRole.INCENTIVES_USER))

    client.post(check(complete), CONFIRMED)

    assert Claim.objects.get().status == ClaimStatus.DRAFT


def test_a_held_item_is_named_before_submission(client, complete):
    AssociationFactory(tenant=complete.tenant)

    assertContains(client.get(check(complete)), "Exchange Online: Another partner holds or claims this item.")


@time_machine.travel(datetime(2020, 10, 23, 9, tzinfo=UTC), tick=False)
def test_the_confirmation_promises_the_date_until_the_window_is_open(client, complete):
    claim = stories.submitted_claim(claim=complete, at=datetime(2020, 10, 23, 9, tzinfo=UTC))
    confirmation = reverse("claim_submitted", args=[claim.public_id])

    response = client.get(confirmation)

    assertContains(response, claim.number)
    assertContains(response, "if the notice leaves today, until:")
    assertContains(response, "Fri 30 Oct 2020, end of day (CET)")


@time_machine.travel(datetime(2020, 12, 1, 9, tzinfo=UTC), tick=False)
def test_the_confirmation_shows_the_stored_date_ever_after(client, complete):
    claim = stories.noticed_claim(claim=complete, at=datetime(2020, 10, 23, 9, tzinfo=UTC))

    response = client.get(reverse("claim_submitted", args=[claim.public_id]))

    assertContains(response, "The customer can opt out until:")
    assertContains(response, "Fri 30 Oct 2020, end of day (CET)")


def test_a_draft_has_no_confirmation(client, draft):
    assert client.get(reverse("claim_submitted", args=[draft.public_id])).status_code == 404


BY_ITSELF = "Without an opt-out the association becomes official by itself"
COMPARED = "Another partner holds or claims one of these items."
VALIDATED = "This incentive program needs a Microsoft reviewer&#x27;s validation."


def confirmation_of(claim):
    client = Client()
    client.force_login(claim.created_by)
    return client.get(reverse("claim_submitted", args=[claim.public_id]))


def receipt_of(claim):
    return rendering.render(OutboxEmail.objects.get(key=f"claim:{claim.pk}:received"))


def test_an_uncontested_claim_becomes_official_by_itself():
    claim = stories.submitted_claim()

    for text in (confirmation_of(claim).content.decode(), receipt_of(claim).text, receipt_of(claim).html):
        assert BY_ITSELF in text
        assert COMPARED not in text
        assert VALIDATED not in text


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_confirmation_and_the_receipt_of_a_held_claim_say_what_holds_it(language):
    rules_are(needs_validation=True)
    rival = stories.submitted_claim()
    claim = stories.complete_claim(tenant=rival.tenant, domain_name=rival.domain_name)
    claim.created_by.language = language
    claim.created_by.save()
    stories.submitted_claim(claim=claim)

    page, mail = confirmation_of(claim).content.decode(), receipt_of(claim)
    with translation.override(language):
        words = [str(HOLDS[hold]) for hold in (Hold.COMPETING_CLAIM, Hold.VALIDATION_MISSING)]
        promise = gettext(
            "Without an opt-out the association becomes official by itself, unless something holds the"
            " claim. You get an email then."
        )
    for text in map(html.unescape, (page, mail.text, mail.html)):
        assert all(each in text for each in words)
        assert BY_ITSELF not in text
        assert promise not in text


@pytest.mark.parametrize("story", [stories.declined_claim, stories.approved_claim, stories.rejected_claim])
def test_the_confirmation_of_a_decided_claim_tells_no_future(story):
    response = confirmation_of(story())

    assertContains(response, "Current status")
    assertNotContains(response, BY_ITSELF)
    assertNotContains(response, "What happens next")
