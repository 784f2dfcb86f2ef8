"""The wizard's steps: saving, going on, and the list that tells how far a draft has come."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.models import Claim
from associations.services.comments.adding import add_comment
from tests import factories, files, stories
from tests.associations.views.wizard.filling_in import STEPS, post, select, signed_in, url, version
from tests.factories import (
    AssociationFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


def test_each_continue_leads_to_the_next_step_and_the_last_to_the_check_page(client, draft):
    SubscriptionFactory(tenant=draft.tenant)
    people = {
        f"{kind}_{field}": value
        for kind in ("customer", "technical")
        for field, value in {"name": "Carla", "title": "Head of IT", "email": f"{kind}@contoso.com"}.items()
    }
    partner = {"customer_language": "it", "partner_name": "Paolo", "partner_email": "paolo@partner.example"}
    answers: dict[str, dict] = {
        "work": {"solution_area": "BA", "activity": "usage", "claims_usage": "on", "claims_presales": "on"},
        "details": {"name": "Sales rollout"},
        "products": select("D365_SALES"),
        "contacts": people | partner,
        "proof": {"proofs": SimpleUploadedFile("sow.pdf", files.pdf())},
        "comments": {"comment": "Please look at page 3."},
    }
    after = dict(zip(STEPS, [*STEPS[1:], None], strict=True))

    for step, data in answers.items():
        response = post(client, draft, step, data)

        following = after[step]
        expected = url(draft, following) if following else reverse("claim_check", args=[draft.public_id])
        assertRedirects(response, expected)

    claim = Claim.objects.get()
    assert (claim.activity_codes, claim.name) == (("BA_USAGE", "BA_PRESALES"), "Sales rollout")
    assert claim.items.get().subscription is not None
    assert sorted(contact.email for contact in claim.contacts.all()) == [
        "customer@contoso.com",
        "paolo@partner.example",
        "technical@contoso.com",
    ]
    assert claim.proofs.get().name == "sow.pdf"
    assert claim.comments.get().text == "Please look at page 3."


def test_what_was_answered_is_there_again(client, complete):
    assertContains(client.get(url(complete, "customer")), f'value="{complete.tenant.tenant_id}"')
    assertContains(client.get(url(complete, "contacts")), 'value="Carla Bianchi"')
    assert client.get(url(complete, "work")).context["form"]["solution_area"].value() == "M365"
    exchange = next(iter(select("EXO")))
    box = f'<input[^>]* name="{exchange}"[^>]* checked'
    assert re.search(box, client.get(url(complete, "products")).content.decode())


def test_saving_for_later_takes_what_is_there(client, m365_draft):
    response = post(client, m365_draft, "contacts", {"customer_name": "Carla"}, then="later")

    assertRedirects(response, reverse("claim_list"))
    assert m365_draft.contacts.get(kind="customer").name == "Carla"


def test_saving_for_later_still_refuses_what_is_malformed(client, m365_draft):
    response = post(client, m365_draft, "contacts", {"customer_email": "carla at contoso"}, then="later")

    assertContains(response, "Enter an email address such as name@contoso.com.")
    assertContains(response, 'value="carla at contoso"')
    assert not m365_draft.contacts.exists()


def test_continue_asks_for_the_steps_own_answers_only(client, draft):
    response = post(client, draft, "details", {"name": ""})

    assertContains(response, "Enter a claim name.")
    assertRedirects(
        post(client, draft, "details", {"name": "Adoption"}), url(draft, "products"), target_status_code=302
    )


def test_products_wait_for_the_work(client, draft):
    assertRedirects(client.get(url(draft, "products")), url(draft, "work"))


def test_a_held_item_is_saved_with_a_warning(client, m365_draft):
    AssociationFactory(tenant=m365_draft.tenant, partner__name="Rival Consulting")

    response = client.post(
        url(m365_draft, "products"), {"version": version(client, m365_draft, "products")} | select("EXO"), follow=True
    )

    assertContains(response, "Exchange Online: Another partner holds or claims this item.")
    assertNotContains(response, "Rival")
    assert m365_draft.items.get().product.code == "EXO"


def test_an_own_open_claim_to_the_item_is_linked(client, complete):
    filed = stories.submitted_claim(claim=complete)
    second = stories.draft_claim(
        location=filed.location,
        tenant=filed.tenant,
        created_by=filed.created_by,
        solution_area="M365",
        activity_codes=("M365_USAGE",),
    )

    response = post(client, second, "products", select("EXO"))

    assertContains(response, "Exchange Online: Your company already holds this item or has an open claim to it.")
    assertContains(response, reverse("claim_detail", args=[filed.public_id]))
    assert not second.items.exists()


def test_a_saved_comment_stays_on_the_page(client, draft):
    response = post(client, draft, "comments", {"comment": "First."}, then="stay")

    assertRedirects(response, url(draft, "comments"))
    assertContains(client.get(url(draft, "comments")), "First.")


def test_upload_keeps_the_good_files_and_names_the_bad(client, draft):
    good, bad = SimpleUploadedFile("sow.pdf", files.pdf()), SimpleUploadedFile("tool.exe", b"MZ")

    response = client.post(url(draft, "proof"), {"proofs": [good, bad], "then": "stay"})

    assertContains(response, "tool.exe: This type of file is not accepted.")
    assert [file.name for file in response.context["files"]] == ["sow.pdf"]
    assertNotContains(response, "Not scanned")


@pytest.mark.parametrize(("language", "first"), [("en", "English"), ("it", "Italian")])
def test_the_template_is_offered_in_the_contacts_language_first(client, language, first):
    claim = stories.complete_claim(language=language)
    response = signed_in(client, claim.created_by).get(url(claim, "proof"))

    template = reverse("claim_template", args=[claim.public_id])
    assertContains(response, f'<a href="{template}?language={language}">Download template ({first})</a>', html=True)
    assertContains(response, template, count=2)


def test_only_a_drafts_files_are_uploaded_as_soon_as_they_are_chosen(client):
    draft, returned = stories.complete_claim(), stories.claim_needing_action()

    assertContains(signed_in(client, draft.created_by).get(url(draft, "proof")), "data-upload-at-once")
    assertNotContains(signed_in(client, returned.created_by).get(url(returned, "proof")), "data-upload-at-once")


def test_an_unknown_step_is_not_found(client, draft):
    assert client.get(url(draft, "payment")).status_code == 404


def states(response) -> list[str]:
    return [row.status for row in response.context["steps"]]


def test_the_list_of_steps_tells_how_far_a_draft_has_come(client, draft):
    response = client.get(url(draft, "work"))

    assert states(response) == [
        "completed",
        "in_progress",
        "not_started",
        "cannot_start",
        "not_started",
        "not_started",
        "optional",
        "cannot_start",
    ]
    assertContains(response, "Step 2 of 8")
    assertNotContains(response, f'href="{reverse("claim_check", args=[draft.public_id])}"')


def test_a_step_of_which_a_part_is_stated_is_in_progress(client, complete):
    complete.contacts.filter(kind="customer").update(email="")
    add_comment(claim_id=complete.pk, text="Page 3 is signed.", by=stories.admin_of(complete), now=factories.MONDAY)

    response = client.get(url(complete, "details"))

    assert states(response) == [
        "completed",
        "completed",
        "completed",
        "completed",
        "in_progress",
        "completed",
        "completed",
        "cannot_start",
    ]


def test_a_complete_draft_leads_to_the_check_which_has_not_started(client, complete):
    response = client.get(url(complete, "details"))

    assert states(response)[-2:] == ["optional", "not_started"]
    assertContains(response, f'href="{reverse("claim_check", args=[complete.public_id])}"')
    check = client.get(reverse("claim_check", args=[complete.public_id]))
    assert states(check)[-1] == "in_progress"


def test_the_list_of_steps_points_at_a_problem(client, complete):
    AssociationFactory(tenant=complete.tenant, partner=complete.partner)

    response = client.get(url(complete, "contacts"))

    assert states(response)[3] == "problem"


def test_the_step_with_errors_has_a_problem(client, draft):
    assert states(post(client, draft, "work", {}))[1] == "problem"
