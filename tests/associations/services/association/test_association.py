"""Making associations official, and ending them (domain.md R1, R2, D7)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from associations.choices import EndReason
from associations.models import Association, Product
from associations.rules.actors import PORTAL, Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association.association import (
    NothingToEnd,
    ReasonNeeded,
    disassociate,
    end_associations,
    end_each,
    expire_associations,
    make_official,
)
from associations.services.customer import answer
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import MONDAY, AssociationFactory, ClaimFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=30)


def test_one_association_per_item_and_each_item_knows_its_own():
    claim = stories.noticed_claim()

    make_official([claim], now=LATER)

    assert sorted(claim.items.values_list("product__code", "association__product__code")) == [
        ("EXO", "EXO"),
        ("TEAMS", "TEAMS"),
    ]
    held = Association.objects.earliest("pk")
    assert (held.partner, held.tenant, held.subscription, held.starts_at) == (claim.partner, claim.tenant, None, LATER)


def test_a_subscription_is_associated_with_the_activities_claimed():
    claim = stories.noticed_claim(claim=stories.complete_dynamics_claim())

    make_official([claim], now=LATER)

    held = Association.objects.get()
    assert held.subscription == claim.items.get().subscription
    assert held.activity_codes == ("BA_USAGE", "BA_PRESALES")


def test_a_revenue_association_is_marked_as_such():
    claim = stories.noticed_claim(claim=stories.complete_revenue_claim())

    make_official([claim], now=LATER)

    assert Association.objects.get().activity_codes == ("BA_REVENUE",)


def test_another_activity_widens_the_partner_s_own_association():
    first = stories.approved_claim(claim=stories.complete_dynamics_claim(activity_codes=("BA_USAGE",)))
    draft = stories.complete_dynamics_claim(
        location=first.location, tenant=first.tenant, activity_codes=("BA_PRESALES",)
    )
    second = stories.noticed_claim(claim=draft)

    make_official([second], now=LATER)

    held = Association.objects.get()
    assert held.activity_codes == ("BA_USAGE", "BA_PRESALES")
    assert held.starts_at < LATER
    assert set(held.claimed_products.values_list("claim", flat=True)) == {first.pk, second.pk}


def test_an_ended_association_is_not_widened_but_followed_by_a_new_one():
    claim = stories.noticed_claim()
    old = AssociationFactory(
        partner=claim.partner, tenant=claim.tenant, ended_at=MONDAY + timedelta(days=1), end_reason="customer_opt_out"
    )

    make_official([claim], now=LATER)

    assert claim.items.get(product__code="EXO").association != old
    old.refresh_from_db()
    assert old.ended_at == MONDAY + timedelta(days=1)


def test_an_item_that_another_partner_got_first_leaves_everything_unwritten():
    claim = stories.noticed_claim()
    AssociationFactory(tenant=claim.tenant)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_official([claim], now=LATER)

    assert stories.fresh(claim).status == "submitted"
    assert Association.objects.count() == 1
    assert not OutboxEmail.objects.filter(template="claim_approved").exists()


def test_a_draft_is_not_made_official():
    with pytest.raises(ActionNotAllowed):
        make_official([ClaimFactory()], now=LATER)


def test_end_associations_ends_what_the_claim_made_official_and_nothing_else():
    claim = stories.approved_claim()
    other = AssociationFactory(partner=claim.partner)

    assert len(end_associations(claim, reason=EndReason.SUPERSEDED, by=PORTAL, now=LATER, note="Lost.")) == 2

    assert list(Association.objects.active()) == [other]
    line = claim.events.latest("pk")
    assert (line.kind, line.note, line.details) == (
        "association_ended",
        "Lost.",
        {"reason": "superseded", "products": ["Exchange Online", "Microsoft Teams"]},
    )


def test_what_has_ended_is_not_ended_again():
    claim = stories.approved_claim()
    end_associations(claim, reason=EndReason.SUPERSEDED, by=PORTAL, now=LATER)

    assert end_associations(claim, reason=EndReason.REVOKED, by=PORTAL, now=LATER) == []

    assert claim.events.filter(kind="association_ended").count() == 1
    assert set(Association.objects.values_list("end_reason", flat=True)) == {"superseded"}


def test_a_claim_has_ended_with_its_last_association():
    claim = stories.approved_claim()
    first, last = Association.objects.active().filter(claimed_products__claim=claim).order_by("pk")

    end_each([first], reason=EndReason.SUPERSEDED, by=PORTAL, now=LATER)
    assert (stories.fresh(claim).ended_at, stories.fresh(claim).end_reason) == (None, "")

    end_each([last], reason=EndReason.REVOKED, by=PORTAL, now=LATER + timedelta(days=1))
    ended = stories.fresh(claim)
    assert (ended.status, ended.ended_at, ended.end_reason) == (
        "approved",
        LATER + timedelta(days=1),
        "revoked_by_microsoft",
    )


def test_an_association_of_two_claims_ends_both():
    first = stories.approved_claim(claim=stories.complete_dynamics_claim(activity_codes=("BA_USAGE",)))
    draft = stories.complete_dynamics_claim(
        location=first.location, tenant=first.tenant, activity_codes=("BA_PRESALES",)
    )
    second = stories.approved_claim(claim=draft)

    disassociate(claim_id=first.pk, reason="Over.", by=stories.admin_of(first), now=LATER)

    for claim in (first, second):
        assert stories.fresh(claim).ended_at == LATER
        assert claim.events.latest("pk").kind == "association_ended"
    assert OutboxEmail.objects.filter(template="association_ended").count() == 1


# Disassociating (T22)


def test_a_partner_disassociates_with_a_reason():
    claim = stories.approved_claim()

    disassociate(claim_id=claim.pk, reason="The contract ended.", by=stories.admin_of(claim), now=LATER)

    assert stories.fresh(claim).status == "approved"
    assert set(Association.objects.values_list("ended_at", "end_reason")) == {(LATER, "partner_disassociated")}
    line = claim.events.latest("pk")
    assert (line.kind, line.actor_id, line.note) == ("association_ended", claim.created_by_id, "The contract ended.")
    email = OutboxEmail.objects.get(template="association_ended")
    assert (email.context["end_reason"], email.context["ended_items"]) == (
        "partner_disassociated",
        ["Exchange Online", "Microsoft Teams"],
    )


@pytest.mark.parametrize("reason", ["", " \n"])
def test_nobody_disassociates_without_a_reason(reason):
    claim = stories.approved_claim()

    with pytest.raises(ReasonNeeded):
        disassociate(claim_id=claim.pk, reason=reason, by=stories.admin_of(claim), now=LATER)

    assert Association.objects.active().count() == 2


@pytest.mark.parametrize("role", [Role.INCENTIVES_USER, Role.OBSERVER, Role.REVIEWER])
def test_only_an_incentives_admin_disassociates(role):
    claim = stories.approved_claim()

    with pytest.raises(NothingToEnd):
        disassociate(claim_id=claim.pk, reason="Over.", by=Actor(role, claim.created_by_id), now=LATER)

    assert Association.objects.active().count() == 2


def test_there_is_nothing_to_disassociate_twice_nor_before_it_is_official():
    ended, early = stories.approved_claim(), stories.noticed_claim()
    disassociate(claim_id=ended.pk, reason="Over.", by=stories.admin_of(ended), now=LATER)

    for claim in (ended, early):
        with pytest.raises(NothingToEnd):
            disassociate(claim_id=claim.pk, reason="Over.", by=stories.admin_of(claim), now=LATER)

    assert OutboxEmail.objects.filter(template="association_ended").count() == 1


def test_what_was_disassociated_is_contested_no_more():
    claim = stories.approved_claim()
    rival = stories.noticed_claim(tenant=claim.tenant, at=LATER)

    disassociate(claim_id=claim.pk, reason="Over.", by=stories.admin_of(claim), now=LATER)

    assert stories.fresh(rival).has_competing_claim is False


# Ending some


def test_two_ends_at_once_are_told_in_one_mail():
    claim = stories.approved_claim()
    held = Association.objects.active().order_by("product__name")

    assert end_each(held, reason=EndReason.REVOKED, by=PORTAL, now=LATER, note="See the letter.") == 2

    email = OutboxEmail.objects.get(template="association_ended")
    assert email.context["ended_items"] == ["Exchange Online", "Microsoft Teams"]
    assert email.context["text"] == "See the letter."
    assert claim.events.filter(kind="association_ended").count() == 1


def test_what_ended_meanwhile_is_not_told_again():
    stories.approved_claim()
    held = list(Association.objects.all())
    end_each(held, reason=EndReason.REVOKED, by=PORTAL, now=LATER)

    assert end_each(held, reason=EndReason.SUPERSEDED, by=PORTAL, now=LATER + timedelta(days=1)) == 0

    assert OutboxEmail.objects.filter(template="association_ended").count() == 1
    assert set(Association.objects.values_list("end_reason", flat=True)) == {"revoked_by_microsoft"}


def test_every_claim_behind_an_association_has_its_end_in_its_history_and_one_mail_tells_it():
    first = stories.approved_claim(claim=stories.complete_dynamics_claim(activity_codes=("BA_USAGE",)))
    draft = stories.complete_dynamics_claim(
        location=first.location, tenant=first.tenant, activity_codes=("BA_PRESALES",)
    )
    second = stories.noticed_claim(claim=draft)
    make_official([second], now=LATER)

    end_each(Association.objects.all(), reason=EndReason.REVOKED, by=PORTAL, now=LATER)

    for claim in (first, second):
        assert claim.events.filter(kind="association_ended").count() == 1
    assert OutboxEmail.objects.get(template="association_ended").key.startswith(f"claim:{second.pk}:")


# The end of a subscription (T24)


ENDS_ON = date(2021, 3, 31)


def subscribed_claim():
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=ENDS_ON)
    return stories.approved_claim(claim=claim)


def test_an_association_ends_with_its_subscription():
    claim = subscribed_claim()
    now = datetime(2021, 4, 2, tzinfo=UTC)

    assert expire_associations(now=now) == 1

    assert Association.objects.get().end_reason == "subscription_expired"
    line = claim.events.latest("pk")
    assert (line.kind, line.actor_role) == ("association_ended", "portal")
    email = OutboxEmail.objects.get(template="association_ended")
    bought = claim.tenant.subscriptions.get().subscription_id
    assert email.context["ended_items"] == [f"Dynamics 365 Sales, subscription {bought}"]
    assert email.context["can_be_renewed"] is True


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        (datetime(2021, 3, 31, 23, 59, tzinfo=UTC), 0),
        # The last day goes on west of Greenwich.
        (datetime(2021, 4, 1, 11, 59, tzinfo=UTC), 0),
        (datetime(2021, 4, 1, 12, tzinfo=UTC), 1),
    ],
)
def test_the_last_day_counts_to_its_end_in_every_zone(now, ended):
    subscribed_claim()

    assert expire_associations(now=now) == ended


@pytest.mark.parametrize(
    ("state", "ended"),
    [("Active", 0), ("InGracePeriod", 0), ("Suspended", 0), ("Disabled", 0), ("Expired", 1), ("Deprovisioned", 1)],
)
def test_a_subscription_that_is_gone_ends_the_association_whatever_its_date(state, ended):
    claim = subscribed_claim()
    claim.tenant.subscriptions.update(state=state)

    assert expire_associations(now=LATER) == ended


def test_associations_expire_once_however_often_the_clock_runs():
    subscribed_claim()
    first_of_may = datetime(2021, 5, 1, tzinfo=UTC)

    assert [expire_associations(now=first_of_may + timedelta(days=day)) for day in range(3)] == [1, 0, 0]

    assert OutboxEmail.objects.filter(template="association_ended").count() == 1


def test_two_subscriptions_of_one_claim_that_end_together_are_told_in_one_mail():
    claim = stories.complete_dynamics_claim()
    product = Product.objects.get(name="Dynamics 365 Finance")
    subscription = SubscriptionFactory(tenant=claim.tenant, product=product)
    claim.items.create(product=product, subscription=subscription)
    stories.approved_claim(claim=claim)
    claim.tenant.subscriptions.update(state="Expired")

    assert expire_associations(now=LATER) == 2

    assert len(OutboxEmail.objects.get(template="association_ended").context["ended_items"]) == 2


def test_what_expired_is_contested_no_more():
    claim = subscribed_claim()
    rival = stories.noticed_claim(claim=stories.complete_dynamics_claim(tenant=claim.tenant, at=LATER), at=LATER)
    assert rival.has_competing_claim is True

    expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC))

    assert stories.fresh(rival).has_competing_claim is False


def test_one_tenant_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = subscribed_claim(), subscribed_claim()
    broken.contacts.filter(kind="partner").update(email="nobody")

    assert expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC)) == 1

    assert list(Association.objects.active().values_list("tenant", flat=True)) == [broken.tenant_id]
    assert sound.events.filter(kind="association_ended").count() == 1
    assert "were left for the next run" in caplog.text


@pytest.mark.parametrize(
    ("by", "words"),
    [("no_reply", "the customer did not opt out"), ("approval", "the customer approved")],
)
def test_the_partner_reads_by_what_the_claim_became_official(by, words):
    claim = stories.noticed_claim()
    if by == "approval":
        carla = answer.Answerer(name="Carla Bianchi")
        answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=carla, now=MONDAY)
    else:
        make_official([claim], now=LATER)

    email = OutboxEmail.objects.get(template="claim_approved")

    assert f"Your claim {claim.number} became official on " in rendering.render(email).text
    assert words in rendering.render(email).text
