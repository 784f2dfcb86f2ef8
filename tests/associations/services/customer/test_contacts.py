"""Contacts of filed claims that are of the customer, and those that are not (domain.md D18)."""

from datetime import datetime, timedelta

import pytest

from associations import emails
from associations.choices import ContactKind, ContactPolicy
from associations.rules.customer.opt_out import Hold, what_holds
from associations.services.association import approval
from associations.services.claim import submission
from associations.services.customer import answer
from notifications import in_app
from notifications.models import Notification
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory, TenantDomainFactory
from tests.factories.rules import rules_are

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(days=14)
DAY = timedelta(days=1)


def test_a_contact_of_the_customer_is_confirmed_at_submission_and_needs_no_reviewer():
    claim = stories.submitted_claim()

    assert (claim.contact_policy, claim.contact_confirmed_by) == ("hold", "domain")
    assert (claim.contact_confirmed_at, claim.contact_due_at) == (MONDAY, None)
    assert not claim.events.filter(kind="contact_unconfirmed").exists()
    assert stories.approved_claim().status == "approved"


def test_a_contact_at_another_domain_of_the_tenant_is_confirmed():
    tenant = CustomerTenantFactory(domain_name="contoso.onmicrosoft.com")
    TenantDomainFactory(tenant=tenant, domain_name="contoso.example")
    draft = stories.draft_with_contact(
        "carla@it.contoso.example", tenant=tenant, domain_name="contoso.onmicrosoft.com"
    )

    assert stories.approved_claim(claim=draft).status == "approved"


def test_another_contact_holds_the_claim_however_long_nobody_replies():
    claim = stories.approved_claim(claim=stories.draft_with_contact("carla@evil.example"))

    assert (claim.status, claim.consent_status) == ("submitted", "no_objection")
    assert what_holds(claim.approval_facts) == (Hold.CONTACT_NOT_CONFIRMED,)
    assert claim.events.get(kind="contact_unconfirmed").details == {"due_at": "2020-10-21T22:00:00+00:00"}


def test_a_contact_is_to_be_confirmed_within_two_business_days_and_before_the_window_ends():
    claim = stories.unconfirmed_claim()

    assert claim.contact_due_at == datetime.fromisoformat("2020-10-22T00:00:00+02:00")
    rules_are(opt_out_business_days=1)
    short = stories.unconfirmed_claim()
    assert short.contact_due_at == short.opt_out_closes_at


def test_an_approval_of_a_contact_who_is_not_confirmed_makes_nothing_official():
    claim = stories.unconfirmed_claim()

    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=answer.Answerer("Carla"), now=MONDAY + DAY)
    approval.approve_unopposed_claims(now=LATER)

    claim.refresh_from_db()
    assert (claim.status, claim.consent_status) == ("submitted", "acknowledged")


def test_an_opt_out_of_a_contact_who_is_not_confirmed_counts():
    claim = stories.declined_claim(claim=stories.draft_with_contact("carla@evil.example"))

    assert (claim.status, claim.reason_codes) == ("rejected", ["CUSTOMER_DECLINED"])


def test_a_program_may_allow_any_contact_and_open_claims_keep_their_policy():
    held = stories.unconfirmed_claim()
    rules_are(contact_policy=ContactPolicy.ALLOW)
    allowed = stories.unconfirmed_claim()
    rules_are(contact_policy=ContactPolicy.HOLD)

    approval.approve_unopposed_claims(now=LATER)

    held.refresh_from_db()
    allowed.refresh_from_db()
    assert (held.status, allowed.status) == ("submitted", "approved")
    assert allowed.contact_confirmed_at is None


def test_the_strictest_program_of_a_claim_decides():
    rules_are("BA_USAGE", contact_policy=ContactPolicy.ALLOW)

    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim())

    assert claim.contact_policy == "hold"


def test_the_technical_contact_is_no_part_of_the_rule():
    draft = stories.complete_dynamics_claim()
    draft.contacts.filter(kind=ContactKind.TECHNICAL).update(email="tullio@evil.example")

    assert stories.approved_claim(claim=draft).status == "approved"


def test_a_new_contact_is_looked_at_anew_and_the_same_one_stays_confirmed():
    claim = stories.claim_needing_action()
    confirmed_at = claim.contact_confirmed_at
    claim.items.filter(product__code="TEAMS").delete()
    submission.resubmit_claim(claim_id=claim.pk, reply="Done.", by=stories.admin_of(claim), now=MONDAY + DAY)
    claim.refresh_from_db()
    assert (claim.is_contact_held, claim.contact_confirmed_at) == (False, confirmed_at)

    other = stories.claim_needing_action()
    other.contacts.filter(kind=ContactKind.CUSTOMER).update(email="carla@evil.example")
    submission.resubmit_claim(claim_id=other.pk, reply="Done.", by=stories.admin_of(other), now=MONDAY + DAY)

    other.refresh_from_db()
    assert (other.contact_confirmed_by, other.is_contact_held) == ("", True)


def test_the_reviewer_in_charge_is_notified_of_a_contact_to_confirm():
    claim = stories.claim_needing_action()
    claim.contacts.filter(kind=ContactKind.CUSTOMER).update(email="carla@evil.example")

    submission.resubmit_claim(claim_id=claim.pk, reply="Done.", by=stories.admin_of(claim), now=MONDAY + DAY)

    (told,) = Notification.objects.filter(kind="contact_to_confirm")
    claim.refresh_from_db()
    assert (told.user, told.due_at, told.url) == (claim.reviewer, claim.contact_due_at, emails.desk_path(claim))
    assert in_app.words_of(told) == (
        f"{claim.number}: confirm the new contact of {claim.tenant.name} by the end of 22 October 2020 (CEST)."
    )


def test_without_a_reviewer_or_with_a_contact_of_the_customer_nobody_is_notified():
    stories.unconfirmed_claim()
    known = stories.claim_needing_action()
    submission.resubmit_claim(claim_id=known.pk, reply="Done.", by=stories.admin_of(known), now=MONDAY + DAY)

    assert not Notification.objects.filter(kind="contact_to_confirm").exists()
