"""**Products** takes and refuses items."""

import uuid

import pytest

from associations.forms.wizard.step_form import Intent
from associations.models import Claim, Product, Subscription
from associations.wording.messages import MESSAGES
from tests import stories
from tests.associations.forms.wizard.asking import ask, codes, dynamics_draft, field_of, select
from tests.factories import (
    AssociationFactory,
    ClaimFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


def row_of(form, code: str):
    """The row of one product."""
    return next(row for row in form.rows if row.product.code == code)


def test_products_take_workloads():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))

    form = ask("products", select("EXO", "TEAMS"), claim=claim)

    assert codes(form) == {}
    assert form.facts() == {field_of("EXO")[8:]: None, field_of("TEAMS")[8:]: None}


def test_products_offer_only_what_can_be_claimed_in_the_area():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))

    form = ask("products", {}, claim=claim)

    assert len(form.products) == 10
    assert {product.solution_area for product in form.products} == {"M365"}


def test_products_ask_for_at_least_one():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))

    form = ask("products", {}, claim=claim)

    assert [str(error) for errors in form.errors.values() for error in errors] == ["Select at least one product."]
    assert ask("products", {}, claim=claim, intent=Intent.LATER).is_valid()


def test_products_choose_the_only_subscription_by_itself():
    claim = dynamics_draft()
    subscription = SubscriptionFactory(tenant=claim.tenant)

    form = ask("products", select("D365_SALES"), claim=claim)

    assert codes(form) == {}
    assert list(form.facts().values()) == [subscription.pk]


def test_products_take_a_subscription_in_its_grace_period():
    claim = dynamics_draft()
    SubscriptionFactory(tenant=claim.tenant, in_grace=True)

    assert codes(ask("products", select("D365_SALES"), claim=claim)) == {}


@pytest.mark.parametrize(
    ("trait", "code"),
    [("csp", "SUB_IS_CSP"), ("expired", "SUB_INACTIVE"), ("not_provisioned", "SUB_NOT_PROVISIONED")],
)
def test_products_name_the_exact_cause(trait, code):
    claim = dynamics_draft()
    SubscriptionFactory(tenant=claim.tenant, **{trait: True})

    form = ask("products", select("D365_SALES"), claim=claim)

    assert codes(form) == {field_of("D365_SALES"): [code]}
    assert form.errors[field_of("D365_SALES")] == [f"Dynamics 365 Sales: {MESSAGES[code]}"]


def test_products_refuse_a_product_that_the_tenant_does_not_have():
    form = ask("products", select("D365_SALES"), claim=dynamics_draft())

    assert codes(form) == {field_of("D365_SALES"): ["SUB_NOT_ON_TENANT"]}


class TestSeveralSubscriptions:
    @pytest.fixture
    def claim(self) -> Claim:
        claim = dynamics_draft()
        SubscriptionFactory.create_batch(2, tenant=claim.tenant)
        return claim

    def picked(self, claim: Claim, text: str, intent: Intent = Intent.CONTINUE):
        return ask("products", select("D365_SALES", D365_SALES=text), claim=claim, intent=intent)

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
    claim, revenue = dynamics_draft(), dynamics_draft(activity_codes=("BA_REVENUE",))
    for each in (claim, revenue):
        SubscriptionFactory(tenant=each.tenant, product=Product.objects.get(code="PBI"))

    assert codes(ask("products", select("PBI"), claim=claim)) == {field_of("PBI"): ["ITEM_REVENUE_ONLY"]}
    assert codes(ask("products", select("PBI"), claim=revenue)) == {}


def test_products_block_what_the_company_holds_already():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    AssociationFactory(partner=claim.partner, tenant=claim.tenant)

    form = ask("products", select("EXO"), claim=claim)

    assert codes(form) == {field_of("EXO"): ["ITEM_DUPLICATE_OWN"]}


def test_products_block_an_item_of_an_open_claim_and_link_to_it():
    first = stories.submitted_claim()
    second = stories.draft_claim(
        location=first.location,
        tenant=first.tenant,
        created_by=first.created_by,
        solution_area="M365",
        activity_codes=("M365_USAGE",),
    )

    form = ask("products", select("EXO"), claim=second)

    row = row_of(ask("products", {}, claim=second), "EXO")
    assert codes(form) == {field_of("EXO"): ["ITEM_DUPLICATE_OWN"]}
    assert (row.own_claim, row.is_closed, str(row.status_label)) == (first.public_id, True, "Your company's")


def test_products_say_of_an_own_subscription_that_it_has_been_claimed():
    claim = dynamics_draft()
    subscription = SubscriptionFactory(tenant=claim.tenant)
    AssociationFactory(
        partner=claim.partner, tenant=claim.tenant, product=subscription.product, subscription=subscription
    )

    form = ask("products", select("D365_SALES"), claim=claim)

    assert codes(form) == {field_of("D365_SALES"): ["SUB_ALREADY_CLAIMED"]}


