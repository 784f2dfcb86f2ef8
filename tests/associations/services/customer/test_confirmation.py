"""Contacts are confirmed by a reviewer, or by the directory (domain.md D18)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from associations.choices import ContactKind, OptOutReason
from associations.models import Claim
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import approval
from associations.services.customer import answer
from associations.services.customer.confirmation import (
    DomainNotListable,
    NothingToConfirm,
    confirm_by_reviewer,
    confirm_known_contacts,
)
from associations.services.review.decisions import OwnCompany, ReasonMissing
from tests import stories
from tests.associations.public_directory import TENANT
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    TenantDomainFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = MONDAY + 14 * DAY
CARLA = "carla@elsewhere.example"


def confirm(claim: Claim, *, at: datetime = MONDAY + DAY, by: Actor | None = None, **facts: Any) -> Claim:
    asked: dict[str, Any] = {"contact_email": CARLA, "text": "I called the switchboard.", "lists_domain": False}
    return confirm_by_reviewer(claim_id=claim.pk, by=by or stories.reviewer(), now=at, **asked | facts)


@pytest.mark.both
def test_a_contact_confirmed_within_the_window_lets_silence_count_at_its_end():
    claim = confirm(stories.unconfirmed_claim())

    assert (claim.status, claim.contact_confirmed_by, claim.contact_due_at) == ("submitted", "reviewer", None)
    approval.approve_unopposed_claims(now=LATER)
    assert stories.fresh(claim).status == "approved"


@pytest.mark.both
def test_a_contact_confirmed_after_the_window_makes_the_claim_official_at_once():
    claim = stories.unconfirmed_claim()
    approval.approve_unopposed_claims(now=LATER)

    assert confirm(claim, at=LATER).status == "approved"


def test_a_confirmation_before_the_sweep_closes_an_ended_window_is_official_at_once():
    assert confirm(stories.unconfirmed_claim(), at=LATER).status == "approved"


def test_an_approval_that_waited_counts_with_the_confirmation():
    claim = stories.unconfirmed_claim()
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=answer.Answerer("Carla"), now=MONDAY)

    assert confirm(claim).status == "approved"


def test_the_confirmation_is_in_the_history_with_its_reason():
    claim, reviewer = stories.unconfirmed_claim(), ReviewerFactory()
    confirm(claim, by=Actor(Role.REVIEWER, reviewer.pk))

    line = claim.events.get(kind="contact_confirmed")
    assert (line.actor, line.note, line.details) == (
        reviewer,
        "I called the switchboard.",
        {"customer_contact": CARLA},
    )


def test_a_reviewer_may_list_the_domain_which_confirms_the_next_contact_there():
    claim = stories.unconfirmed_claim()
    confirm(claim, lists_domain=True)

    assert claim.tenant.domains.get(domain_name="elsewhere.example").listed_by == "reviewer"
    draft = stories.draft_with_contact("franco@elsewhere.example", tenant=claim.tenant, domain_name=claim.domain_name)
    assert stories.submitted_claim(claim=draft).contact_confirmed_by == "domain"


@pytest.mark.parametrize("email", ["carla@gmail.com", "carla@co.uk", "carla@taken.example", "carla@it.taken.example"])
def test_a_shared_or_taken_domain_is_not_listed_and_nothing_is_written(email):
    TenantDomainFactory(domain_name="taken.example")
    TenantDomainFactory(domain_name="it.taken.example")
    claim = stories.unconfirmed_claim(email)

    with pytest.raises(DomainNotListable):
        confirm(claim, contact_email=email, lists_domain=True)

    assert stories.fresh(claim).is_contact_held
    assert confirm(claim, contact_email=email).contact_confirmed_by == "reviewer"


def test_only_another_companys_reviewer_with_a_reason_confirms_the_person_who_was_shown():
    claim = stories.unconfirmed_claim()
    colleague = PartnerMemberFactory(partner=claim.partner).user

    with pytest.raises(ActionNotAllowed):
        confirm(claim, by=stories.admin_of(claim))
    with pytest.raises(OwnCompany):
        confirm(claim, by=Actor(Role.REVIEWER, colleague.pk))
    with pytest.raises(ReasonMissing):
        confirm(claim, text=" ")
    with pytest.raises(NothingToConfirm):
        confirm(claim, contact_email="franco@elsewhere.example")
    assert stories.fresh(claim).is_contact_held


def test_nothing_is_confirmed_twice_or_after_an_opt_out():
    claim, declined = stories.unconfirmed_claim(), stories.unconfirmed_claim()
    confirm(claim)
    notice = declined.notices.get()
    answer.opt_out(notice_id=notice.pk, answerer=answer.Answerer("Carla"), reason=OptOutReason.NO_RELATION, now=MONDAY)

    for each in (claim, declined):
        with pytest.raises(NothingToConfirm):
            confirm(each)


# The clock


def found(claim):
    return stories.fresh(claim).contact_confirmed_by


@pytest.mark.both
def test_the_clock_confirms_what_the_public_directory_answers_by_now(microsoft):
    tenant = CustomerTenantFactory(tenant_id=TENANT)
    claim = stories.unconfirmed_claim("carla@good.example", tenant=tenant)
    other = stories.unconfirmed_claim("carla@unknown.example", tenant=tenant)

    assert confirm_known_contacts(now=MONDAY + DAY) == 1
    assert confirm_known_contacts(now=MONDAY + DAY) == 0

    assert (found(claim), found(other)) == ("domain", "")
    assert claim.events.get(kind="contact_confirmed").actor_role == "portal"
    assert len(microsoft) == 2


def test_the_clock_asks_in_public_until_the_window_ends_and_looks_at_the_list_afterwards(microsoft):
    tenant = CustomerTenantFactory(tenant_id=TENANT)
    claim = stories.unconfirmed_claim("carla@good.example", tenant=tenant)

    assert confirm_known_contacts(now=LATER) == 0
    approval.approve_unopposed_claims(now=LATER)
    assert confirm_known_contacts(now=LATER) == 0
    assert microsoft == []
    TenantDomainFactory(tenant=tenant, domain_name="good.example")
    assert confirm_known_contacts(now=LATER) == 1

    assert stories.fresh(claim).status == "approved"


def test_the_clock_leaves_a_contact_alone_who_was_replaced_meanwhile(microsoft):
    tenant = CustomerTenantFactory(tenant_id=TENANT)
    claim = stories.unconfirmed_claim(tenant=tenant)
    claim.contacts.filter(kind=ContactKind.CUSTOMER).update(email="carla@good.example")

    # The notice went to somebody else.
    assert confirm_known_contacts(now=MONDAY + DAY) == 0
