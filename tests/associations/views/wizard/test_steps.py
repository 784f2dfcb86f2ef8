"""The wizard's pages, as a person walks them."""

import html
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.choices import ClaimStatus, EnrolmentStatus, EventKind, MemberRole
from associations.models import Claim, IncentiveProgram, LocationEnrolment, Product
from associations.rules.actors import Role
from associations.rules.customer.opt_out import Hold
from associations.services.claim.comments import add_comment
from associations.wording.customer_period import HOLDS
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import factories, files, stories
from tests.factories import (
    AssociationFactory,
    CommentFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

STEPS = ["customer", "work", "details", "products", "contacts", "proof", "comments"]


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(claim: Claim, step: str, query: str = "") -> str:
    return reverse("claim_step", args=[claim.public_id, step]) + query


def version(client: Client, claim: Claim, step: str) -> str:
    return client.get(url(claim, step)).context["version"]


def post(client: Client, claim: Claim, step: str, data: dict, *, query: str = "", **buttons: str):
    """Fill the step in as a browser does: with the version of the page, and the button that was pressed."""
    return client.post(url(claim, step, query), {"version": version(client, claim, step)} | data | buttons)


def colleague(claim: Claim, role: MemberRole) -> User:
    return PartnerMemberFactory(partner=claim.partner, role=role).user


def tick(*codes: str) -> dict[str, str]:
    return {f"product_{pk}": "on" for pk in Product.objects.filter(code__in=codes).values_list("pk", flat=True)}


@pytest.fixture
def draft(client: Client) -> Claim:
    """A draft of the signed-in incentives admin."""
    tenant = CustomerTenantFactory(name="Contoso", domain_name="contoso.com")
    claim = stories.draft_claim(tenant=tenant)
    signed_in(client, claim.created_by)
    return claim


@pytest.fixture
def m365_draft(draft: Claim) -> Claim:
    draft.solution_area, draft.claims_usage, draft.name = "M365", True, "Adoption"
    draft.save()
    return draft


@pytest.fixture
def complete(client: Client) -> Claim:
    claim = stories.complete_claim()
    signed_in(client, claim.created_by)
    return claim


# The first page


@pytest.fixture
def admin(client: Client) -> User:
    location = PartnerLocationFactory(mpn_id="4847383", name="Milano")
    member = PartnerMemberFactory(partner=location.partner)
    signed_in(client, member.user)
    return member.user


def test_the_first_continue_makes_a_draft(client, admin):
    tenant = CustomerTenantFactory(domain_name="contoso.com")

    response = client.post(reverse("start_claim"), {"location": "4847383", "domain_name": "contoso.com"})

    claim = Claim.objects.get()
    assertRedirects(response, url(claim, "work"))
    assert (claim.status, claim.tenant, claim.created_by) == ("draft", tenant, admin)


def test_a_doubled_first_continue_makes_one_draft(client, admin):
    CustomerTenantFactory(domain_name="contoso.com")
    page = {"location": "4847383", "domain_name": "contoso.com", "draft_id": str(uuid4())}

    for _click in range(2):
        client.post(reverse("start_claim"), page)

    assert Claim.objects.get().public_id == UUID(page["draft_id"])


def test_a_refused_first_page_keeps_what_was_typed_and_says_what_is_wrong(client, admin):
    CustomerTenantFactory(domain_name="contoso.com")
    typed = {"location": "4847383", "domain_name": "contoso.com", "tenant_id": "not-a-guid"}

    response = client.post(reverse("start_claim"), typed)

    assert not Claim.objects.exists()
    assertContains(response, "<title>Error: Associate a customer - CPOR portal</title>", html=True)
    assertContains(response, 'value="not-a-guid"')
    assertContains(response, '<a href="#id_tenant_id">This is not a tenant ID.')


def test_a_mismatch_offers_the_tenant_id_that_is_known(client, admin):
    tenant = CustomerTenantFactory(domain_name="contoso.com")
    typed = {"location": "4847383", "domain_name": "contoso.com", "tenant_id": str(uuid4())}

    response = client.post(reverse("start_claim"), typed)

    assertContains(response, f'name="found_tenant_id" value="{tenant.tenant_id}"')
    client.post(reverse("start_claim"), typed | {"found_tenant_id": str(tenant.tenant_id)})
    assert Claim.objects.get().tenant == tenant


def test_the_first_page_has_no_required_attribute_and_no_save_for_later(client, admin):
    response = client.get(reverse("start_claim"))

    assertNotContains(response, " required")
    assertContains(response, "novalidate")
    assertNotContains(response, "Save and come back later")


@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_who_has_no_incentives_role_is_told_whom_to_ask(client, role):
    member = PartnerMemberFactory(role=role)
    PartnerLocationFactory(partner=member.partner)
    boss = PartnerMemberFactory(partner=member.partner, role=MemberRole.GLOBAL_ADMIN).user

    response = signed_in(client, member.user).get(reverse("start_claim"))

    assertContains(response, boss.email, status_code=403)


def test_a_warning_of_another_country_shows_on_the_next_page(client, admin):
    CustomerTenantFactory(domain_name="contoso.de", country="DE")

    response = client.post(reverse("start_claim"), {"location": "4847383", "domain_name": "contoso.de"}, follow=True)

    assertContains(response, "The location you chose is in another country than the customer.")


# From step to step


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
        "products": tick("D365_SALES"),
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
    assert (claim.claims_usage, claim.claims_presales, claim.name) == (True, True, "Sales rollout")
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
    exchange = next(iter(tick("EXO")))
    assert client.get(url(complete, "products")).context["form"][exchange].value() is True


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
        url(m365_draft, "products"), {"version": version(client, m365_draft, "products")} | tick("EXO"), follow=True
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
        claims_usage=True,
    )

    response = post(client, second, "products", tick("EXO"))

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


