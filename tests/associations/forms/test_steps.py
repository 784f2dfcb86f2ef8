"""What each step's form takes, refuses and hands on."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings

from associations import wizard
from associations.forms.asking import Asked, Intent, StepForm
from associations.forms.messages import MESSAGES
from associations.models import Claim, IncentiveProgram, PartnerLocation, Product, Subscription
from associations.services.competing import holders_on
from associations.wizard import BY_KEY
from tests import stories
from tests.associations import proof_files
from tests.factories import (
    AssociationFactory,
    CustomerTenantFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
    TenantDomainFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2020, 10, 19, 8, tzinfo=UTC)


def ask(step: str, data: dict, *, claim: Claim | None = None, user=None, intent=Intent.CONTINUE, files=()):
    """The step's form, bound to *data*, as the wizard would make it."""
    here = BY_KEY[step]
    holders = None
    if claim is not None:
        claim = wizard.with_answers(Claim.objects.all()).get(pk=claim.pk)
        user = user or claim.created_by
        holders = holders_on(claim.tenant, besides=claim)
    asked = Asked(user=user, now=NOW, claim=claim, holders=holders)
    initial = here.read(claim) if claim else {}
    return here.form(data, MultiValueDict({"proofs": list(files)}), asked=asked, initial=initial, intent=intent)


def codes(form: StepForm) -> dict[str, list[str | None]]:
    return {field: [error.code for error in errors] for field, errors in form.errors.as_data().items()}


def location_of_admin(**fields) -> tuple[PartnerLocation, object]:
    location = PartnerLocationFactory(**fields)
    return location, PartnerMemberFactory(partner=location.partner).user


# The customer


@pytest.fixture
def contoso():
    return CustomerTenantFactory(name="Contoso", domain_name="contoso.com")


