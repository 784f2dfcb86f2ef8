"""People who watch a subscription are told once, in their language, when it can be claimed."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.models import Product, Subscription, SubscriptionWatch
from associations.services.claim import subscription_watch
from associations.services.claim.subscription_watch import NothingToWatch
from notifications.models import Notification, OutboxEmail
from notifications.sending import rendering
from tests.factories import MONDAY, SubscriptionFactory
from tests.stories import claim_needing_action, complete_claim, complete_dynamics_claim, submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def business_central() -> Product:
    return Product.objects.get(code="D365_BC")


def test_a_partner_watches_a_subscription_and_hears_once_when_it_is_activated():
    claim = complete_dynamics_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    subscription = SubscriptionFactory(tenant=claim.tenant, product=business_central(), not_provisioned=True)
    client = Client()
    client.force_login(claim.created_by)
    page, address = (
        reverse("claim_step", args=[claim.public_id, "products"]),
        reverse("watch_subscription", args=[claim.public_id]),
    )

    assertContains(client.get(page), f'name="watch" value="{business_central().pk}"')
    for _ in range(2):
        client.post(address, {"watch": business_central().pk})
    assertContains(client.get(page), 'name="stop_watching"')
    assert subscription_watch.tell_watchers(now=MONDAY) == 0
    Subscription.objects.filter(pk=subscription.pk).update(is_provisioned=True)
    assert [subscription_watch.tell_watchers(now=MONDAY) for _ in range(2)] == [1, 0]

    notice = Notification.objects.get(kind="subscription_claimable")
    assert notice.user == claim.created_by
    mail = OutboxEmail.objects.get(template="subscription_claimable")
    assert (mail.to, mail.locale) == ([claim.created_by.email], "it")
    assert "Business Central" in rendering.render(mail).subject


def test_what_appears_on_the_tenant_is_told_too():
    claim = complete_dynamics_claim()
    subscription_watch.watch(claim=claim, product=business_central(), watcher_id=claim.created_by_id, now=MONDAY)

    SubscriptionFactory(tenant=claim.tenant, product=business_central(), csp=True)
    assert subscription_watch.tell_watchers(now=MONDAY) == 0
    SubscriptionFactory(tenant=claim.tenant, product=business_central())
    assert subscription_watch.tell_watchers(now=MONDAY) == 1


def test_who_stopped_or_left_the_company_hears_nothing():
    claim = complete_dynamics_claim()
    client = Client()
    client.force_login(claim.created_by)
    address = reverse("watch_subscription", args=[claim.public_id])
    client.post(address, {"watch": business_central().pk})
    client.post(address, {"stop_watching": business_central().pk})
    assert not SubscriptionWatch.objects.exists()

    client.post(address, {"watch": business_central().pk})
    claim.partner.members.all().delete()
    SubscriptionFactory(tenant=claim.tenant, product=business_central())

    assert subscription_watch.tell_watchers(now=MONDAY) == 0
    assert not Notification.objects.filter(kind="subscription_claimable").exists()


def test_a_filed_claim_is_not_watched_and_nonsense_is_not_found():
    claim = submitted_claim(claim=complete_dynamics_claim())
    client = Client()
    client.force_login(claim.created_by)
    address = reverse("watch_subscription", args=[claim.public_id])

    with pytest.raises(NothingToWatch):
        subscription_watch.watch(claim=claim, product=business_central(), watcher_id=claim.created_by_id, now=MONDAY)
    assert client.post(address, {"watch": business_central().pk}).status_code == 302
    assert [client.post(address, {"watch": text}).status_code for text in ("", "x", "999999")] == [404, 404, 404]


def test_a_workload_is_not_offered_for_watching():
    claim = complete_claim()
    client = Client()
    client.force_login(claim.created_by)

    page = client.get(reverse("claim_step", args=[claim.public_id, "products"]))

    assertNotContains(page, 'name="watch"')


def test_what_is_selected_is_saved_when_somebody_begins_to_watch():
    claim = complete_dynamics_claim()
    finance = SubscriptionFactory(tenant=claim.tenant, product=Product.objects.get(code="D365_FIN"))
    client = Client()
    client.force_login(claim.created_by)
    page = client.get(reverse("claim_step", args=[claim.public_id, "products"]))
    address = reverse("watch_subscription", args=[claim.public_id])
    answers = {f"product_{finance.product_id}": "on", "version": page.context["version"]}

    client.post(address, answers | {"watch": business_central().pk})
    assert [item.subscription for item in claim.items.all()] == [finance]
    assert SubscriptionWatch.objects.get().product == business_central()

    client.post(address, {"version": "of another tab", "stop_watching": business_central().pk})
    assert [item.subscription for item in claim.items.all()] == [finance]


def test_nothing_is_saved_beside_a_watch_of_a_filed_claim():
    claim = claim_needing_action(claim=complete_dynamics_claim())
    client = Client()
    client.force_login(claim.created_by)
    page = client.get(reverse("claim_step", args=[claim.public_id, "products"]))

    answers = {"version": page.context["version"], "watch": business_central().pk}
    client.post(reverse("watch_subscription", args=[claim.public_id]), answers)

    assert claim.items.count() == 1