# The list of steps


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


# Two tabs


def test_a_stale_tab_loses_nothing_and_overwrites_nothing(client, draft):
    stale = version(client, draft, "details")
    post(client, draft, "details", {"name": "From the first tab"})

    response = client.post(url(draft, "details"), {"version": stale, "name": "From the second tab"})

    assertContains(response, "These answers were changed elsewhere", status_code=409)
    assertContains(response, "<td>From the first tab</td>", status_code=409, html=True)
    assertContains(response, 'value="From the second tab"', status_code=409)
    assert Claim.objects.get().name == "From the first tab"


def test_stale_contacts_are_compared_person_by_person(client, complete):
    page = client.get(url(complete, "contacts"))
    answers = {"version": page.context["version"]} | {field.name: field.value() for field in page.context["form"]}
    client.post(url(complete, "contacts"), answers | {"customer_name": "Elena One", "partner_name": "Paolo One"})

    response = client.post(
        url(complete, "contacts"), answers | {"customer_name": "Elena Two", "partner_name": "Paolo"}
    )

    assert response.context["differences"] == [
        {"label": "Customer contact: Name", "saved": "Elena One", "typed": "Elena Two"},
        {"label": "Your company's contact: Name", "saved": "Paolo One", "typed": "Paolo"},
    ]


def test_what_a_page_only_suggests_is_not_called_saved(client, m365_draft):
    page = client.get(url(m365_draft, "contacts"))
    suggested = page.context["form"]["partner_email"].value()
    answers = {"version": page.context["version"], "customer_name": "Elena One"}
    client.post(url(m365_draft, "contacts"), answers | {"then": "later"})

    response = client.post(
        url(m365_draft, "contacts"), answers | {"customer_name": "Elena Two", "partner_email": suggested}
    )

    assert response.context["differences"] == [
        {"label": "Customer contact: Name", "saved": "Elena One", "typed": "Elena Two"},
        {"label": "Your company's contact: Email", "saved": "", "typed": suggested},
    ]


def test_no_two_questions_of_a_step_read_the_same(client):
    claim = stories.complete_dynamics_claim()
    SubscriptionFactory(tenant=claim.tenant)
    signed_in(client, claim.created_by)
    for step in STEPS:
        form = client.get(url(claim, step)).context["form"]
        questions = [form.question(field.name) for field in form.visible_fields()]
        assert len(set(questions)) == len(questions), step


def test_a_second_continue_is_a_knowing_overwrite(client, draft):
    stale = version(client, draft, "details")
    post(client, draft, "details", {"name": "From the first tab"})
    conflict = client.post(url(draft, "details"), {"version": stale, "name": "From the second tab"})

    client.post(url(draft, "details"), {"version": conflict.context["version"], "name": "From the second tab"})

    assert Claim.objects.get().name == "From the second tab"


def test_two_tabs_on_different_steps_do_not_meet(client, m365_draft):
    details, products = version(client, m365_draft, "details"), version(client, m365_draft, "products")

    client.post(url(m365_draft, "products"), {"version": products} | tick("EXO"))
    response = client.post(url(m365_draft, "details"), {"version": details, "name": "New name"})

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("step", "answers"),
    [("details", {"name": "Twice"}), ("work", {"solution_area": "BA", "activity": "revenue"}), ("products", None)],
)
def test_a_doubled_continue_is_no_conflict(client, m365_draft, step, answers):
    page = {"version": version(client, m365_draft, step)} | (tick("EXO", "TEAMS") if answers is None else answers)

    responses = [client.post(url(m365_draft, step), page) for _click in range(2)]

    assert [response.status_code for response in responses] == [302, 302]