def test_customer_fills_the_tenant_in_from_the_domain(contoso):
    location, user = location_of_admin()

    form = ask("customer", {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": ""}, user=user)

    assert codes(form) == {}
    assert form.facts() == {"location_id": location.pk, "domain_name": "contoso.com", "tenant_id": contoso.pk}


def test_customer_forgives_what_people_paste(contoso):
    location, user = location_of_admin()
    pasted = {
        "location": f" {location.mpn_id} ",
        "domain_name": "https://CONTOSO.com/about",
        "tenant_id": "{" + str(contoso.tenant_id).upper() + "}",
    }

    form = ask("customer", pasted, user=user)

    assert codes(form) == {}
    assert form.facts()["domain_name"] == "contoso.com"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("https://www.contoso.com/", "contoso.com"),
        ("www.contoso.com", "contoso.com"),
        ("www.fabrikam.com", "www.fabrikam.com"),
    ],
)
def test_customer_takes_the_address_of_a_site_for_its_domain_unless_that_is_known(contoso, typed, known):
    location, user = location_of_admin()
    CustomerTenantFactory(domain_name="www.fabrikam.com")

    form = ask("customer", {"location": location.mpn_id, "domain_name": typed, "tenant_id": ""}, user=user)

    assert codes(form) == {}
    assert form.facts()["domain_name"] == known


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("location", "", "required"),
        ("location", "MPN-12", "MPN_FORMAT"),
        ("domain_name", "", "required"),
        ("domain_name", "contoso", "DOMAIN_FORMAT"),
        ("domain_name", "nobody.example", "DOMAIN_UNKNOWN"),
        ("domain_name", "www.nobody.example", "DOMAIN_UNKNOWN"),
        ("domain_name", "www.example", "DOMAIN_UNKNOWN"),
        ("tenant_id", "contoso", "TENANT_FORMAT"),
    ],
)
def test_customer_names_what_is_wrong(contoso, field, value, code):
    location, user = location_of_admin()
    answers = {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": ""}

    form = ask("customer", answers | {field: value}, user=user)

    assert codes(form) == {field: [code]}


def test_customer_offers_the_tenant_id_known_for_the_domain_when_they_disagree(contoso):
    location, user = location_of_admin()
    other = CustomerTenantFactory(domain_name="fabrikam.com")
    answers = {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": str(other.tenant_id)}

    form = ask("customer", answers, user=user)

    assert codes(form) == {"tenant_id": ["DOMAIN_TENANT_MISMATCH"]}
    assert form.found_tenant_id == contoso.tenant_id
    assert ask("customer", answers | {"found_tenant_id": str(contoso.tenant_id)}, user=user).is_valid()


def test_customer_refuses_the_global_mpn_id(contoso):
    location, user = location_of_admin()

    form = ask("customer", {"location": location.partner.global_mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_IS_GLOBAL"]}


def test_customer_refuses_the_location_of_another_company(contoso):
    _own, user = location_of_admin()

    form = ask("customer", {"location": PartnerLocationFactory().mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_refuses_a_location_outside_the_persons_scope(contoso):
    own, other = PartnerLocationFactory.create_batch(2, partner=PartnerFactory())
    user = PartnerMemberFactory(partner=own.partner, locations=[own]).user

    form = ask("customer", {"location": other.mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_shows_a_location_that_is_not_enrolled_and_refuses_it(contoso):
    _location, user = location_of_admin(enrolled=False, mpn_id="6363276", name="Napoli")

    form = ask("customer", {"location": "6363276", "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NOT_ENROLLED"]}
    assert '<option value="6363276" selected disabled>6363276 · Napoli · Italy · Not enrolled' in str(form["location"])


def test_customer_refuses_a_location_not_enrolled_for_the_work_already_stated(contoso):
    claim = stories.complete_claim()
    other = PartnerLocationFactory(partner=claim.partner)
    other.enrolments.filter(program__activity="M365_USAGE").update(status="invited")

    form = ask("customer", {"location": other.mpn_id, "domain_name": claim.domain_name}, claim=claim)

    assert codes(form) == {"location": ["MPN_NOT_ENROLLED"]}


def test_customer_offers_a_claim_only_locations_of_its_own_company():
    claim = stories.draft_claim()
    elsewhere = PartnerLocationFactory()
    PartnerMemberFactory(user=claim.created_by, partner=elsewhere.partner)

    form = ask("customer", {"location": elsewhere.mpn_id, "domain_name": claim.domain_name}, claim=claim)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_warns_of_another_country():
    location, user = location_of_admin(country="DE")
    CustomerTenantFactory(domain_name="contoso.com", country="IT")

    form = ask("customer", {"location": location.mpn_id, "domain_name": "contoso.com"}, user=user)

    assert form.is_valid()
    assert form.warnings == [MESSAGES["COUNTRY_MISMATCH"]]


def test_customer_asks_only_for_the_mpn_id_once_the_claim_was_filed():
    claim = stories.claim_needing_action()

    form = ask("customer", {"location": claim.location.mpn_id, "domain_name": "evil.example"}, claim=claim)

    assert list(form.fields) == ["location"]
    assert form.is_valid()
    assert form.facts() == {"location_id": claim.location_id}


# The work


@pytest.mark.parametrize(
    ("answers", "stated"),
    [
        ({"solution_area": "M365"}, (True, False, False)),
        ({"solution_area": "M365", "activity": "revenue", "claims_presales": "on"}, (True, False, False)),
        ({"solution_area": "BA", "activity": "usage", "claims_usage": "on"}, (True, False, False)),
        (
            {"solution_area": "BA", "activity": "usage", "claims_usage": "on", "claims_presales": "on"},
            (True, True, False),
        ),
        ({"solution_area": "BA", "activity": "revenue", "claims_usage": "on"}, (False, False, True)),
    ],
)
def test_work_states_the_activities_of_the_chosen_area_and_ignores_the_others(answers, stated):
    form = ask("work", answers, claim=stories.draft_claim())

    assert codes(form) == {}
    assert tuple(form.facts().values()) == (answers["solution_area"], *stated)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "solution_area"),
        ({"solution_area": "AZURE"}, "solution_area"),
        ({"solution_area": "BA"}, "activity"),
        ({"solution_area": "BA", "activity": "usage"}, "claims_usage"),
    ],
)
def test_work_asks_for_what_is_missing(answers, field):
    form = ask("work", answers, claim=stories.draft_claim())

    assert list(form.errors) == [field]


def test_work_may_be_left_unfinished():
    form = ask("work", {"solution_area": "BA"}, claim=stories.draft_claim(), intent=Intent.LATER)

    assert codes(form) == {}
    assert form.facts()["solution_area"] == "BA"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"solution_area": "M365"}, "solution_area"),
        ({"solution_area": "BA", "activity": "usage", "claims_presales": "on"}, "activity"),
    ],
)
def test_work_refuses_an_activity_in_whose_program_the_location_is_not_enrolled(answers, field):
    claim = stories.draft_claim()
    claim.location.enrolments.update(status="validating")

    form = ask("work", answers, claim=claim)

    assert codes(form) == {field: ["MPN_NOT_ENROLLED"]}


def test_work_needs_no_enrolment_for_the_unpaid_revenue_association():
    claim = stories.draft_claim()
    claim.location.enrolments.all().delete()
    assert IncentiveProgram.objects.get(activity="BA_REVENUE").is_paid is False

    form = ask("work", {"solution_area": "BA", "activity": "revenue"}, claim=claim)

    assert codes(form) == {}


# The details


def test_details_suggest_a_name():
    claim = stories.draft_claim(tenant=CustomerTenantFactory(name="Contoso"), solution_area="M365", claims_usage=True)

    form = ask("details", {}, claim=claim)

    assert form.initial["name"] == "Contoso - Microsoft 365 - 2020-10"


def test_details_suggest_a_name_that_fits():
    claim = stories.draft_claim(tenant=CustomerTenantFactory(name="C" * 200), solution_area="BA", claims_usage=True)

    form = ask("details", {}, claim=claim)

    assert len(form.initial["name"]) == 100


def test_details_ask_three_more_questions_for_a_revenue_association():
    claim = stories.draft_claim(solution_area="BA", claims_revenue=True)

    form = ask("details", {"name": ""}, claim=claim)

    assert codes(form) == {
        "name": ["required"],
        "dynamics_solution_seller_name": ["required"],
        "revenue_customer_name": ["required"],
        "isv_product_solution_name": ["required"],
    }


def test_details_ask_only_for_the_name_otherwise():
    form = ask("details", {"name": "Adoption"}, claim=stories.draft_claim(solution_area="M365", claims_usage=True))

    assert form.is_valid()
    assert form.facts() == {"name": "Adoption"}


# The products


def dynamics_draft(**fields) -> Claim:
    return stories.draft_claim(solution_area="BA", **({"claims_usage": True} | fields))


def tick(*codes_of_products: str, **picks: str) -> dict[str, str]:
    """The post of ticks, and of picked subscriptions by product code."""
    ids = dict(Product.objects.values_list("code", "pk"))
    ticks = {f"product_{ids[code]}": "on" for code in codes_of_products}
    return ticks | {f"subscription_{ids[code]}": value for code, value in picks.items()}


def field_of(code: str, *, kind: str = "product") -> str:
    return f"{kind}_{Product.objects.get(code=code).pk}"


def test_products_take_workloads():
    claim = stories.draft_claim(solution_area="M365", claims_usage=True)

    form = ask("products", tick("EXO", "TEAMS"), claim=claim)

    assert codes(form) == {}
    assert form.facts() == {field_of("EXO")[8:]: None, field_of("TEAMS")[8:]: None}


def test_products_offer_only_what_can_be_claimed_in_the_area():
    claim = stories.draft_claim(solution_area="M365", claims_usage=True)

    form = ask("products", {}, claim=claim)

    assert len(form.products) == 10
    assert {product.solution_area for product in form.products} == {"M365"}


def test_products_ask_for_at_least_one():
    claim = stories.draft_claim(solution_area="M365", claims_usage=True)

    form = ask("products", {}, claim=claim)

    assert [str(error) for errors in form.errors.values() for error in errors] == ["Choose at least one product."]
    assert ask("products", {}, claim=claim, intent=Intent.LATER).is_valid()


def test_products_choose_the_only_subscription_by_itself():
    claim = dynamics_draft()
    subscription = SubscriptionFactory(tenant=claim.tenant)

    form = ask("products", tick("D365_SALES"), claim=claim)

    assert codes(form) == {}
    assert list(form.facts().values()) == [subscription.pk]


def test_products_take_a_subscription_in_its_grace_period():
    claim = dynamics_draft()
    SubscriptionFactory(tenant=claim.tenant, in_grace=True)

    assert codes(ask("products", tick("D365_SALES"), claim=claim)) == {}


@pytest.mark.parametrize(
    ("trait", "code"),
    [("csp", "SUB_IS_CSP"), ("expired", "SUB_INACTIVE"), ("not_provisioned", "SUB_NOT_PROVISIONED")],
)
def test_products_name_the_exact_cause(trait, code):
    claim = dynamics_draft()
    SubscriptionFactory(tenant=claim.tenant, **{trait: True})

    form = ask("products", tick("D365_SALES"), claim=claim)

    assert codes(form) == {field_of("D365_SALES"): [code]}
    assert form.errors[field_of("D365_SALES")] == [f"Dynamics 365 Sales: {MESSAGES[code]}"]


def test_products_refuse_a_product_that_the_tenant_does_not_have():
    form = ask("products", tick("D365_SALES"), claim=dynamics_draft())

    assert codes(form) == {field_of("D365_SALES"): ["SUB_NOT_ON_TENANT"]}


class TestSeveralSubscriptions:
    @pytest.fixture
    def claim(self) -> Claim:
        claim = dynamics_draft()
        SubscriptionFactory.create_batch(2, tenant=claim.tenant)
        return claim

    def picked(self, claim: Claim, text: str, intent: Intent = Intent.CONTINUE):
        return ask("products", tick("D365_SALES", D365_SALES=text), claim=claim, intent=intent)

    def test_one_must_be_picked(self, claim):
        form = self.picked(claim, "")

        assert form.errors == {
            field_of("D365_SALES", kind="subscription"): ["Dynamics 365 Sales: choose the subscription."]
        }

    def test_the_pick_may_wait(self, claim):
        form = self.picked(claim, "", Intent.LATER)

        assert form.is_valid()
        assert list(form.facts().values()) == [None]

    def test_the_picked_one_is_taken_however_it_was_pasted(self, claim):
        chosen = Subscription.objects.order_by("pk")[1]

        form = self.picked(claim, "{" + str(chosen.subscription_id).upper() + "}")

        assert codes(form) == {}
        assert list(form.facts().values()) == [chosen.pk]

    def test_text_that_is_no_id_is_refused(self, claim):
        form = self.picked(claim, "order 4711")

        assert codes(form) == {field_of("D365_SALES", kind="subscription"): ["SUB_BAD_ID"]}

    def test_an_unknown_id_is_refused(self, claim):
        form = self.picked(claim, str(uuid.uuid4()))

        assert codes(form) == {field_of("D365_SALES", kind="subscription"): ["SUB_NOT_ON_TENANT"]}

    def test_another_tenants_subscription_is_refused_like_an_unknown_one(self, claim):
        form = self.picked(claim, str(SubscriptionFactory().subscription_id))

        assert codes(form) == {field_of("D365_SALES", kind="subscription"): ["SUB_NOT_ON_TENANT"]}

    def test_a_microsoft_365_subscription_is_refused(self, claim):
        exchange = SubscriptionFactory(tenant=claim.tenant, product=Product.objects.get(code="EXO"))

        form = self.picked(claim, str(exchange.subscription_id))

        assert codes(form) == {field_of("D365_SALES", kind="subscription"): ["SUB_NOT_DYNAMICS"]}


def test_products_offer_power_bi_for_a_revenue_association_only():
    claim, revenue = dynamics_draft(), dynamics_draft(claims_usage=False, claims_revenue=True)
    for each in (claim, revenue):
        SubscriptionFactory(tenant=each.tenant, product=Product.objects.get(code="PBI"))

    assert codes(ask("products", tick("PBI"), claim=claim)) == {field_of("PBI"): ["ITEM_REVENUE_ONLY"]}
    assert codes(ask("products", tick("PBI"), claim=revenue)) == {}


def test_products_block_what_the_company_holds_already():
    claim = stories.draft_claim(solution_area="M365", claims_usage=True)
    AssociationFactory(partner=claim.partner, tenant=claim.tenant)

    form = ask("products", tick("EXO"), claim=claim)

    assert codes(form) == {field_of("EXO"): ["ITEM_DUPLICATE_OWN"]}


def test_products_block_an_item_of_an_open_claim_and_link_to_it():
    first = stories.submitted_claim()
    second = stories.draft_claim(
        location=first.location,
        tenant=first.tenant,
        created_by=first.created_by,
        solution_area="M365",
        claims_usage=True,
    )

    form = ask("products", tick("EXO"), claim=second)

    row = next(row for _name, rows in form.groups() for row in rows if row.product.code == "EXO")
    assert codes(form) == {field_of("EXO"): ["ITEM_DUPLICATE_OWN"]}
    assert (row.own_claim, row.is_closed, str(row.status_label)) == (first.public_id, True, "Yours")


def test_products_say_of_an_own_subscription_that_it_has_been_claimed():
    claim = dynamics_draft()
    subscription = SubscriptionFactory(tenant=claim.tenant)
    AssociationFactory(
        partner=claim.partner, tenant=claim.tenant, product=subscription.product, subscription=subscription
    )

    form = ask("products", tick("D365_SALES"), claim=claim)

    assert codes(form) == {field_of("D365_SALES"): ["SUB_ALREADY_CLAIMED"]}


def test_products_let_the_company_add_another_activity_to_its_own():
    claim = dynamics_draft(claims_usage=False, claims_presales=True)
    subscription = SubscriptionFactory(tenant=claim.tenant)
    AssociationFactory(
        partner=claim.partner, tenant=claim.tenant, product=subscription.product, subscription=subscription
    )

    form = ask("products", tick("D365_SALES"), claim=claim)

    assert codes(form) == {}
    assert form.warnings == []


def test_products_warn_of_another_partners_item_without_naming_the_partner():
    claim = stories.draft_claim(solution_area="M365", claims_usage=True)
    AssociationFactory(tenant=claim.tenant, partner__name="Rival Consulting")

    form = ask("products", tick("EXO"), claim=claim)

    row = next(row for _name, rows in form.groups() for row in rows if row.product.code == "EXO")
    assert codes(form) == {}
    assert form.warnings == [f"Exchange Online: {MESSAGES['ITEM_HELD_BY_OTHER']}"]
    assert (row.status, row.is_closed) == ("held", False)
    assert "Rival" not in f"{form.warnings} {row}"


# The contacts

PEOPLE = {
    "customer_name": "Carla Bianchi",
    "customer_title": "Head of IT",
    "customer_email": "carla@contoso.com",
    "customer_language": "it",
    "partner_name": "Paolo Rossi",
    "partner_email": "paolo@partner.example",
}


@pytest.fixture
def contoso_claim(contoso) -> Claim:
    return stories.draft_claim(tenant=contoso, solution_area="M365", claims_usage=True)


def test_contacts_take_the_customers_and_the_companys(contoso_claim):
    form = ask("contacts", PEOPLE, claim=contoso_claim)

    assert codes(form) == {}
    assert form.facts()["customer_email"] == "carla@contoso.com"


def test_contacts_are_all_required_on_continue_and_none_later(contoso_claim):
    assert sorted(ask("contacts", {}, claim=contoso_claim).errors) == sorted(PEOPLE)
    assert ask("contacts", {}, claim=contoso_claim, intent=Intent.LATER).is_valid()


def test_contacts_suggest_the_person_and_the_language_of_the_country(contoso_claim):
    form = ask("contacts", {}, claim=contoso_claim)

    assert form.initial["partner_email"] == contoso_claim.created_by.email
    assert form.initial["customer_language"] == "it"


def test_contacts_ask_for_the_technical_one_with_a_dynamics_365_product():
    claim = stories.complete_dynamics_claim()

    form = ask("contacts", PEOPLE | {"customer_email": f"carla@{claim.domain_name}"}, claim=claim)

    assert sorted(form.errors) == ["technical_email", "technical_name", "technical_title"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("customer_email", "carla@gmail.com", "EMAIL_FREE"),
        ("customer_email", "carla at contoso", "invalid"),
        ("partner_email", "CARLA@contoso.com", "EMAIL_SAME"),
        ("customer_name", "C" * 121, "max_length"),
    ],
)
def test_contacts_name_what_is_wrong_even_when_saving_for_later(contoso_claim, field, value, code):
    for intent in (Intent.CONTINUE, Intent.LATER):
        assert codes(ask("contacts", PEOPLE | {field: value}, claim=contoso_claim, intent=intent)) == {field: [code]}


