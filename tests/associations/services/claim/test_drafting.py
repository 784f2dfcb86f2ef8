"""A claim before it is filed, and what may still change afterwards (domain.md D6, D15, D17)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from associations.models import Claim, Product
from associations.rules.actors import Actor, Role
from associations.rules.proof_files import ProofKind
from associations.services.claim import drafting
from associations.services.claim.answers import (
    ItemChoice,
    StaleAnswers,
    choose_products,
    record_contacts,
    record_facts,
    stored_contacts,
    stored_facts,
    stored_products,
    version_of,
)
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import attach_proof
from bench.files import SMALL_PDF
from tests import stories
from tests.factories import (
    MONDAY,
    ContactFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)
PDF = SMALL_PDF


def history(claim):
    return list(claim.events.values_list("kind", flat=True))


def record(claim, *, group="details", by=None, version=None, **facts):
    """Write *facts* as a page would that was drawn just now, or from *version*."""
    drawn_from = version or version_of(stored_facts(stories.fresh(claim), facts))
    return record_facts(
        claim_id=claim.pk, group=group, facts=facts, version=drawn_from, by=by or stories.admin_of(claim), now=LATER
    )


def choose(claim, *codes, by=None, version=None):
    choices = [ItemChoice(product.pk) for product in Product.objects.filter(code__in=codes)]
    drawn_from = version or version_of(stored_products(claim))
    return choose_products(
        claim_id=claim.pk, choices=choices, version=drawn_from, by=by or stories.admin_of(claim), now=LATER
    )


def tell_contacts(claim, *, version=None, **facts):
    drawn_from = version or version_of(stored_contacts(claim))
    return record_contacts(claim_id=claim.pk, facts=facts, version=drawn_from, by=stories.admin_of(claim), now=LATER)


def attach(claim, *, by=None, max_files=10, content=PDF):
    return attach_proof(
        claim_id=claim.pk,
        file=ContentFile(content, name="sow.pdf"),
        name="sow.pdf",
        kind=ProofKind.PDF,
        max_files=max_files,
        by=by or stories.admin_of(claim),
        now=LATER,
    )


def codes_of(claim):
    return sorted(claim.items.values_list("product__code", flat=True))


# Starting


@pytest.mark.parametrize("role", [Role.INCENTIVES_ADMIN, Role.INCENTIVES_USER])
def test_start_claim_returns_a_draft_that_can_be_found(role):
    location, tenant = PartnerLocationFactory(), CustomerTenantFactory(name="Città", domain_name="citta.example")
    by = Actor(role, PartnerMemberFactory(partner=location.partner).user_id)

    claim = drafting.start_claim(location=location, domain_name="citta.example", tenant=tenant, by=by, now=MONDAY)

    assert (claim.status, claim.partner, claim.location) == ("draft", location.partner, location)
    assert (claim.created_at, claim.created_by_id, claim.submitted_at) == (MONDAY, by.user_id, None)
    assert list(Claim.objects.matching("citta")) == [claim]
    assert list(claim.events.values_list("kind", "actor_id", "at")) == [("created", by.user_id, MONDAY)]


def test_start_claim_refuses_someone_who_only_looks():
    location, tenant = PartnerLocationFactory(), CustomerTenantFactory()
    by = Actor(Role.OBSERVER, PartnerMemberFactory(partner=location.partner).user_id)

    with pytest.raises(ClaimLocked):
        drafting.start_claim(location=location, domain_name="x.example", tenant=tenant, by=by, now=MONDAY)

    assert not Claim.objects.exists()


# Facts


def test_record_facts_writes_what_changed_and_says_so():
    claim = stories.draft_claim(name="Old name")

    record(claim, name="New name")

    claim.refresh_from_db()
    assert (claim.name, claim.changed_at) == ("New name", LATER)
    assert claim.events.latest("pk").details == {"changed": {"name": ["Old name", "New name"]}}
    assert list(Claim.objects.matching("new")) == [claim]


def test_the_same_answers_again_leave_no_trace():
    claim = stories.draft_claim(name="Adoption")

    record(claim, name="Adoption")

    assert history(claim) == ["created"]
    assert stories.fresh(claim).changed_at == MONDAY


def test_a_stale_page_overwrites_nothing():
    claim = stories.draft_claim(name="First")
    drawn_from = version_of(stored_facts(claim, ["name"]))
    record(claim, name="Second", version=drawn_from)

    with pytest.raises(StaleAnswers):
        record(claim, name="Third", version=drawn_from)

    assert stories.fresh(claim).name == "Second"


def test_two_tabs_on_two_steps_never_meet():
    claim = stories.draft_claim()
    products, contacts = version_of(stored_products(claim)), version_of(stored_contacts(claim))

    choose(claim, "EXO", version=products)
    tell_contacts(claim, customer_name="Carla Bianchi", version=contacts)

    assert codes_of(claim) == ["EXO"]
    assert claim.contacts.get().name == "Carla Bianchi"


def test_an_answer_changed_away_and_back_is_no_conflict():
    claim = stories.draft_claim(name="First")
    drawn_from = version_of(stored_facts(claim, ["name"]))
    record(claim, name="Second")
    record(claim, name="First")

    record(claim, name="Third", version=drawn_from)

    assert stories.fresh(claim).name == "Third"


def test_another_customer_takes_the_items_away_and_leaves_the_people():
    claim = stories.complete_claim()
    tenant = CustomerTenantFactory()

    record(claim, group="customer", tenant_id=tenant.pk, domain_name=tenant.domains.get().domain_name)

    assert stories.fresh(claim).tenant == tenant
    assert (claim.items.count(), claim.contacts.count()) == (0, 2)


def test_leaving_revenue_association_forgets_its_three_facts():
    claim = stories.complete_revenue_claim()

    record(claim, group="work", activity_codes=("BA_USAGE",))

    claim.refresh_from_db()
    assert claim.dynamics_solution_seller_name == claim.revenue_customer_name == claim.isv_product_solution_name == ""
    assert claim.items.count() == 0


@pytest.mark.parametrize("story", [stories.submitted_claim, stories.claim_under_review, stories.approved_claim])
def test_a_filed_claim_is_locked_for_every_kind_of_answer(story):
    claim = story()

    with pytest.raises(ClaimLocked):
        record(claim, name="Another name")
    with pytest.raises(ClaimLocked):
        choose(claim, "EXO")
    with pytest.raises(ClaimLocked):
        tell_contacts(claim, customer_name="Somebody Else")

    assert stories.fresh(claim).name == claim.name
    assert codes_of(claim) == ["EXO", "TEAMS"]


def test_a_reviewers_question_opens_the_mpn_id_and_not_the_name():
    claim = stories.claim_needing_action()
    other = PartnerLocationFactory(partner=claim.partner)

    record(claim, group="location", location_id=other.pk)
    with pytest.raises(ClaimLocked):
        record(claim, group="details", name="Another name")

    assert stories.fresh(claim).location == other


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.REVIEWER])
def test_nobody_else_changes_a_draft(role):
    claim = stories.draft_claim()
    by = Actor(role, claim.created_by_id)

    with pytest.raises(ClaimLocked):
        record(claim, name="Mine", by=by)
    with pytest.raises(ClaimLocked):
        attach(claim, by=by)


# Products


def test_choose_products_keeps_what_stays_and_removes_what_goes():
    claim = stories.complete_claim()
    kept = claim.items.get(product__code="EXO")

    choose(claim, "EXO", "SPO")

    assert codes_of(claim) == ["EXO", "SPO"]
    assert claim.items.get(product__code="EXO") == kept
    assert claim.events.latest("pk").details == {"products": ["EXO", "SPO"]}


def test_choose_products_takes_another_subscription_of_the_same_product():
    claim = stories.complete_dynamics_claim()
    item = claim.items.get()
    other = SubscriptionFactory(tenant=claim.tenant)

    choose_products(
        claim_id=claim.pk,
        choices=[ItemChoice(item.product_id, other.pk)],
        version=version_of(stored_products(claim)),
        by=stories.admin_of(claim),
        now=LATER,
    )

    assert claim.items.get().subscription == other
    assert str(other.subscription_id) in stories.fresh(claim).search_text


def test_no_product_is_an_answer_too():
    claim = stories.complete_claim()

    choose(claim)

    assert codes_of(claim) == []


def test_a_stale_choice_of_products_overwrites_nothing():
    claim = stories.complete_claim()
    drawn_from = version_of(stored_products(claim))
    choose(claim, "SPO", version=drawn_from)

    with pytest.raises(StaleAnswers):
        choose(claim, "YAMMER", version=drawn_from)

    assert codes_of(claim) == ["SPO"]


def test_the_same_choice_again_leaves_no_trace():
    claim = stories.complete_claim()

    choose(claim, "EXO", "TEAMS")

    assert history(claim) == ["created"]


# Contacts


def test_record_contacts_writes_each_person_by_kind():
    claim = stories.draft_claim()

    tell_contacts(claim, customer_name="Carla Bianchi", customer_language="it", partner_email="paolo@partner.example")

    people = {person.kind: (person.name, person.email, person.language) for person in claim.contacts.all()}
    assert people == {"customer": ("Carla Bianchi", "", "it"), "partner": ("", "paolo@partner.example", "")}
    assert claim.events.latest("pk").details == {"contacts": ["customer_language", "customer_name", "partner_email"]}


def test_record_contacts_leaves_the_kinds_alone_that_the_page_did_not_ask():
    claim = ContactFactory(kind="technical", name="Tullio Neri").claim

    tell_contacts(claim, customer_name="Carla Bianchi")

    assert claim.contacts.get(kind="technical").name == "Tullio Neri"


def test_a_stale_page_of_contacts_overwrites_nothing():
    claim = stories.complete_claim()
    drawn_from = version_of(stored_contacts(claim))
    tell_contacts(claim, customer_name="Second", version=drawn_from)

    with pytest.raises(StaleAnswers):
        tell_contacts(claim, customer_name="Third", version=drawn_from)

    assert claim.contacts.get(kind="customer").name == "Second"