def test_a_stale_list_of_products_shows_both_choices(client, m365_draft):
    stale = version(client, m365_draft, "products")
    post(client, m365_draft, "products", tick("EXO"))

    response = client.post(url(m365_draft, "products"), {"version": stale} | tick("TEAMS"))

    assert response.context["differences"] == [
        {"label": "Exchange Online", "saved": "Yes", "typed": "No"},
        {"label": "Microsoft Teams", "saved": "No", "typed": "Yes"},
    ]


# Change and come back


def test_change_comes_back_to_the_check_page(client, complete):
    response = post(client, complete, "details", {"name": "Better name"}, query="?next=check")

    assertRedirects(response, reverse("claim_check", args=[complete.public_id]))


def test_a_change_that_raises_questions_leads_to_the_first_of_them(client, complete):
    answers = {"solution_area": "BA", "activity": "revenue"}

    response = post(client, complete, "work", answers, query="?next=check")

    assertRedirects(response, url(complete, "details", "?next=check"))


# Who may


def test_another_companys_draft_is_not_found(client, draft):
    stranger = PartnerMemberFactory(partner=PartnerLocationFactory().partner).user

    signed_in(client, stranger)

    assert [client.get(url(draft, step)).status_code for step in STEPS] == [404] * 7
    assert client.post(url(draft, "details"), {"name": "Mine"}).status_code == 404
    assert not draft.events.filter(kind=EventKind.EDIT_REFUSED).exists()


def test_a_colleague_of_another_location_does_not_find_it(client, draft):
    elsewhere = PartnerLocationFactory(partner=draft.partner)
    limited = PartnerMemberFactory(partner=draft.partner, locations=[elsewhere]).user

    assert signed_in(client, limited).get(url(draft, "details")).status_code == 404


def test_an_incentives_user_may_draft(client, draft):
    signed_in(client, colleague(draft, MemberRole.INCENTIVES_USER))

    assert post(client, draft, "details", {"name": "Adoption"}).status_code == 302


def test_a_billing_admin_may_not(client, draft):
    signed_in(client, colleague(draft, MemberRole.BILLING_ADMIN))

    assert client.get(url(draft, "details")).status_code == 404
    assert client.post(url(draft, "details"), {"name": "Adoption"}).status_code == 404


def test_nobody_drafts_without_signing_in(client, draft):
    client.logout()

    response = client.get(url(draft, "details"))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


# After submission


@pytest.mark.parametrize("step", STEPS)
def test_a_crafted_post_to_a_filed_claim_changes_nothing_and_is_noted(client, complete, step):
    stories.submitted_claim(claim=complete)
    before = Claim.objects.values().get()
    data = {"name": "Changed", "comment": "Changed", "customer_name": "Changed", "solution_area": "BA"} | tick("SPO")

    response = client.post(url(complete, step), data, follow=True)

    assertRedirects(response, reverse("claim_detail", args=[complete.public_id]))
    assertContains(response, "The claim changed while you were working.")
    refused = complete.events.get(kind=EventKind.EDIT_REFUSED)
    assert refused.actor == complete.created_by
    # The refusal is a line of History, and nothing else.
    noted = ("changed_at", "history_head")
    assert {key: value for key, value in Claim.objects.values().get().items() if key not in noted} == {
        key: value for key, value in before.items() if key not in noted
    }
    assert not complete.comments.exists()
    assert complete.items.count() == 2


def test_what_a_page_of_a_filed_claim_saves_by_itself_is_not_found(client, complete):
    stories.submitted_claim(claim=complete)

    assert client.post(url(complete, "details"), {"name": "Changed", "then": "quiet"}).status_code == 404
    assert complete.events.filter(kind=EventKind.EDIT_REFUSED).exists()


def test_a_step_of_a_filed_claim_leads_to_the_claim(client, complete):
    stories.submitted_claim(claim=complete)

    for step in STEPS:
        assertRedirects(client.get(url(complete, step)), reverse("claim_detail", args=[complete.public_id]))
    assert not complete.events.filter(kind=EventKind.EDIT_REFUSED).exists()


