"""Counts the queries of every page: thirty rows take no more than one, whatever the page lists and whoever reads it.

One partner's world grows on every side at once, so a page that walks its rows is found wherever they come from.
"""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from associations.choices import ClaimStatus
from associations.models import BulkRun, Claim, Job, Product
from associations.rules.actors import Role
from tests.access.matrix import DESK, MATRIX
from tests.access.world import World, addresses, answer, desk_address, world
from tests.factories import (
    MONDAY,
    AssociationFactory,
    BulkRowFactory,
    ClaimedProductFactory,
    ClaimEventFactory,
    CommentFactory,
    JobFactory,
    JobRowFactory,
    MonthlyUsageFactory,
    NotificationFactory,
    OutboxEmailFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    ProofReadingFactory,
    SavedViewFactory,
    SubscriptionFactory,
    SubscriptionWatchFactory,
    UserFactory,
)
from tests.stories import approved_claim, claim_needing_action, complete_claim, noticed_claim, rejected_claim

__all__ = ["world"]

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide, pytest.mark.timeout(600)]

MANY = 30


def contested_claim(**fields: Any) -> Claim:
    """A claim in its opt-out period that another company contests."""
    claim = noticed_claim(**fields)
    rival = noticed_claim(tenant=claim.tenant)
    Claim.objects.filter(pk__in=[claim.pk, rival.pk]).update(has_competing_claim=True)
    return claim


STORIES = (contested_claim, complete_claim, claim_needing_action, rejected_claim, approved_claim)


def grow(world: World, count: int) -> None:
    """Add *count* of everything that a page lists."""
    draft = world.claims["draft"]
    owner, company = draft.created_by, draft.partner
    run = BulkRun.objects.get(public_id=world.places["run"])
    sheet = Job.objects.get(public_id=world.places["import"])
    same: dict[str, Any] = {"location": draft.location, "created_by": owner}
    for n in range(count):
        claim = STORIES[n % len(STORIES)](**same)
        BulkRowFactory(run=run, claim=claim)
        JobRowFactory(job=sheet, claim=claim, outcome="imported")
        JobFactory(owner=owner)
        here = PartnerLocationFactory(partner=company)
        colleague = PartnerMemberFactory(partner=company, all_locations=False, locations=[here]).user
        SavedViewFactory(owner=owner, partner=company)
        SavedViewFactory(owner=colleague, partner=company, is_shared=True)
        NotificationFactory(user=owner)
        UserSession.objects.create(user=owner, ip="127.0.0.1", user_agent="Firefox", session_key=uuid4().hex)
        ProofFactory(claim=None, association=world.held_proof.association)
        AssociationFactory(partner=company, is_migrated=True)
    for claim in world.claims.values():
        fill(claim, count)


def fill(claim: Claim, count: int) -> None:
    """Add what the pages of one claim list: items with their usage, files, words, people, mails."""
    free = Product.objects.filter(solution_area="M365").exclude(claimedproduct__claim=claim).order_by("pk")
    for product in free[:count]:
        is_official = claim.status == ClaimStatus.APPROVED
        held = AssociationFactory(tenant=claim.tenant, partner=claim.partner, product=product) if is_official else None
        ClaimedProductFactory(claim=claim, product=product, association=held)
        MonthlyUsageFactory(tenant=claim.tenant, product=product, month=date(2020, 11, 1))
    for _n in range(count):
        ProofReadingFactory(proof__claim=claim)
        CommentFactory(claim=claim)
        for role in (Role.REVIEWER, Role.INCENTIVES_ADMIN):
            CommentFactory(claim=claim, author_role=role, at=timezone.now())
        ClaimEventFactory(claim=claim, actor=UserFactory())
        OutboxEmailFactory(key=f"claim:{claim.pk}:{uuid4()}", status="sent", sent_at=MONDAY)
        SubscriptionFactory(tenant=claim.tenant)
        SubscriptionWatchFactory(claim=claim, watcher=UserFactory())


def queries_of(client: Client, pages: dict[str, str]) -> dict[str, int]:
    """Return how often each of *pages* that opens asks the database, after what is asked only once was asked."""
    counted: dict[str, int] = {}
    for address in pages.values():
        answer(client, address)
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            opens = answer(client, address) == 200
        counted |= {name: len(queries)} if opens else {}
    return counted


def pages_for_partners(world: World) -> dict[str, str]:
    lists = {f"list by {sort}": reverse("claim_list") + f"?sort={sort}" for sort in ("customer", "-window")}
    chosen = [str(claim.public_id) for claim in world.claims.values()]
    bulk = reverse("claims_bulk") + "?action=renew" + "".join(f"&claim={key}" for key in chosen)
    return {f"{name} {place}": world.address(name, place) for name, place in MATRIX} | lists | {"bulk": bulk}


def pages_of_the_desk(world: World) -> dict[str, str]:
    named = {name: pattern for name, pattern in addresses() if name.startswith("admin:")}
    wanted = [f"admin:{name}" for name in DESK] + [name for name in named if name.endswith("_changelist")]
    return {name: desk_address(name, named[name], world) for name in wanted}


def test_no_page_asks_more_often_for_thirty_rows(world: World):
    pages = {
        "incentives admin": pages_for_partners(world),
        "reviewer": pages_of_the_desk(world),
        "platform admin": pages_of_the_desk(world),
    }
    clients = {role: world.client(role) for role in pages}
    grow(world, 1)
    one = {role: queries_of(clients[role], pages[role]) for role in pages}

    grow(world, MANY)

    assert len(one["incentives admin"]) > 60
    assert len(one["reviewer"]) >= 5
    assert len(one["platform admin"]) >= 15
    assert {role: queries_of(clients[role], pages[role]) for role in pages} == one
