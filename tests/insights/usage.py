"""Official items and figures of theirs, for the tests of the usage data."""

from datetime import UTC, date, datetime
from typing import Any

from associations.models import Association, Claim
from insights.models import MonthlyUsage
from tests import stories
from tests.factories import MonthlyUsageFactory

# Stories approve a claim a fortnight after it was filed: on 26 October 2020.
FILED = datetime(2020, 10, 12, 8, 0, tzinfo=UTC)
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2020, month, 1) for month in (9, 10, 11, 12))


def official(claim: Claim) -> Association:
    """The association of the claim's first item."""
    return Association.objects.filter(claimed_products__claim=claim).earliest("pk")


def official_teams(**fields: Any) -> Claim:
    """A claim to Teams that silence made official in October 2020."""
    return stories.approved_claim(at=FILED, products=("TEAMS",), **fields)


def figures(claim: Claim, *months: date, active: int = 100, available: int = 200) -> list[MonthlyUsage]:
    """Usage of the claim's item in *months*, one more active in each."""
    item = official(claim)
    return [
        MonthlyUsageFactory(
            tenant=item.tenant,
            product=item.product,
            subscription=item.subscription,
            month=month,
            active=active + place,
            available=available,
        )
        for place, month in enumerate(months)
    ]
