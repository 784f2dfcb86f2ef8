"""*Workload information* on the claim page: figures of what is official, and why there are none (domain.md 6.2)."""

from datetime import timedelta

import pytest
from django.test import Client

from associations.choices import MemberRole
from associations.models import Association, Claim
from associations.services.association import association
from insights.figures import uses_of_claim
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory
from tests.factories.rules import rules_are
from tests.insights.usage import DECEMBER, FILED, NOVEMBER, OCTOBER, figures, official, official_teams

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def page_of(claim: Claim, *, role: MemberRole | None = None) -> str:
    """Return the claim page as its author sees it, or a colleague with this role."""
    user = PartnerMemberFactory(partner=claim.partner, role=role).user if role else claim.created_by
    client = Client()
    client.force_login(user)
    return client.get(f"/associations/{claim.public_id}/").content.decode()


def told(claim: Claim) -> list[tuple[str, int | None]]:
    (item,) = uses_of_claim(Claim.objects.get(pk=claim.pk), reader=claim.created_by)
    return list(item.key_figures)


def test_the_claim_page_says_why_there_are_no_figures():
    draft, filed, waiting, ended = (
        stories.draft_claim(),
        stories.submitted_claim(products=("TEAMS",)),
        official_teams(),
        official_teams(),
    )
    by = stories.admin_of(ended)
    association.disassociate(claim_id=ended.pk, reason="Sold", by=by, now=MONDAY + timedelta(days=30))
    figures(ended, OCTOBER)

    assert "Workload information" not in page_of(draft)
    assert "Data not yet available: it opens when the association becomes official." in page_of(filed)
    assert "Waiting for the first data" in page_of(waiting)
    assert "The data closed when the association ended." in page_of(ended)
    figures(waiting, OCTOBER)
    assert "Your role or your locations do not open usage data." in page_of(waiting, role=MemberRole.BILLING_ADMIN)


def test_the_claim_page_shows_the_figures_that_incentives_look_at():
    teams = official_teams()
    figures(teams, OCTOBER, NOVEMBER, DECEMBER, active=98)
    sales = stories.approved_claim(at=FILED, claim=stories.complete_dynamics_claim(at=FILED))
    for month, available in ((OCTOBER, 40), (NOVEMBER, 55), (DECEMBER, 52)):
        figures(sales, month, active=30, available=available)

    Association.objects.filter(pk=official(sales).pk).update(activity_codes=("BA_USAGE",))
    assert told(teams) == [("Monthly active users", 100), ("Paid available units", 200), ("Prior high-water mark", 99)]
    assert told(sales) == [("Active seats", 30), ("Available seats", 52), ("Prior high-water mark", 30)]
    Association.objects.filter(pk=official(sales).pk).update(activity_codes=("BA_USAGE", "BA_PRESALES"))
    assert told(sales) == [("Net paid seat adds", 12), ("Prior high-water mark", 55)]
    assert "Data as of Dec 2020" in page_of(teams)


def test_seats_added_are_told_for_what_the_edition_of_the_claim_lets_be_filed_after_a_sale():
    rules_are("BA_PRESALES", late_filing_days=None)
    sales = stories.approved_claim(at=FILED, claim=stories.complete_dynamics_claim(at=FILED))
    figures(sales, OCTOBER, active=30, available=52)

    assert told(sales)[0] == ("Active seats", 30)