class TestARequiredAction:
    @pytest.fixture
    def claim(self, client: Client) -> Claim:
        claim = stories.claim_needing_action()
        signed_in(client, claim.created_by)
        return claim

    def test_opens_five_steps(self, client, claim):
        found = [step for step in STEPS if client.get(url(claim, step)).status_code == 200]

        assert found == ["customer", "products", "contacts", "proof", "comments"]

    def test_shows_the_reviewers_comment_without_a_name(self, client, claim):
        rita = UserFactory(full_name="Rita Reviewer")
        CommentFactory(claim=claim, author=rita, author_role=Role.REVIEWER, text="Which page?")

        page = client.get(url(claim, "comments"))

        assertContains(page, "Which page?")
        assertContains(page, "Microsoft reviewer")
        assertNotContains(page, "Rita Reviewer")

    def test_lets_the_mpn_id_be_changed_and_the_customer_not(self, client, claim):
        other = PartnerLocationFactory(partner=claim.partner)
        CustomerTenantFactory(domain_name="fabrikam.com")

        response = post(client, claim, "customer", {"location": other.mpn_id, "domain_name": "fabrikam.com"})

        assertRedirects(response, reverse("claim_detail", args=[claim.public_id]))
        changed = Claim.objects.get()
        assert (changed.location, changed.domain_name) == (other, claim.domain_name)

    def test_goes_back_to_the_claim_after_a_change(self, client, claim):
        response = post(client, claim, "products", tick("EXO"))

        assertRedirects(response, reverse("claim_detail", args=[claim.public_id]))
        assert claim.items.get().product.code == "EXO"

    def test_notes_a_crafted_post_to_a_locked_step(self, client, claim):
        assert client.post(url(claim, "details"), {"name": "Changed"}).status_code == 302
        assert claim.events.get(kind=EventKind.EDIT_REFUSED).details == {"facts": "details"}

    def test_shows_no_way_to_remove_a_filed_proof(self, client, claim):
        assertNotContains(client.get(url(claim, "proof")), "Remove")


# Check and submit


def check(claim: Claim) -> str:
    return reverse("claim_check", args=[claim.public_id])


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


def test_the_acknowledgements_must_be_ticked(client, complete):
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


# Deleting a draft


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
    IncentiveProgram.objects.update(requires_validation=True)
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


def test_a_draft_is_deleted_after_a_question(client, draft):
    page = reverse("cancel_draft", args=[draft.public_id])

    assertContains(client.get(page), "Delete this draft?")
    assert Claim.objects.get().status == ClaimStatus.DRAFT
    assertRedirects(client.post(page), reverse("claim_list"))
    assert Claim.objects.get().status == ClaimStatus.CANCELLED


def test_an_incentives_user_may_not_delete_a_draft(client, draft):
    signed_in(client, colleague(draft, MemberRole.INCENTIVES_USER))

    assert client.post(reverse("cancel_draft", args=[draft.public_id])).status_code == 404


def test_a_filed_claim_is_not_deleted(client, complete):
    stories.submitted_claim(claim=complete)

    assert client.post(reverse("cancel_draft", args=[complete.public_id])).status_code == 404


# How much is asked of the database

BUDGET = {
    "customer": 12,
    "work": 11,
    "details": 10,
    "products": 12,
    "contacts": 11,
    "proof": 10,
    "comments": 11,
    "check": 12,
}


def crowd(claim: Claim, count: int) -> None:
    """Fill everything that a page of the wizard lists."""
    products = Product.objects.filter(solution_area="BA", is_claimable=True)[:count]
    for product in products:
        SubscriptionFactory.create_batch(2, tenant=claim.tenant, product=product)
        subscription = SubscriptionFactory(tenant=claim.tenant, product=product)
        if not claim.items.filter(product=product).exists():
            claim.items.create(product=product, subscription=subscription)
    for _n in range(count):
        AssociationFactory(
            tenant=claim.tenant, product=products[0], subscription=SubscriptionFactory(tenant=claim.tenant)
        )
        PartnerLocationFactory(partner=claim.partner)
        PartnerMemberFactory(partner=claim.partner)
        ProofFactory(claim=claim, uploaded_by=claim.created_by)
        CommentFactory(claim=claim, author=UserFactory())


def test_an_infected_file_keeps_a_claim_from_being_filed_in_its_own_words(client, complete):
    ProofFactory(claim=complete, uploaded_by=complete.created_by, name="plan.docx", scan_status="infected")
    signed_in(client, complete.created_by)

    response = client.get(check(complete))

    assertContains(response, "plan.docx: The file contains a virus and was deleted.")


def test_an_incentives_user_checks_the_answers_within_the_budget(
    client, complete, django_assert_num_queries: DjangoAssertNumQueries
):
    signed_in(client, colleague(complete, MemberRole.INCENTIVES_USER))

    with django_assert_num_queries(12):
        client.get(check(complete))


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("step", BUDGET)
def test_every_page_asks_a_constant_number_of_queries(
    client, step, rows, django_assert_num_queries: DjangoAssertNumQueries
):
    claim = stories.complete_dynamics_claim()
    crowd(claim, rows)
    signed_in(client, claim.created_by)

    with django_assert_num_queries(BUDGET[step]):
        response = client.get(url(claim, step) if step in STEPS else check(claim))

    assert response.status_code == 200
