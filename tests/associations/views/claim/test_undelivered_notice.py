"""The partner's view of a notice that did not arrive, and the two ways to correct it."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.text.domains import ascii_domain
from associations.choices import ConsentStatus, ContactKind, MemberRole
from associations.models import CustomerNotice
from associations.services.customer.undelivered_notice import note_undelivered_notices
from associations.services.review import decisions
from notifications.incoming.delivery_reports import Action
from notifications.incoming.processing import BounceReport, note_report
from tests import stories
from tests.associations.views.claim.decided_claims import (
    TUESDAY,
    new_contact,
)
from tests.factories import UserFactory
from tests.people import author, colleague, signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_tuesday")]

REASON = "The address does not exist. The mail server said: 5.1.1 smtp; 550 No such user &lt;carla&gt;"
NOTHING_TO_MEND = "This claim has no undelivered notice that you could send again."


def report(claim, action=Action.FAILED):
    message_id = claim.notices.current().get().email.message_id
    return BounceReport(
        message_id=message_id, action=action, status="5.1.1", diagnostic="smtp; 550 No such user <carla>"
    )


def bounced_claim(claim=None):
    """A claim whose notice came back on Tuesday."""
    claim = claim or stories.noticed_claim()
    note_report(report(claim), now=TUESDAY)
    note_undelivered_notices(now=TUESDAY)
    return stories.fresh(claim)


def current_notice(claim):
    return CustomerNotice.objects.current().get(claim=claim)


def test_the_claim_page_tells_why_the_mail_came_back_and_offers_both_ways():
    claim = bounced_claim()

    page = author(claim).get(url("claim_detail", claim))

    assertContains(page, "The notice did not reach the customer")
    assertContains(page, REASON, count=1)
    assertContains(page, "Came back")
    assertContains(page, f'<a class="btn btn-primary" href="{url("claim_correct_contact", claim)}">', count=1)
    assertContains(page, f'<form method="post" action="{url("claim_resend", claim)}">', count=1)
    assertContains(page, "Notice not delivered")
    assertContains(page, "The notice has not reached the customer yet.")
    assertContains(page, "The opt-out period has stopped. It begins anew when a new notice arrives.")


def test_the_button_of_the_claim_page_carries_the_token_that_its_post_needs():
    claim = bounced_claim()
    client = Client(enforce_csrf_checks=True)
    client.force_login(claim.created_by)
    page = client.get(url("claim_detail", claim)).content.decode()
    form = page[page.index(url("claim_resend", claim)) :]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    response = client.post(url("claim_resend", claim), {"csrfmiddlewaretoken": token})

    assertRedirects(response, url("claim_detail", claim))
    assert claim.notices.count() == 2


@pytest.mark.parametrize("role", [MemberRole.INCENTIVES_USER, MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_who_may_not_correct_sees_the_reason_and_no_way(role):
    claim = bounced_claim()

    page = colleague(claim, role).get(url("claim_detail", claim))

    assertContains(page, REASON)
    assertNotContains(page, url("claim_correct_contact", claim))
    assertNotContains(page, url("claim_resend", claim))


def test_a_notice_that_arrives_offers_neither_way():
    claim = stories.noticed_claim()

    page = author(claim).get(url("claim_detail", claim))

    assertNotContains(page, "The email came back")
    assertNotContains(page, url("claim_correct_contact", claim))


def test_a_delivery_is_a_stop_on_the_mails_way():
    claim = stories.noticed_claim()
    note_report(report(claim, Action.DELIVERED), now=TUESDAY)

    assertContains(author(claim).get(url("claim_detail", claim)), "Delivered")


def test_a_bounce_after_the_approval_is_shown_and_not_corrected():
    claim = stories.approved_claim()
    note_report(report(claim), now=TUESDAY)
    note_undelivered_notices(now=TUESDAY)

    page = author(claim).get(url("claim_detail", claim))

    assertContains(page, REASON)
    assertNotContains(page, url("claim_resend", claim))


def test_the_history_tells_the_bounce_its_reason_and_who_corrected_it():
    claim = bounced_claim()
    client = author(claim)
    client.post(url("claim_correct_contact", claim), new_contact(claim))

    page = client.get(url("claim_history", claim))

    assertContains(page, "Notice not delivered, opt-out period stopped")
    assertContains(page, "Reason: The address does not exist")
    assertContains(page, "5.1.1 smtp; 550 No such user")
    assertContains(page, "Customer contact corrected")
    assertContains(page, f"Customer contact: dario@{claim.domain_name}")


def test_the_form_shows_who_was_asked_and_why_it_failed():
    claim = bounced_claim()
    contact = claim.contacts.get(kind=ContactKind.CUSTOMER)

    page = author(claim).get(url("claim_correct_contact", claim))

    assertContains(page, f"The notice to {contact.email} did not arrive")
    assertContains(page, REASON)
    assertContains(page, 'value="Carla Bianchi"')
    assertContains(page, f'value="{contact.email}"')
    assertContains(page, "a full new opt-out period of 5 business days begins")
    assertNotContains(page, "partner_email")


def test_a_corrected_contact_gets_a_new_notice_at_once():
    claim = bounced_claim()

    response = author(claim).post(url("claim_correct_contact", claim), new_contact(claim), follow=True)

    assertRedirects(response, url("claim_detail", claim))
    assertContains(response, f"A new notice goes to dario@{claim.domain_name}.")
    notice = current_notice(claim)
    assert (notice.number, notice.contact_name, notice.language) == (2, "Dario Conti", "it")
    assert notice.email.to == [f"dario@{claim.domain_name}"]
    assert stories.fresh(claim).consent_status == ConsentStatus.QUEUED


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"customer_name": ""}, "Enter the customer contact&#x27;s name."),
        ({"customer_email": "dario"}, "Enter an email address such as name@contoso.com."),
        ({"customer_email": "carla@[192.0.2.7]"}, "The part after the @ is not a domain name"),
        ({"customer_email": "carla@i❤.example"}, "The part after the @ is not a domain name"),
        ({"customer_email": "dario.còla@contoso.example"}, "The part before the @ can&#x27;t be used."),
        ({"customer_name": "\u3164"}, "Enter the customer contact&#x27;s name."),
        ({"customer_name": "***"}, "Enter a name with at least one letter."),
        ({"customer_email": "dario@gmail.com"}, "free email addresses are not accepted"),
        ({"customer_email": "dario@elsewhere.example"}, "Say why."),
        ({"customer_language": "fr"}, "Choose the customer contact&#x27;s language."),
    ],
)
def test_a_wrong_answer_is_said_and_what_was_typed_stays(facts, said):
    claim = bounced_claim()

    page = author(claim).post(url("claim_correct_contact", claim), new_contact(claim, **facts))

    assertContains(page, "There is a problem")
    assertContains(page, said)
    assertContains(page, 'value="CIO"')
    assert claim.notices.count() == 1
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).name == "Carla Bianchi"


@pytest.mark.parametrize("unseen", ["\u200f", "\u202c", "\u200b", "\ufeff"])
def test_an_address_pasted_with_characters_that_nobody_sees_gets_the_notice(unseen):
    claim = bounced_claim()
    pasted = new_contact(
        claim, customer_email=f"dario@faß-{claim.domain_name}{unseen}", customer_mismatch_reason="Group"
    )

    author(claim).post(url("claim_correct_contact", claim), pasted)

    assert current_notice(claim).email.to == ["dario@" + ascii_domain(f"faß-{claim.domain_name}")]


def test_the_partners_own_address_is_refused():
    claim = bounced_claim()
    partner = claim.contacts.get(kind=ContactKind.PARTNER).email

    page = author(claim).post(
        url("claim_correct_contact", claim),
        new_contact(claim, customer_email=partner.upper(), customer_mismatch_reason="Subsidiary"),
    )

    assertContains(page, "need different email addresses")
    assert claim.notices.count() == 1


def test_an_address_elsewhere_is_taken_with_a_reason():
    claim = bounced_claim()
    elsewhere = new_contact(
        claim, customer_email="dario@group.example", customer_mismatch_reason="They belong to the group."
    )

    author(claim).post(url("claim_correct_contact", claim), elsewhere)

    contact = claim.contacts.get(kind=ContactKind.CUSTOMER)
    assert (contact.email, contact.mismatch_reason) == ("dario@group.example", "They belong to the group.")


def test_sending_again_asks_once_and_then_does_it():
    claim = bounced_claim()
    client, contact = author(claim), claim.contacts.get(kind=ContactKind.CUSTOMER)

    asked = client.get(url("claim_resend", claim))
    assert claim.notices.count() == 1
    response = client.post(url("claim_resend", claim), follow=True)

    assertContains(asked, f"Send it again to Carla Bianchi, {contact.email}?")
    assertContains(asked, REASON)
    assertContains(response, f"A new notice goes to {contact.email}.")
    assert claim.notices.count() == 2


@pytest.mark.parametrize("name", ["claim_correct_contact", "claim_resend"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_notice_that_needs_nothing_leads_back_to_the_claim(name, method):
    claim = stories.noticed_claim()

    response = getattr(author(claim), method)(url(name, claim), new_contact(claim), follow=True)

    assertRedirects(response, url("claim_detail", claim))
    assertContains(response, NOTHING_TO_MEND)
    assert claim.notices.count() == 1


@pytest.mark.parametrize("name", ["claim_correct_contact", "claim_resend"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [MemberRole.INCENTIVES_USER, MemberRole.GLOBAL_ADMIN, None])
def test_other_people_find_no_page(name, method, role):
    claim = bounced_claim()
    client = colleague(claim, role) if role else signed_in(UserFactory())

    assert getattr(client, method)(url(name, claim), new_contact(claim)).status_code == 404
    assert claim.notices.count() == 1


def test_a_second_tab_does_not_send_a_third_notice():
    claim = bounced_claim()
    client = author(claim)
    client.post(url("claim_resend", claim))

    response = client.post(url("claim_correct_contact", claim), new_contact(claim), follow=True)

    assertContains(response, NOTHING_TO_MEND)
    assert claim.notices.count() == 2
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).name == "Carla Bianchi"


def test_reading_the_pages_changes_nothing():
    claim = bounced_claim()
    events = claim.events.count()

    for name in ("claim_correct_contact", "claim_resend"):
        author(claim).get(url(name, claim))
        author(claim).head(url(name, claim))

    assert (claim.events.count(), claim.notices.count()) == (events, 1)


def test_a_validated_claim_is_corrected_as_well():
    claim = stories.claim_under_review()
    decisions.validate_claim(claim_id=claim.pk, by=stories.reviewer(), now=TUESDAY)
    claim = bounced_claim(stories.fresh(claim))

    author(claim).post(url("claim_resend", claim))

    assert claim.notices.count() == 2