def test_contacts_ask_why_the_address_is_at_another_domain(contoso_claim):
    other = PEOPLE | {"customer_email": "carla@holding.example"}

    assert codes(ask("contacts", other, claim=contoso_claim)) == {"customer_mismatch_reason": ["EMAIL_OTHER_DOMAIN"]}
    assert ask("contacts", other | {"customer_mismatch_reason": "Same group"}, claim=contoso_claim).is_valid()


def test_contacts_know_the_other_domains_of_the_tenant(contoso_claim):
    TenantDomainFactory(tenant=contoso_claim.tenant, domain_name="contoso.onmicrosoft.com")

    form = ask("contacts", PEOPLE | {"customer_email": "carla@contoso.onmicrosoft.com"}, claim=contoso_claim)

    assert codes(form) == {}


def test_contacts_forget_a_reason_that_is_no_longer_needed(contoso_claim):
    form = ask("contacts", PEOPLE | {"customer_mismatch_reason": "Same group"}, claim=contoso_claim)

    assert form.is_valid()
    assert form.facts()["customer_mismatch_reason"] == ""


# The proof


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


REFUSED = {
    "virus.exe": (proof_files.EXECUTABLE, "POE_TYPE"),
    "report.docm": (proof_files.office(), "POE_MACRO"),
    "macro.docx": (proof_files.office(more={"word/vbaProject.bin": b"code"}), "POE_MACRO"),
    "bomb.docx": (proof_files.office(more={"word/media/image1.png": bytes(20_000_000)}), "POE_BOMB"),
    "renamed.pdf": (proof_files.EXECUTABLE, "POE_CONTENT"),
    "empty.pdf": (b"", "POE_EMPTY"),
    "locked.pdf": (proof_files.pdf(trailer="/Size 2 /Root 1 0 R /Encrypt 3 0 R"), "POE_ENCRYPTED"),
    "big.pdf": (proof_files.pdf(text="x" * 30_000), "POE_SIZE"),
    ".pdf": (proof_files.pdf(), "POE_NAME"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_proof_refuses_each_bad_file_in_its_own_words(name, settings: Settings):
    settings.POE_MAX_BYTES = 30_000
    content, code = REFUSED[name]

    form = ask("proof", {}, claim=stories.draft_claim(), files=[upload(name, content)])

    assert codes(form) == {"proofs": [code]}
    assert str(form.errors["proofs"][0]).startswith(f"{name}: ")


def test_proof_keeps_the_good_files_of_a_refused_post():
    files = [
        upload("sow.pdf", proof_files.pdf()),
        upload("virus.exe", b"MZ"),
        upload("plan.docx", proof_files.office()),
    ]

    form = ask("proof", {}, claim=stories.draft_claim(), files=files)

    assert codes(form) == {"proofs": ["POE_TYPE"]}
    assert [file.name for file, _kind in form.facts()["proofs"]] == ["sow.pdf", "plan.docx"]


def test_proof_refuses_the_eleventh_file():
    claim = stories.draft_claim()
    ProofFactory.create_batch(9, claim=claim)

    form = ask("proof", {}, claim=claim, files=[upload(f"{n}.pdf", proof_files.pdf()) for n in (10, 11)])

    assert form.errors == {"proofs": ["11.pdf: A claim can hold 10 files. Remove one first."]}


@pytest.mark.parametrize("intent", [Intent.CONTINUE, Intent.STAY])
def test_proof_asks_for_a_file(intent):
    form = ask("proof", {}, claim=stories.draft_claim(), intent=intent)

    assert form.errors == {"proofs": ["Add at least one proof of execution."]}


def test_proof_may_wait_and_needs_no_second_file():
    assert ask("proof", {}, claim=stories.draft_claim(), intent=Intent.LATER).is_valid()
    assert ask("proof", {}, claim=stories.complete_claim()).is_valid()


def test_proof_says_what_an_upload_lacks_when_there_are_files_already():
    form = ask("proof", {}, claim=stories.complete_claim(), intent=Intent.STAY)

    assert form.errors == {"proofs": ["Choose a file to upload."]}


# The comments


def test_a_comment_is_optional_until_it_is_to_be_saved():
    claim = stories.draft_claim()

    assert ask("comments", {"comment": ""}, claim=claim).is_valid()
    assert ask("comments", {"comment": ""}, claim=claim, intent=Intent.STAY).errors == {
        "comment": ["Enter a comment."]
    }


def test_a_comment_has_at_most_4000_characters():
    form = ask("comments", {"comment": "x" * 4001}, claim=stories.draft_claim())

    assert codes(form) == {"comment": ["max_length"]}