def test_products_let_the_company_add_another_activity_to_its_own():
    claim = dynamics_draft(activity_codes=("BA_PRESALES",))
    subscription = SubscriptionFactory(tenant=claim.tenant)
    AssociationFactory(
        partner=claim.partner, tenant=claim.tenant, product=subscription.product, subscription=subscription
    )

    form = ask("products", select("D365_SALES"), claim=claim)

    assert codes(form) == {}
    assert form.warnings == []


def test_products_warn_of_another_partners_item_without_naming_the_partner():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    AssociationFactory(tenant=claim.tenant, partner__name="Rival Consulting")

    form = ask("products", select("EXO"), claim=claim)

    row = row_of(form, "EXO")
    assert codes(form) == {}
    assert form.warnings == [f"Exchange Online: {MESSAGES['ITEM_HELD_BY_OTHER']}"]
    assert (row.status, row.is_closed) == ("held", False)
    assert "Rival" not in f"{form.warnings} {row}"


def test_what_the_tenant_has_comes_first_and_of_that_what_can_be_chosen():
    claim = dynamics_draft()
    for code, trait in (("D365_CS", {"csp": True}), ("D365_FIN", {}), ("D365_BC", {"not_provisioned": True})):
        SubscriptionFactory(tenant=claim.tenant, product=Product.objects.get(code=code), **trait)

    form = ask("products", {}, claim=claim)

    shown = [(row.product.code, row.is_closed, str(row.status_label)) for row in form.rows_in_sight()]
    assert shown == [
        ("D365_FIN", False, "Available"),
        ("D365_CS", True, "Bought through CSP"),
        ("D365_BC", True, "Not activated yet"),
    ]
    assert {row.product.code for row in form.folded_rows()} >= {"D365_SALES", "PBI"}


def test_a_row_says_how_many_seats_the_customer_has():
    claim = dynamics_draft()
    bought = SubscriptionFactory(tenant=claim.tenant, seats_available=240)
    SubscriptionFactory(tenant=claim.tenant, product=Product.objects.get(code="D365_CS"), csp=True, seats_available=1)

    form = ask("products", {}, claim=claim)

    facts = f"240 seats · Volume Licensing · Europe · Active · {bought.subscription_id}"
    assert row_of(form, "D365_SALES").facts == [facts]
    assert row_of(form, "D365_CS").facts == ["1 seat · CSP · Europe · Active"]


@pytest.mark.parametrize(("seats", "is_told"), [(149, True), (150, False)])
def test_a_row_says_when_the_customer_has_too_few_seats_to_pay(seats, is_told):
    claim = ClaimFactory(solution_area="M365", activity_codes=("M365_USAGE",))
    product = Product.objects.get(code="EXO")
    SubscriptionFactory(tenant=claim.tenant, product=product, seats_available=seats)

    facts = row_of(ask("products", {}, claim=claim), "EXO").facts

    text = "The program guide pays from 150 seats on. You can claim the product all the same."
    assert (text in facts) is is_told


@pytest.mark.parametrize(("state", "label"), [("Expired", "Expired"), ("Suspended", "Suspended")])
def test_an_ended_subscription_is_called_as_it_is(state, label):
    claim = dynamics_draft()
    SubscriptionFactory(tenant=claim.tenant, state=state)

    assert str(row_of(ask("products", {}, claim=claim), "D365_SALES").status_label) == label


def test_a_product_chosen_before_it_was_closed_can_be_cleared():
    claim = stories.complete_dynamics_claim()
    Subscription.objects.filter(tenant=claim.tenant).update(state="Expired")

    row = row_of(ask("products", select("D365_SALES"), claim=claim), "D365_SALES")

    assert (row.is_selected, row.is_blocked, row.is_closed) == (True, True, False)


def test_the_only_subscription_that_can_be_claimed_is_picked_already():
    claim = dynamics_draft()
    free = SubscriptionFactory(tenant=claim.tenant)
    csp = SubscriptionFactory(tenant=claim.tenant, csp=True)

    form = ask("products", {}, claim=claim)

    field = field_of("D365_SALES", kind="subscription")
    assert form.initial[field] == str(free.subscription_id)
    assert form.fields[field].widget.closed == {str(csp.subscription_id)}
    assert "disabled" in str(form[field])
    assert codes(ask("products", select("D365_SALES", D365_SALES=str(csp.subscription_id)), claim=claim)) == {
        field: ["SUB_IS_CSP"]
    }


def test_without_anything_to_choose_the_page_says_so():
    form = ask("products", {}, claim=dynamics_draft())

    assert form.non_field_errors() == ["The customer has no product to claim."]
    assert form.rows_in_sight() == []


def test_only_a_draft_can_wait_for_a_product():
    claim, filed = dynamics_draft(), stories.submitted_claim(claim=stories.complete_dynamics_claim())

    assert row_of(ask("products", {}, claim=claim), "D365_GUIDES").is_watchable
    assert not row_of(ask("products", {}, claim=filed), "D365_GUIDES").is_watchable


def test_microsoft_365_folds_nothing():
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    AssociationFactory(partner=claim.partner, tenant=claim.tenant)

    form = ask("products", {}, claim=claim)

    assert form.folded_rows() == []
    assert form.rows_in_sight()[-1].product.code == "EXO"
